"""What the journeys share."""

from collections.abc import Iterator

import pytest
from tests.support.fake_openai import FakeOpenAI, fake_openai


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    """A scripted chat model behind real HTTP."""
    with fake_openai() as found:
        yield found
