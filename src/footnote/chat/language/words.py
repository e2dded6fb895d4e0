"""Words with their places: what selection and checking compare, analysed exactly as the search index does."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from footnote.retrieval.analysis import analyser_for
from footnote.retrieval.stop_words import stop_words

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f]+[^\W_]*)*")
_CASELESS = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3000-\u9fff\uac00-\ud7af]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_LISTED = ("en", "de", "es", "fr", "it", "pt", "nl", "ar")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    start, end: code points in the text it was read from. lower: NFKC, case folded. stem: its first analysed form.
    is_stop: a function word of the text's language. is_capital: written with a capital, which in most scripts and
    languages hints at a name.
    """

    text: str
    start: int
    end: int
    lower: str
    stem: str
    is_stop: bool
    is_capital: bool

    @property
    def has_digit(self) -> bool:
        """Whether any character is a digit of any script."""
        return any(c.isdigit() for c in self.lower)


def words_of(text: str, language: str | None, *, offset: int = 0) -> list[Word]:
    """Return the words in order; `offset` is added to their places.

    A run of a script written without blanks gives its overlapping pairs of characters, as the index has them.
    """
    found: list[Word] = []
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start() + offset
        pairs = _pairs(word, language)
        if pairs:
            found.extend(
                Word(p, start + n, start + n + len(p), p, p, is_stop=False, is_capital=False) for n, p in pairs
            )
        else:
            found.append(Word(word, start, match.end() + offset, *_analysed(word, language)))
    return found


def stems_of(terms: Iterable[str], language: str | None) -> frozenset[str]:
    """Return the stems of single words, as `words_of` would give them."""
    return frozenset(_analysed(term, language)[1] for term in terms)


def is_caseless(text: str) -> bool:
    """Tell whether the text is mostly in a script without capitals, where names cannot be told by their writing."""
    letters = sum(c.isalpha() for c in text)
    return letters > 0 and len(_CASELESS.findall(text)) * 2 > letters


def _pairs(word: str, language: str | None) -> list[tuple[int, str]]:
    if len(word) < 2 or word.isascii() or not _UNSPACED.fullmatch(word):
        return []
    forms = analyser_for(language)(word)
    return list(enumerate(forms)) if len(forms) == len(word) - 1 else []


@lru_cache(maxsize=100_000)
def _analysed(word: str, language: str | None) -> tuple[str, str, bool, bool]:
    lower = unicodedata.normalize("NFKC", word).casefold()
    forms = analyser_for(language)(lower)
    return lower, forms[0] if forms else lower, lower in _stop_words(language), word[:1].isupper()


@lru_cache(maxsize=64)
def _stop_words(language: str | None) -> frozenset[str]:
    known = stop_words(language)
    return known or frozenset().union(*(stop_words(name) for name in _LISTED))
