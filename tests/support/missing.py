"""What a laptop may lack and continuous integration may not."""

import os
from typing import NoReturn

import pytest


def is_ci() -> bool:
    """Whether a missing service is a failure here."""
    return os.environ.get("CI") == "true"


def lacking(what: str) -> NoReturn:
    """Skip the test on a laptop; fail it in continuous integration."""
    if is_ci():
        pytest.fail(what)
    pytest.skip(what)
