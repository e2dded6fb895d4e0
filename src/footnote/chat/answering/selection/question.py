"""Reads a question: which words must be found, and what kind of thing would answer it."""

from dataclasses import dataclass
from enum import StrEnum

from footnote.chat.answering.selection.reading import read_words
from footnote.chat.language.lexicon import Lexicon, lexicon
from footnote.chat.language.words import Word, stems_of


class AnswerKind(StrEnum):
    """What would answer a question, as far as its opening words tell."""

    NUMBER = "number"
    DURATION = "duration"
    DATE = "date"
    PERSON = "person"
    NAME = "name"
    PLACE = "place"
    REASON = "reason"
    MANNER = "manner"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Extreme:
    """A superlative's stem; sign: 1 for the most ("highest"), -1 for the least."""

    stem: str
    sign: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready for comparing.

    words: all of them. terms: its distinct content words, in order; all words if it has only function words.
    extreme: the superlative by which it asks for the most or the least of something, if it does.
    names: stems of the terms written with a capital inside the question, or holding a digit.
    """

    words: tuple[Word, ...]
    terms: tuple[Word, ...]
    names: frozenset[str]
    kind: AnswerKind
    language: str | None
    extreme: Extreme | None = None


def read_question(text: str, language: str | None) -> Question:
    """Return the question's terms and expected kind of answer; `language` is an ISO 639-1 code or None."""
    words = list(read_words(text, language))
    lists = lexicon(language)
    kind, asking = _kind(words, lists)
    content = [w for w in words if not w.is_stop and w.start not in asking] or [w for w in words if not w.is_stop]
    terms = tuple({w.stem: w for w in reversed(content or words)}.values())[::-1]
    names = frozenset(w.stem for w in content if (w.is_capital and w.start > words[0].start) or w.has_digit)
    return Question(tuple(words), terms, names, kind, language, _extreme(words, lists, language))


def _extreme(words: list[Word], lists: Lexicon, language: str | None) -> Extreme | None:
    """Return the first superlative, in any of its forms."""
    signs = {form: sign for word, sign in lists.superlatives.items() for form in (word, *stems_of([word], language))}
    found = (Extreme(w.stem, sign) for w in words if (sign := signs.get(w.lower, signs.get(w.stem, 0))))
    return next(found, None)


def _kind(words: list[Word], lists: Lexicon) -> tuple[AnswerKind, frozenset[int]]:
    """Return the expected kind and where the words stand that ask for it; the earliest, then longest opening wins."""
    best: tuple[int, int, str] | None = None
    lowers = [w.lower for w in words]
    for opening, kind in lists.questions:
        parts = opening.replace("'", " ").replace("-", " ").split()
        place = next((i for i in range(len(lowers)) if lowers[i : i + len(parts)] == parts), None)
        if place is not None and (best is None or (-len(parts), place) < best[:2]):
            best = (-len(parts), place, kind)
    if best is None:
        return AnswerKind.THING, frozenset()
    return AnswerKind(best[2]), frozenset(w.start for w in words[best[1] : best[1] - best[0]])
