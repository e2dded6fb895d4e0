"""A short word for the state of some source files, so that what was made by them is made again when they change."""

import hashlib
from collections.abc import Sequence

from benchmarks.machine import ROOT


def fingerprint(paths: Sequence[str]) -> str:
    """Return a hash of the named files, and of all Python files below named folders, from the project's root."""
    digest = hashlib.sha256()
    for name in paths:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
