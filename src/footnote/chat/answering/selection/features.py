"""Measures how well each candidate sentence answers the question: a dozen numbers, in any language."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.answer_kinds import AnswerFinder
from footnote.chat.answering.selection.candidates import Candidate, is_row
from footnote.chat.answering.selection.question import Question
from footnote.chat.answering.selection.similarity import likenesses, synonyms
from footnote.chat.language.words import words_of

FEATURES = (
    "covered",
    "covered_exactly",
    "covered_before",
    "covered_after",
    "covered_by_passage",
    "synonyms",
    "kind_name",
    "kind_number",
    "kind_date",
    "kind_reason",
    "answer_near",
    "news",
    "passage_score",
    "dense_score",
    "heading",
    "fragment",
)
"""The columns of `measure`, in order; weights are stored by these names."""

Matrix = npt.NDArray[np.float64]
Match = dict[str, float]


class Measured:
    """The candidates of one question, measured.

    features: float64[N, len(FEATURES)], most values in 0..1. matches: for each candidate, which of the question's
    terms it holds and how surely (0..1]. weights: the terms' weights, rarer ones more.
    """

    def __init__(self, question: Question, candidates: Sequence[Candidate], *, uses_dense: bool) -> None:
        """uses_dense: whether the embedder knows the question's language, so that its scores mean something."""
        self._candidates = candidates
        self._stems = [frozenset(w.stem for w in (*c.words, *c.heads)) for c in candidates]
        self.weights = _weights(question, self._stems)
        self._total = sum(self.weights.values()) or 1.0
        vocabulary = frozenset().union(*self._stems)
        self._like = {term: likenesses(term, vocabulary) for term in self.weights}
        self._synonyms = {term: synonyms(question.language).get(term, frozenset()) - {term} for term in self.weights}
        self.matches = [self._matched(stems) for stems in self._stems]
        self._finder = AnswerFinder(question, candidates)
        self._language = question.language
        self._by_passage = self._passage_matches()
        scores = [c.passage.score for c in candidates]
        self._best, self._spread = max(scores), (max(scores) - min(scores)) or 1.0
        self._best_dense = max(c.passage.dense_score or 0.0 for c in candidates) if uses_dense else None
        self.features: Matrix = np.array([self._row(i) for i in range(len(candidates))], dtype=np.float64)

    def share(self, match: Match) -> float:
        """Return the weighted share of the question's terms that a match covers, 0..1."""
        return sum(self.weights[term] * degree for term, degree in match.items()) / self._total

    def passage_share(self, i: int) -> float:
        """Return the share that the candidate's whole passage, with its title and headings, covers."""
        return self.share(self.passage_match(i))

    def passage_match(self, i: int) -> Match:
        """Return which terms the candidate's whole passage holds, with its title and headings."""
        return self._by_passage[self._candidates[i].passage.number]

    def _row(self, i: int) -> list[float]:
        candidate, match = self._candidates[i], self.matches[i]
        passage = candidate.passage
        covered = self.share(match)
        found = self._finder.look(candidate, [n for n, w in enumerate(candidate.words) if self._is_hit(w.stem)])
        has_dense = self._best_dense is not None and passage.dense_score is not None
        return [
            covered,
            self.share({term: degree for term, degree in match.items() if degree >= 1.0}),
            self._gain(i, i - 1) if i else 0.0,
            self._gain(i, i + 1) if i + 1 < len(self._candidates) else 0.0,
            self.passage_share(i),
            self._synonymous(i),
            *found.kinds,
            found.nearness,
            min(found.news, 12) / 12.0,
            (passage.score - self._best) / self._spread,
            (passage.dense_score or 0.0) - (self._best_dense or 0.0) if has_dense else 0.0,
            float(is_heading(candidate)),
            float(candidate.is_fragment),
        ]

    def _matched(self, stems: frozenset[str]) -> Match:
        found: Match = {}
        for term, like in self._like.items():
            if term in stems:
                found[term] = 1.0
            elif like:
                degree = max((like[stem] for stem in like.keys() & stems), default=0.0)
                if degree:
                    found[term] = degree
        return found

    def _passage_matches(self) -> dict[int, Match]:
        result: dict[int, Match] = {}
        for candidate, match in zip(self._candidates, self.matches, strict=True):
            passage = candidate.passage
            if passage.number not in result:
                heading = words_of(" ".join((passage.title, *passage.heading_path)), self._language)
                stems = {w.stem for w in heading}
                degrees = {term: max(likenesses(term, stems).values(), default=0.0) for term in self._like}
                result[passage.number] = degrees
            _raise_to(result[passage.number], match)
        return result

    def _gain(self, i: int, neighbour: int) -> float:
        """Return how much more of the question the neighbouring sentence covers, if it is a neighbour at all."""
        if self._candidates[neighbour].run != self._candidates[i].run:
            return 0.0
        own = self.matches[i]
        more = {t: d - own.get(t, 0.0) for t, d in self.matches[neighbour].items() if d > own.get(t, 0.0)}
        return self.share(more)

    def _synonymous(self, i: int) -> float:
        """Return the share of terms that stand in the sentence by another word only."""
        match, stems = self.matches[i], self._stems[i]
        return (
            sum(
                weight
                for term, weight in self.weights.items()
                if match.get(term, 0.0) < 0.7 and self._synonyms[term] & stems
            )
            / self._total
        )

    def _is_hit(self, stem: str) -> bool:
        return stem in self.weights or any(like.get(stem, 0.0) > 0.5 for like in self._like.values())


def is_heading(candidate: Candidate) -> bool:
    """Tell whether the candidate looks like a heading or a label and not like a sentence."""
    text = candidate.text
    if is_row(candidate):
        return candidate.is_table_head
    return text.startswith("#") or (len(candidate.words) < 10 and text[-1] not in '.!?…؟。！？।:;|"”')


def _weights(question: Question, sentences: Sequence[frozenset[str]]) -> Match:
    counts = Counter(stem for stems in sentences for stem in stems)
    total = len(sentences)
    return {t.stem: math.log(1.0 + (total + 1.0) / (counts[t.stem] + 0.5)) for t in question.terms}


def _raise_to(match: Match, other: Match) -> None:
    for term, degree in other.items():
        if degree > match.get(term, 0.0):
            match[term] = degree
