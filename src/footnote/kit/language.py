"""Which language a text is written in: needed where text is stored and again where it is searched."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast

# Those a Snowball stemmer exists for, then those that a text in a like language or script would else be mistaken for.
_CANDIDATES = (
    *("ar", "hy", "eu", "ca", "cs", "da", "nl", "en", "et", "fi", "fr", "de", "el", "hi", "hu", "id", "ga", "it", "lt"),
    *("ne", "no", "pl", "pt", "ro", "ru", "sr", "es", "sv", "ta", "tr", "fa"),
    *("he", "ja", "ko", "zh", "uk", "ur", "bg", "hr", "sk", "sl", "th", "vi"),
)
_MIN_LETTERS = 12
_MIN_PROBABILITY = 0.9
_SAMPLE_CHARACTERS = 6_000
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[\d_|#*=~<>/\\]+")


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...

    def rank(self, text: str) -> list[tuple[str, float]]: ...


_lock = threading.Lock()
_loaded: list[_Identifier] = []


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language, or None when it is too short or mixed to tell.

    Reads at most 6,000 characters, from the text's beginning, middle and end. The model (0.7 s to load) is
    loaded by the first call that needs it; safe to call from several threads.
    """
    sample = _NOISE.sub(" ", _sample(text))
    if sum(character.isalpha() for character in sample) < _MIN_LETTERS:
        return None
    with _identifier() as identifier:
        language, probability = identifier.classify(sample)
    return language if probability >= _MIN_PROBABILITY else None


def rank_languages(text: str) -> list[tuple[str, float]]:
    """Return (ISO 639-1 code, probability 0 to 1), likeliest first; empty for a text without letters.

    Loads the model as `detect_language` does.
    """
    if not any(character.isalpha() for character in text):
        return []
    with _identifier() as identifier:
        return [(language, float(probability)) for language, probability in identifier.rank(text)]


@contextmanager
def _identifier() -> Iterator[_Identifier]:
    """Lend the model, loaded at first use, to one thread at a time."""
    with _lock:
        if not _loaded:
            _loaded.append(_load())
        yield _loaded[0]


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE_CHARACTERS:
        return text
    part = _SAMPLE_CHARACTERS // 3
    middle = len(text) // 2
    return " ".join((text[:part], text[middle : middle + part], text[-part:]))


def _load() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_CANDIDATES))
    return cast("_Identifier", identifier)
