"""Undoing the hyphens that line ends put into words, without harming those that belong there.

The rule is not of one language: a document's own vocabulary decides first, spelling second.
"""

from collections import Counter
from collections.abc import Iterable
from enum import Enum

_HYPHENS = ("-", "\u2010")
_SUSPENDED = frozenset(
    [
        "and",
        "or",
        "nor",
        "to",
        "und",
        "oder",
        "bzw",
        "sowie",
        "bis",
        "als",
        "et",
        "ou",
        "y",
        "o",
        "e",
        "u",
        "ed",
        "od",
        "of",
        "en",
        "och",
        "eller",
        "og",
        "och",
        "i",
        "lub",
    ]
)
"""Words that follow a suspended hyphen ("pre- and post-war"); Ein- und Ausgabe is two words for ever."""
_KEEPING_PREFIXES = frozenset(["self", "well", "non", "ex", "half", "all", "cross", "quasi", "vice", "anti"])
"""First parts after which English keeps its hyphen; without evidence in the document they decide."""
_STRIPPED = ".,;:!?()[]{}\"'“”„«»‚‘’"


class LineEnd(Enum):
    """How the last word of one line meets the first of the next."""

    SPACE = "space"
    JOIN_WITHOUT_HYPHEN = "join_without_hyphen"
    JOIN_WITH_HYPHEN = "join_with_hyphen"


class Vocabulary:
    """The words that a document prints inside its lines, where no line end can have hyphenated them."""

    def __init__(self, words: Iterable[str]) -> None:
        self._counts = Counter(word.strip(_STRIPPED).casefold() for word in words)

    def count(self, word: str) -> int:
        """Return how often the word stands inside a line, without case and punctuation."""
        return self._counts[word.strip(_STRIPPED).casefold()]


def judge_line_end(last: str, following: str, vocabulary: Vocabulary, *, has_soft_hyphen: bool = False) -> LineEnd:
    """Decide how two words on either side of a line end belong together; both normalised.

    has_soft_hyphen: the first word's hyphen was a soft one, and is no longer in `last`.
    """
    if has_soft_hyphen and last and following[:1].isalpha():
        return LineEnd.JOIN_WITHOUT_HYPHEN
    if not last.endswith(_HYPHENS) or len(last) < 2 or not following[:1].isalnum():
        return LineEnd.SPACE
    return _judge_hyphen(last[:-1], following, vocabulary)


def _judge_hyphen(stem: str, following: str, vocabulary: Vocabulary) -> LineEnd:
    if stem.endswith(_HYPHENS) or not stem[-1].isalnum() or following.strip(_STRIPPED).casefold() in _SUSPENDED:
        return LineEnd.SPACE
    if not stem[-1].isalpha() or not following[0].islower():
        return LineEnd.JOIN_WITH_HYPHEN
    joined, hyphenated = vocabulary.count(stem + following), vocabulary.count(f"{stem}-{following}")
    if joined != hyphenated:
        return LineEnd.JOIN_WITHOUT_HYPHEN if joined > hyphenated else LineEnd.JOIN_WITH_HYPHEN
    bare = stem.strip(_STRIPPED).casefold()
    is_compound = any(hyphen in bare for hyphen in _HYPHENS)
    if is_compound or len(bare) == 1 or bare in _KEEPING_PREFIXES:
        return LineEnd.JOIN_WITH_HYPHEN
    return LineEnd.JOIN_WITHOUT_HYPHEN
