"""The order of letters in Arabic and Hebrew words.

PDFium and what builds on it gives some words of such scripts back to front, depending on how the producing program cut
its text into runs. Where each letter stands on the page is beyond doubt, so the letters are put in order by that.
"""

import ctypes
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from footnote.adapters.document_parsers.page_layout.fragments import Fragment
from footnote.ingestion.ports import Word
from footnote.kit.geometry import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT_RUN = re.compile(
    r"[0-9\u0660-\u0669\u06f0-\u06f9A-Za-z]+(?:[.,:/-][0-9\u0660-\u0669\u06f0-\u06f9A-Za-z]+)*"
)
_LAM = "\u0644"
_ALEFS = "\u0627\u0622\u0623\u0625"


def put_letters_in_order(fragments: Iterable[Fragment], page: "PdfPage", height: float) -> None:
    """Rewrite the right-to-left words of the fragments by their letters' places; other words stay as they are."""
    wanted = [fragment for fragment in fragments if any(_RTL.search(word.text) for word in fragment.words)]
    if not wanted:
        return
    letters = _letters(page, height)
    for fragment in wanted:
        fragment.words[:] = [_ordered(word, letters) if _RTL.search(word.text) else word for word in fragment.words]


def _letters(page: "PdfPage", height: float) -> list[tuple[float, float, str]]:
    """Return (middle x, middle y from the top, character) of everything printed on an unturned page."""
    from pypdfium2 import raw

    textpage = page.get_textpage()
    found = []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if code <= 32 or not raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top):
            continue
        found.append(((left.value + right.value) / 2, height - (bottom.value + top.value) / 2, chr(code)))
    textpage.close()
    return found


def _ordered(word: Word, letters: list[tuple[float, float, str]]) -> Word:
    box = word.box
    if box is None:
        return word
    inside = [letter for letter in letters if _holds(box, letter)]
    # A stable sort: letters of one glyph keep their order, but for lam and alef, which come out both ways.
    inside.sort(key=lambda letter: -letter[0])
    text = "".join(letter for _, _, letter in inside)
    if sorted(text) != sorted(word.text):
        return word
    for alef in _ALEFS:
        text = _fix_ligatures(text, inside, alef)
    return Word(_LEFT_TO_RIGHT_RUN.sub(lambda match: match.group()[::-1], text), box)


def _fix_ligatures(text: str, inside: list[tuple[float, float, str]], alef: str) -> str:
    characters = list(text)
    for index in range(len(characters) - 1):
        shares_glyph = inside[index][0] == inside[index + 1][0]
        if shares_glyph and characters[index] == alef and characters[index + 1] == _LAM:
            characters[index], characters[index + 1] = _LAM, alef
    return "".join(characters)


def _holds(box: Box, letter: tuple[float, float, str]) -> bool:
    return box.x0 <= letter[0] <= box.x1 and box.y0 - 1 <= letter[1] <= box.y1 + 1
