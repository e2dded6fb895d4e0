"""Looks for the kind of thing a question asks for: a number, a date, a name, a reason, by word lists and writing."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.chat.answering.selection.candidates import Candidate
from footnote.chat.answering.selection.question import AnswerKind, Question
from footnote.chat.language.lexicon import lexicon
from footnote.chat.language.words import Word, is_caseless

_NAMES = (AnswerKind.PERSON, AnswerKind.NAME, AnswerKind.PLACE)
_NUMBERS = (AnswerKind.NUMBER, AnswerKind.DURATION)


@dataclass(frozen=True, slots=True)
class Found:
    """What one sentence offers.

    kinds: 1.0 where a name, number, date or reason is asked for and stands there, else 0.0, in that order.
    nearness: how close possible answers stand to the question's words, 0..2. news: content words not in the question.
    """

    kinds: tuple[float, float, float, float]
    nearness: float
    news: int


class AnswerFinder:
    """Finds possible answers to one question among its candidates."""

    def __init__(self, question: Question, candidates: Sequence[Candidate]) -> None:
        self._kind = question.kind
        self._lists = lexicon(question.language)
        self._asked = frozenset(w.stem for w in question.words)
        # A word at a sentence's start is a name if it has its capital elsewhere too.
        self._capitals = frozenset(w.text for c in candidates for w in c.words[1:] if w.is_capital)
        self._is_caseless = is_caseless(" ".join(c.text for c in candidates[:3]))

    def look(self, candidate: Candidate, hits: Sequence[int]) -> Found:
        """Return what the candidate offers; `hits` are the places in its reading of words that the question has too."""
        fresh = [(n, w) for n, w in enumerate(candidate.reading) if not w.is_stop and w.stem not in self._asked]
        answers = [n for n, w in fresh if self._may_answer(n, w)]
        nearness = max((sum(1.0 / (1 + abs(n - hit)) for hit in hits) for n in answers), default=0.0)
        kind, found = self._kind, float(bool(answers))
        kinds = (
            found if kind in _NAMES else 0.0,
            found if kind in _NUMBERS else 0.0,
            found if kind is AnswerKind.DATE else 0.0,
            float(kind is AnswerKind.REASON and any(w.lower in self._lists.reason_words for w in candidate.reading)),
        )
        return Found(kinds, min(nearness, 2.0), len(fresh))

    def _may_answer(self, place: int, word: Word) -> bool:
        lists = self._lists
        if self._kind in _NUMBERS:
            return word.has_digit or word.lower in lists.numbers or word.lower in lists.multipliers
        if self._kind is AnswerKind.DATE:
            is_date_number = word.has_digit and len(word.text) in (1, 2, 4)
            return is_date_number or word.lower in lists.months or word.lower in lists.time_words
        if self._kind in _NAMES and not self._is_caseless:
            return word.is_capital and (place > 0 or word.text in self._capitals)
        return True
