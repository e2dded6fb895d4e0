"""The hand-written pages, and what stands in them: blocks of commands, links, names."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(
    path.relative_to(ROOT)
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
    if "reference" not in path.parts
)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    """Return a page's text."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: Path, kind: str) -> list[str]:
    """Return the page's fenced blocks of one kind."""
    return [body for found, body in _BLOCK.findall(text_of(page)) if found == kind]


def words_in_backticks(page: Path) -> Iterator[str]:
    """Yield what stands between single backticks, outside of fenced blocks."""
    yield from re.findall(r"`([^`\n]+)`", _BLOCK.sub("", text_of(page)))


def links(page: Path) -> Iterator[str]:
    """Yield the targets of links to other files, without their fragments; pictures are not links."""
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", _BLOCK.sub("", text_of(page))):
        if "://" not in target and not target.startswith("#"):
            yield target.partition("#")[0]
