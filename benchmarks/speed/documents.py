"""Files to read: long PDFs as the examples make them, born digital and scanned, kept in the cache."""

import subprocess
import sys
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.speed.fingerprint import fingerprint

_MAKERS = ("examples/make_large.py", "examples/library_source")


def large_pdf(cache: Path, pages: int, *, kind: str = "digital") -> bytes:
    """Return a PDF with so many pages; kind is digital, or scanned: images of the same pages."""
    path = cache / f"large-{kind}-{pages}-{fingerprint(_MAKERS)}.pdf"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        subprocess.run(
            [sys.executable, ROOT / "examples" / "make_large.py", "--pages", str(pages), "--kind", kind,
             "--out", partial],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        partial.rename(path)
    return path.read_bytes()
