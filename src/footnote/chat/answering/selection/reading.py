"""Reads words for comparing a question with texts: a number with points or commas inside is one word."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from footnote.chat.language.words import Word, words_of

_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def read_words(text: str, language: str | None) -> tuple[Word, ...]:
    """Return the words as `words_of` does, but "3.4.1" or "62,340" as one: its parts alone mean nothing.

    Groups of three digits are read as thousands, so that 62,340, 62.340 and 62340 are the same word.
    """
    words = words_of(text, language)
    joins = {n for n in range(1, len(words)) if words[n].lower.isdigit() and _are_one(text, words[n - 1], words[n])}
    if not joins:
        return tuple(words)
    starts = [n for n in range(len(words)) if n not in joins]
    return tuple(_joined(text, words[a:b]) for a, b in itertools.pairwise([*starts, len(words)]))


def _are_one(text: str, left: Word, right: Word) -> bool:
    """Tell whether the left word goes on in the right one, a number."""
    return right.start - left.end == 1 and text[left.end] in ".," and left.lower.isdigit()


def _joined(text: str, parts: Sequence[Word]) -> Word:
    if len(parts) == 1:
        return parts[0]
    written = text[parts[0].start : parts[-1].end]
    value = re.sub(r"[.,]", "", written) if _THOUSANDS.fullmatch(written) else written.replace(",", ".")
    return replace(parts[0], text=written, end=parts[-1].end, lower=value, stem=value)
