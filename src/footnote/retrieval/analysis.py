"""From a text to the words that are searched for: the same for documents and questions, on every index.

Steps: Unicode NFKC and case folding, words (letters, digits and their marks), the Snowball stemmer of the text's
language, Arabic letters unified, diacritics off. Scripts written without spaces give overlapping pairs of characters,
so that no language is lost.
"""

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import Stemmer

from footnote.retrieval.languages import STEMMERS

ANALYSIS_VERSION = "1"
"""Rises whenever the same text would give other words; indexes keep it and say when they are outdated."""

_MAX_WORD_LENGTH = 64
_CACHED_WORDS = 200_000
_PART_LENGTH = 4
_MIN_WORD_WITH_PARTS = 4
_PART_MARK = "\x1f"
"""Keeps a part from being taken for a word."""

# Han, Kana, Hangul is spaced and stays whole; Thai, Lao, Khmer and Burmese are written without spaces.
_UNSPACED = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي",
                                 "ی": "ي", "ک": "ك"})  # fmt: skip
_FOLDED_BY_HAND = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ё": "е"})
# Tones and vowel signs are letters in these languages: taking them off would merge different words.
_KEEP_MARKS = frozenset({"vi", "hi", "ne", "mr", "ta", "th", "lo", "km", "my"})


def words(text: str) -> list[str]:
    """Return the words as written, folded by case only."""
    return _word_pattern().findall(unicodedata.normalize("NFKC", text).casefold())


def analyser_for(language: str | None) -> Callable[[str], tuple[str, ...]]:
    """Return the function from one word (as `words` gives it) to its analysed forms; most words have exactly one."""
    return _analyser(language if language in STEMMERS else _shared(language))


def _shared(language: str | None) -> str:
    return language if language in _KEEP_MARKS else ""


@lru_cache(maxsize=64)
def _analyser(language: str) -> Callable[[str], tuple[str, ...]]:
    name = STEMMERS.get(language)
    stem = Stemmer.Stemmer(name, 0).stemWord if name else None
    keep_marks = language in _KEEP_MARKS
    unspaced = _unspaced_runs()

    @lru_cache(maxsize=_CACHED_WORDS)
    def forms(word: str) -> tuple[str, ...]:
        word = word[:_MAX_WORD_LENGTH]
        if word.isascii():
            return (sys.intern(stem(word) if stem else word),)
        if unspaced.search(word):
            return tuple(_pairs(word, unspaced))
        if "\u0600" <= word[0] <= "\u06ff":
            return (arabic_stem(stem(word)) if stem and language == "ar" else _arabic_letters(word),)
        stemmed = stem(word) if stem else word
        return (stemmed if keep_marks else _without_marks(stemmed),)

    return forms


def word_parts(word: str, language: str | None) -> tuple[str, ...]:
    """Return runs of four letters of a word, every second one and the last; empty where parts are not used.

    They find a compound by its parts and an inflected form by its root, which no stemmer does for all languages.
    English gains nothing by them (measured), and scripts without spaces are in pairs already.
    """
    if language in (None, "", "en") or len(word) < _MIN_WORD_WITH_PARTS or not word.isalpha():
        return ()
    return _parts(word[:_MAX_WORD_LENGTH])


@lru_cache(maxsize=_CACHED_WORDS)
def _parts(word: str) -> tuple[str, ...]:
    if _unspaced_runs().search(word):
        return ()
    bare = _without_marks(_arabic_letters(word))
    last = max(0, len(bare) - _PART_LENGTH)
    starts = dict.fromkeys((*range(0, last, 2), last))
    return tuple(_PART_MARK + bare[start : start + _PART_LENGTH] for start in starts)


@lru_cache(maxsize=1)
def _unspaced_runs() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]+")


def _pairs(word: str, unspaced: re.Pattern[str]) -> list[str]:
    """Split mixed words, and give unspaced runs as overlapping pairs; a single character stays alone."""
    found: list[str] = []
    position = 0
    for run in unspaced.finditer(word):
        if run.start() > position:
            found.append(word[position : run.start()])
        text = run.group()
        found.extend(text[i : i + 2] for i in range(max(1, len(text) - 1)))
        position = run.end()
    if position < len(word):
        found.append(word[position:])
    return found


def _arabic_letters(word: str) -> str:
    return _ARABIC_MARKS.sub("", word).translate(_ARABIC_LETTERS)


def arabic_stem(word: str) -> str:
    """Take off what Snowball leaves: the article behind conjunctions, and the commonest endings.

    Source: Larkey, Ballesteros and Connell, "Light stemming for Arabic information retrieval", 2007 (light10).
    """
    word = _arabic_letters(word)
    if word.startswith("و") and len(word) >= 4:
        word = word[1:]
    for prefix in ("بال", "كال", "فال", "لل", "ال"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 2:
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
    return word


def _without_marks(word: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_FOLDED_BY_HAND)


@lru_cache(maxsize=1)
def _word_pattern() -> re.Pattern[str]:
    # `\w` leaves out the vowel signs of Indic scripts and combining accents, which would cut words at them.
    marks = [chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c)) in ("Mn", "Mc")]
    return re.compile(f"[^\\W_](?:[^\\W_]|[{re.escape(''.join(marks))}])*")
