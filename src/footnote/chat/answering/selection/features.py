"""Measures how well each candidate sentence answers the question: a dozen numbers, in any language."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from footnote.chat.answering.selection.answer_kinds import AnswerFinder
from footnote.chat.answering.selection.candidates import Candidate
from footnote.chat.answering.selection.pieces import Role, cells_of
from footnote.chat.answering.selection.question import Question
from footnote.chat.answering.selection.reading import read_words
from footnote.chat.answering.selection.similarity import likenesses, synonyms

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

_NEAR = 0.5
_SURE = 0.6
"""From this likeness on a word counts as the question's own."""


class Measured:
    """The candidates of one question, measured.

    features: float64[N, len(FEATURES)], most values in 0..1. matches: for each candidate, which of the question's
    terms it holds and how surely (0..1]. weights: the terms' weights, rarer ones more.
    """

    def __init__(self, question: Question, candidates: Sequence[Candidate], *, uses_dense: bool) -> None:
        """uses_dense: whether the embedder knows the question's language, so that its scores mean something."""
        self._candidates = candidates
        self._language, self._extreme = question.language, question.extreme
        self._stems = [frozenset(w.stem for w in c.reading) | c.over for c in candidates]
        self.weights = _weights(question, self._stems)
        self._total = sum(self.weights.values()) or 1.0
        above = {c.above for c in candidates}
        vocabulary = frozenset().union(*self._stems, *above)
        self._like = {term: likenesses(term, vocabulary) for term in self.weights}
        near = (stem for like in self._like.values() for stem, degree in like.items() if degree > _NEAR)
        self._hits = frozenset((*self.weights, *near))
        self._synonyms = {term: synonyms(question.language).get(term, frozenset()) - {term} for term in self.weights}
        self.own_matches = [self._matched(frozenset(w.stem for w in c.words)) for c in candidates]
        self.matches = [self._match(i) for i in range(len(candidates))]
        known = {stems: self._matched(stems) for stems in above}
        self._above = [known[c.above] for c in candidates]
        self._finder = AnswerFinder(question, candidates)
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

    def is_named(self, i: int) -> bool:
        """Tell whether the question means this candidate, not just what stands over it.

        It holds a word of the question itself, or has the most of what the question asks the most of.
        """
        return max(self.own_matches[i].values(), default=0.0) >= _SURE or self._stands_out(i)

    def _stands_out(self, i: int) -> bool:
        candidate = self._candidates[i]
        if self._extreme is None or candidate.head is None or not candidate.extremes:
            return False
        return (self._column_asked(candidate.head.text), self._extreme.sign) in candidate.extremes

    def _column_asked(self, head: str) -> int:
        """Return the column whose name holds most of the question, -1 if none holds any."""
        shares = [
            self.share(self._matched(frozenset(w.stem for w in read_words(cell, self._language))))
            for cell in cells_of(head)
        ]
        best = max(range(1, len(shares)), key=lambda n: shares[n], default=0)
        return best if shares[best] > 0.0 else -1

    def _row(self, i: int) -> list[float]:
        candidate, match = self._candidates[i], self.matches[i]
        passage = candidate.passage
        covered = self.share(match)
        found = self._finder.look(candidate, [n for n, w in enumerate(candidate.reading) if w.stem in self._hits])
        has_dense = self._best_dense is not None and passage.dense_score is not None
        return [
            covered,
            self.share({term: degree for term, degree in match.items() if degree >= 1.0}),
            self._gain(i, self._before(i)),
            self._gain(i, self._after(i)),
            self.passage_share(i),
            self._synonymous(i),
            *found.kinds,
            found.nearness,
            min(found.news, 12) / 12.0,
            (passage.score - self._best) / self._spread,
            (passage.dense_score or 0.0) - (self._best_dense or 0.0) if has_dense else 0.0,
            float(candidate.only_introduces),
            float(candidate.is_fragment),
        ]

    def _match(self, i: int) -> Match:
        """Return what the candidate and what stands over it hold of the question.

        A row that holds nothing of the question itself is not the row asked for: what its table's head and caption
        hold, they hold for every row. A row that has the most is what "the most" means.
        """
        if self._candidates[i].role is Role.ROW and not self.is_named(i):
            return self.own_matches[i]
        match = self._matched(self._stems[i])
        if self._extreme is not None and self._extreme.stem in self.weights and self._stands_out(i):
            match[self._extreme.stem] = 1.0
        return match

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
                heading = read_words(" ".join((passage.title, *passage.heading_path)), self._language)
                stems = {w.stem for w in heading}
                degrees = {term: max(likenesses(term, stems).values(), default=0.0) for term in self._like}
                result[passage.number] = degrees
            _raise_to(result[passage.number], match)
        return result

    def _before(self, i: int) -> Match:
        """Return what a reader knows of the question when coming to the candidate: headings and the sentence before."""
        known = dict(self._above[i])
        if i and self._are_neighbours(i - 1, i):
            _raise_to(known, self.matches[i - 1])
        return known

    def _after(self, i: int) -> Match:
        return self.matches[i + 1] if i + 1 < len(self._candidates) and self._are_neighbours(i, i + 1) else {}

    def _are_neighbours(self, a: int, b: int) -> bool:
        """Tell whether one is read on to from the other; a row is read with its head, not with the row above it."""
        first, second = self._candidates[a], self._candidates[b]
        return first.run == second.run and Role.ROW not in (first.role, second.role)

    def _gain(self, i: int, other: Match) -> float:
        """Return how much more of the question the other match covers."""
        own = self.matches[i]
        return self.share({t: d - own.get(t, 0.0) for t, d in other.items() if d > own.get(t, 0.0)})

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


def _weights(question: Question, sentences: Sequence[frozenset[str]]) -> Match:
    counts = Counter(stem for stems in sentences for stem in stems)
    total = len(sentences)
    return {t.stem: math.log(1.0 + (total + 1.0) / (counts[t.stem] + 0.5)) for t in question.terms}


def _raise_to(match: Match, other: Match) -> None:
    for term, degree in other.items():
        if degree > match.get(term, 0.0):
            match[term] = degree
