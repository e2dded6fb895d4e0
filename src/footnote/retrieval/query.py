"""From what a person typed to what the index is asked: phrases, languages, words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from footnote.retrieval.analysis import analyser_for, word_parts, words
from footnote.retrieval.languages import languages_of_question
from footnote.retrieval.ports import QueryTerm
from footnote.retrieval.stop_words import stop_words

MAX_QUERY_CHARACTERS = 4_000
PARTS_SHARE = 0.3
"""What each part of a word weighs, beside the word's own 1. Measured: 2 points of nDCG in German, 1 in Spanish."""

_QUOTED = re.compile(r'"([^"]{2,200})"|“([^”]{2,200})”|„([^“”]{2,200})[“”]|«([^»]{2,200})»')


@dataclass(frozen=True, slots=True)
class ProcessedQuery:
    """A question, ready for both legs.

    text: normalised, quotation marks taken off, for the dense leg.
    languages: tried for stems, likeliest first; empty when the index is empty and the text has no letters.
    terms: one per word of meaning; a word that is repeated weighs more.
    phrases: each must be in what is found; quotations inside a whole sentence are not demands and not here.
    dropped: words left out because they carry no meaning.
    """

    text: str
    languages: tuple[str, ...]
    terms: tuple[QueryTerm, ...]
    phrases: tuple[tuple[QueryTerm, ...], ...]
    dropped: tuple[str, ...]


def process_query(text: str, present: Mapping[str, int]) -> ProcessedQuery:
    """Analyse a question. present: entries by language in the index, which guides the guess at short questions."""
    clean = " ".join(unicodedata.normalize("NFKC", text)[:MAX_QUERY_CHARACTERS].split())
    quoted = [next(group for group in match.groups() if group) for match in _QUOTED.finditer(clean)]
    plain = _QUOTED.sub(lambda match: next(group for group in match.groups() if group), clean)
    languages = tuple(languages_of_question(plain, present))
    terms, dropped = _terms(plain, languages)
    phrases: tuple[tuple[QueryTerm, ...], ...] = ()
    if not _is_sentence(_QUOTED.sub(" ", clean), languages):
        phrases = tuple(p for p in (_phrase(phrase, languages) for phrase in quoted) if p)
    return ProcessedQuery(plain, languages, terms, phrases, dropped)


def _is_sentence(text: str, languages: Sequence[str]) -> bool:
    """Tell a question that quotes something from a search that demands it: the latter is made of bare words."""
    empty = stop_words(languages[0] if languages else None)
    return text.rstrip().endswith(("?", "؟", "？")) or sum(word in empty for word in words(text)) >= 2


def _terms(text: str, languages: Sequence[str]) -> tuple[tuple[QueryTerm, ...], tuple[str, ...]]:
    found = words(text)
    empty = stop_words(languages[0] if languages else None)
    kept = [word for word in found if word not in empty]
    if not kept:
        # "The Who", "to be or not to be": nothing else was asked for.
        kept = found
    weights: dict[tuple[str, ...], float] = {}
    for word in kept:
        for forms in _places(word, languages):
            weights[forms] = weights.get(forms, 0.0) + 1.0
        for part in dict.fromkeys(part for language in languages for part in word_parts(word, language)):
            weights[part,] = weights.get((part,), 0.0) + PARTS_SHARE
    dropped = tuple(dict.fromkeys(word for word in found if word not in set(kept)))
    return tuple(QueryTerm(forms, weight) for forms, weight in weights.items()), dropped


def _phrase(text: str, languages: Sequence[str]) -> tuple[QueryTerm, ...]:
    return tuple(QueryTerm(forms) for word in words(text) for forms in _places(word, languages))


def _places(word: str, languages: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the word's forms in each language tried, place by place: a word of an unspaced script has many places."""
    variants = [analyser_for(language)(word) for language in languages or (None,)]
    places = max(len(variant) for variant in variants)
    return [tuple(dict.fromkeys(v[place] for v in variants if place < len(v))) for place in range(places)]
