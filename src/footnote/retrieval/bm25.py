"""BM25 with weighted fields: the one formula that every keyword leg of ours computes.

score = sum over the question's words of weight * idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))
tf is a word's count weighted by field, length the body's words. Source: Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009 (section 3.6, fields summed before saturation); idf as in Lucene, never
below 0.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from footnote.retrieval.analysis import analyser_for, word_parts, words
from footnote.retrieval.ports import IndexEntry

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 2
HEADING_WEIGHT = 2
NEGLIGIBLE = 0.05
"""Words that weigh less than this share of the question's weightiest word are left out: half the work, same order."""


def idf(documents: int, containing: int) -> float:
    """Return how much a word tells: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    return math.log(1.0 + (documents - containing + 0.5) / (containing + 0.5))


@dataclass(frozen=True, slots=True)
class EntryWords:
    """An entry's words as the keyword leg counts them.

    counts: word -> occurrences weighted by field. length: as in the formula.
    fields: title, heading and body as words in order, for phrases.
    """

    counts: Mapping[str, float]
    length: float
    fields: tuple[Sequence[str], ...]


def weigh(entry: IndexEntry) -> EntryWords:
    """Return the entry's words, analysed by its language, and parts of words where the language needs them."""
    found = tuple(words(text) for text in (entry.title, entry.heading, entry.body))
    analyser = analyser_for(entry.language)
    fields = tuple([form for word in field for form in analyser(word)] for field in found)
    counts = _weighted(*(Counter(field) for field in fields))
    parts = (Counter(p for word in field for p in word_parts(word, entry.language)) for field in found)
    counts.update(_weighted(*parts))
    return EntryWords(counts, float(len(fields[2])), fields)


def _weighted(title: Counter[str], heading: Counter[str], body: Counter[str]) -> dict[str, float]:
    counts = {word: float(count) for word, count in body.items()}
    # A title is often the first heading too: what stands in both counts once, by the higher of the two.
    above = Counter({w: TITLE_WEIGHT * n for w, n in title.items()}) | Counter(
        {w: HEADING_WEIGHT * n for w, n in heading.items()}
    )
    for word, count in above.items():
        counts[word] = counts.get(word, 0.0) + count
    return counts
