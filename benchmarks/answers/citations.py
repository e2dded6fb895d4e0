"""Are the citations true? Every quote is compared with the stored text, and every box is read again by another parser.

Parsing is done with liteparse on PDFium; the second reading is pdfminer.six, a parser that shares no code with it. A
box counts as right when the words that stand in the cited boxes, on the cited pages, are the quote's own words.
"""

import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pdfminer.high_level import extract_pages
from pdfminer.layout import LAParams, LTChar, LTPage, LTTextContainer, LTTextLine

_MARGIN_POINTS = 1.5
_ENOUGH = 0.97
"""Share of the quote's letters that the second parser must find in the boxes, in order to call them the same."""


class DocumentSource(Protocol):
    """Gives back texts and originals of what was cited."""

    def text(self, document_id: str, version_id: str) -> str:
        """Return the version's text."""
        ...

    def file(self, document_id: str, version_id: str) -> bytes:
        """Return the original."""
        ...


@dataclass(slots=True)
class CitationCount:
    """What was checked; `wrong` names each failure."""

    answers: int = 0
    sentences: int = 0
    sentences_without_source: int = 0
    citations: int = 0
    quotes_true: int = 0
    boxed: int = 0
    boxes_true: int = 0
    wrong: list[str] = field(default_factory=list)


class CitationChecker:
    """Keeps the texts and pages it has read, since many citations point into few documents."""

    def __init__(self, documents: DocumentSource, *, digital_files: frozenset[str] = frozenset()) -> None:
        """digital_files: names of the files whose boxes are read again."""
        self._documents = documents
        self._digital_files = digital_files
        self._texts: dict[str, str] = {}
        self._pages: dict[str, dict[int, LTPage]] = {}
        self.count = CitationCount()

    def check(self, message: Mapping[str, Any]) -> None:
        """Check every citation of a finished message."""
        self.count.answers += 1
        for sentence in message["sentences"]:
            self.count.sentences += 1
            self.count.sentences_without_source += not sentence["sources"]
            for source in sentence["sources"]:
                self._check_source(source, self.count)

    def _check_source(self, source: Mapping[str, Any], count: CitationCount) -> None:
        count.citations += 1
        start, end = source["span"]
        text = self._text(source)
        if text[start:end] == source["quote"]:
            count.quotes_true += 1
        else:
            count.wrong.append(f"quote: {source['filename']} {start}-{end}")
        if source["filename"] not in self._digital_files:
            return
        count.boxed += 1
        found = self._words_in_boxes(source)
        share = _share_found(_letters(source["quote"]), _letters(found))
        if source["boxes"] and share >= _ENOUGH:
            count.boxes_true += 1
        else:
            count.wrong.append(f"boxes: {source['filename']} pages {source['pages']} {start}-{end} share {share:.2f}")

    def _text(self, source: Mapping[str, Any]) -> str:
        version = source["version_id"]
        if version not in self._texts:
            self._texts[version] = self._documents.text(source["document_id"], version)
        return self._texts[version]

    def _words_in_boxes(self, source: Mapping[str, Any]) -> str:
        version = source["version_id"]
        if version not in self._pages:
            original = self._documents.file(source["document_id"], version)
            layout = extract_pages(io.BytesIO(original), laparams=LAParams(boxes_flow=None))
            self._pages[version] = {page.pageid: page for page in layout}
        pages = self._pages[version]
        return "".join(_characters_in(pages[box["page"]], box) for box in source["boxes"])


def _characters_in(page: LTPage, box: Mapping[str, float]) -> str:
    """Return the characters whose middle lies in the box; pdfminer counts from the bottom, we from the top."""
    lines = (line for container in page if isinstance(container, LTTextContainer) for line in container)
    characters = (character for line in lines if isinstance(line, LTTextLine) for character in line)
    return "".join(
        character.get_text()
        for character in characters
        if isinstance(character, LTChar) and _is_inside(character, page.height, box)
    )


def _is_inside(character: LTChar, page_height: float, box: Mapping[str, float]) -> bool:
    x = (character.x0 + character.x1) / 2
    y = page_height - (character.y0 + character.y1) / 2
    return (
        box["x0"] - _MARGIN_POINTS <= x <= box["x1"] + _MARGIN_POINTS
        and box["y0"] - _MARGIN_POINTS <= y <= box["y1"] + _MARGIN_POINTS
    )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


def _share_found(wanted: str, found: str) -> float:
    """Return how much of `wanted` is among `found`, letter by letter: hyphens and order do not matter."""
    if not wanted:
        return 1.0
    left: dict[str, int] = {}
    for letter in found:
        left[letter] = left.get(letter, 0) + 1
    hits = 0
    for letter in wanted:
        if left.get(letter, 0) > 0:
            left[letter] -= 1
            hits += 1
    return hits / len(wanted)
