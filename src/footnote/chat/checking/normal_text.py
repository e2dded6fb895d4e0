"""Text with quotes, hyphens, blanks and case evened out, and the way back to the original's code points."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from footnote.kit.geometry import Span

_QUOTES = dict.fromkeys("“”„‟«»〝〞", '"') | dict.fromkeys("‘’‚‛‹›`´ʼ", "'")
_HYPHENS = frozenset("-‐‑‒–—―−﹣－")
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f*_")
_EDGES = " \"'.,;:!?…؟،。！？()[]"


@dataclass(frozen=True, slots=True)
class NormalText:
    """text: evened out; origins[i] is the code point of the original that text[i] came from."""

    text: str
    origins: tuple[int, ...]

    def find(self, words: str) -> list[Span]:
        """Return where the words stand as whole words, as spans of the original; `words` are evened out too."""
        needle = normal(words).text.strip(_EDGES)
        found: list[Span] = []
        start = self.text.find(needle) if needle else -1
        while start >= 0:
            end = start + len(needle)
            if not _joins(self.text, start - 1, start) and not _joins(self.text, end - 1, end):
                found.append(Span(self.origins[start], self.origins[end - 1] + 1))
            start = self.text.find(needle, start + 1)
        return found


def normal(text: str) -> NormalText:
    """Return the text in NFKC, case folded, with one kind of quote, hyphen and blank, and no hyphen at line ends.

    Markdown's stars and underscores are dropped, as models put them around words that they copy.
    """
    out: list[str] = []
    origins: list[int] = []
    for place, piece in _pieces(text):
        if piece == " " and (not out or out[-1] == " "):
            continue
        for char in piece:
            out.append(char)
            origins.append(place)
    return NormalText("".join(out), tuple(origins))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    skip_blanks = False
    for place, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        if char.isspace():
            if not skip_blanks:
                yield place, " "
            continue
        skip_blanks = False
        if char in _HYPHENS:
            rest = text[place + 1 : place + 4]
            if "\n" in rest and rest[: rest.index("\n")].strip() == "" and place and text[place - 1].isalpha():
                skip_blanks = True
                continue
            yield place, "-"
            continue
        yield place, _QUOTES.get(char) or unicodedata.normalize("NFKC", char).casefold()


def _joins(text: str, left: int, right: int) -> bool:
    """Tell whether a word runs on across the border between two places."""
    return left >= 0 and right < len(text) and text[left].isalnum() and text[right].isalnum()
