"""Loads the word lists that stand as data beside this module, one file per language, and merges them.

Lists are used merged over all languages wherever a word means the same thing in each that has it, so that a text in
an unknown or mixed language is still read; where languages clash, a language's own list comes first.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "ar")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words, lower case; phrases are several words with one blank between them.

    never_end, may_end: abbreviations without their last point; the second kind also ends sentences.
    starters: words that with a capital mark the start of a sentence.
    months, numbers, multipliers, ordinals: word -> value.
    quantifiers: class -> its words; conflicts: pairs of classes which contradict each other.
    superlatives: 1 for words that ask for the most of something, -1 for the least.
    questions: (opening words, expected kind of answer), the more telling first.
    """

    never_end: frozenset[str]
    may_end: frozenset[str]
    starters: frozenset[str]
    ordinal_leads: frozenset[str]
    months: Mapping[str, int]
    numbers: Mapping[str, int]
    multipliers: Mapping[str, int]
    ordinals: Mapping[str, int]
    negations: frozenset[str]
    quantifiers: Mapping[str, tuple[str, ...]]
    conflicts: tuple[tuple[str, str], ...]
    antonyms: tuple[tuple[str, str], ...]
    synonyms: tuple[tuple[str, ...], ...]
    pronouns: frozenset[str]
    clause_words: frozenset[str]
    passive_agents: frozenset[str]
    coordinators: frozenset[str]
    lead_ins: frozenset[str]
    place_words: frozenset[str]
    reason_words: frozenset[str]
    time_words: frozenset[str]
    superlatives: Mapping[str, int]
    questions: tuple[tuple[str, str], ...]


@cache
def lexicon(language: str | None) -> Lexicon:
    """Return the language's lists, or all languages' merged for a language that has none of its own."""
    if language in LANGUAGES:
        return _load(language)
    return merged()


@cache
def merged() -> Lexicon:
    """Return the union of all languages' lists; on a clash of values the language named first in LANGUAGES wins."""
    parts = [_load(name) for name in LANGUAGES]
    return Lexicon(
        never_end=_union(p.never_end for p in parts),
        may_end=_union(p.may_end for p in parts),
        starters=_union(p.starters for p in parts),
        ordinal_leads=_union(p.ordinal_leads for p in parts),
        months=_first_wins(p.months for p in parts),
        numbers=_first_wins(p.numbers for p in parts),
        multipliers=_first_wins(p.multipliers for p in parts),
        ordinals=_first_wins(p.ordinals for p in parts),
        negations=_union(p.negations for p in parts),
        quantifiers={
            name: tuple(word for p in parts for word in p.quantifiers.get(name, ())) for name in parts[0].quantifiers
        },
        conflicts=parts[0].conflicts,
        antonyms=tuple(pair for p in parts for pair in p.antonyms),
        synonyms=tuple(group for p in parts for group in p.synonyms),
        pronouns=_union(p.pronouns for p in parts),
        clause_words=_union(p.clause_words for p in parts),
        passive_agents=_union(p.passive_agents for p in parts),
        coordinators=_union(p.coordinators for p in parts),
        lead_ins=_union(p.lead_ins for p in parts),
        place_words=_union(p.place_words for p in parts),
        reason_words=_union(p.reason_words for p in parts),
        time_words=_union(p.time_words for p in parts),
        superlatives=_first_wins(p.superlatives for p in parts),
        questions=tuple(item for p in parts for item in p.questions),
    )


def _load(language: str) -> Lexicon:
    raw = json.loads((files(__package__) / "data" / f"{language}.json").read_text(encoding="utf-8"))
    return Lexicon(
        never_end=frozenset(raw["abbreviations"]["never_end"]),
        may_end=frozenset(raw["abbreviations"]["may_end"]),
        starters=frozenset(raw["starters"]),
        ordinal_leads=frozenset(raw["ordinal_leads"]),
        months=raw["months"],
        numbers=raw["numbers"],
        multipliers=raw["multipliers"],
        ordinals=raw["ordinals"],
        negations=frozenset(raw["negations"]),
        quantifiers={name: tuple(words) for name, words in raw["quantifiers"].items()},
        conflicts=tuple((a, b) for a, b in raw["conflicts"]),
        antonyms=tuple((a, b) for a, b in raw["antonyms"]),
        synonyms=tuple(tuple(group) for group in raw["synonyms"]),
        pronouns=frozenset(raw["pronouns"]),
        clause_words=frozenset(raw["clause_words"]),
        passive_agents=frozenset(raw["passive_agents"]),
        coordinators=frozenset(raw["coordinators"]),
        lead_ins=frozenset(raw["lead_ins"]),
        place_words=frozenset(raw["place_words"]),
        reason_words=frozenset(raw["reason_words"]),
        time_words=frozenset(raw["time_words"]),
        superlatives={word: sign for name, sign in (("high", 1), ("low", -1)) for word in raw["superlatives"][name]},
        questions=tuple((opening, kind) for opening, kind in raw["questions"]),
    )


def _union(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*parts)


def _first_wins(parts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    result: dict[str, int] = {}
    for part in parts:
        for word, value in part.items():
            result.setdefault(word, value)
    return result
