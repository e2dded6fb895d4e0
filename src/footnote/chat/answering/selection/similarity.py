"""How alike two stems are: compounds, derived forms and attached particles count in part."""

from collections.abc import Collection, Mapping
from functools import cache

from footnote.chat.language.lexicon import lexicon
from footnote.chat.language.words import stems_of

_SHORTEST = 4


def alike(a: str, b: str) -> float:
    """Return 1 for equal stems, 0 for unrelated ones, and between for one word inside the other or a common start.

    Language-independent on purpose: a German compound, a Spanish verb form and an Arabic word with an attached
    particle all share most of their letters with their base.
    """
    if a == b:
        return 1.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < _SHORTEST or short.isdigit() or long.isdigit():
        return 0.0
    if short in long:
        return 0.35 + 0.55 * len(short) / len(long)
    common = 0
    for x, y in zip(short, long, strict=False):
        if x != y:
            break
        common += 1
    share = common / len(long)
    return share if common >= _SHORTEST and share >= 0.55 else 0.0


def likenesses(term: str, vocabulary: Collection[str]) -> dict[str, float]:
    """Return the members of the vocabulary that are at all like the term, with how much."""
    if len(term) < _SHORTEST or term.isdigit():
        return {term: 1.0} if term in vocabulary else {}
    start = term[:_SHORTEST]
    return {
        word: degree
        for word in vocabulary
        if (word.startswith(start) or term in word or (len(word) >= _SHORTEST and word in term))
        and (degree := alike(term, word)) > 0
    }


@cache
def synonyms(language: str | None) -> Mapping[str, frozenset[str]]:
    """Return stem -> the stems of all words that the language's list calls alike, itself included."""
    result: dict[str, frozenset[str]] = {}
    for group in lexicon(language).synonyms:
        stems = stems_of((word for word in group if " " not in word), language)
        for stem in stems:
            result[stem] = result.get(stem, frozenset()) | stems
    return result


@cache
def antonyms(language: str | None) -> Mapping[str, frozenset[str]]:
    """Return word or stem -> the words and stems that mean the opposite, by the language's list."""
    result: dict[str, frozenset[str]] = {}
    for pair in lexicon(language).antonyms:
        forms = [stems_of([word], language) | {word} for word in pair]
        for here, there in ((0, 1), (1, 0)):
            for form in forms[here]:
                result[form] = result.get(form, frozenset()) | forms[there]
    return result
