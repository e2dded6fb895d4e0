"""What is known of languages: their stemmers, and which one a text is in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

STEMMERS: Mapping[str, str] = MappingProxyType(
    {
        "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
        "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
        "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
        "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
        "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
        "yi": "yiddish",
    }
)  # fmt: skip
"""ISO 639-1 code -> the name of its Snowball stemmer."""


class LanguageDetector:
    """Tells languages apart by their letters and short runs of letters; loads its model at first use."""

    _SAMPLE = 600
    _PLACES = 4

    def __init__(self) -> None:
        self._identifier: _Identifier | None = None

    def detect(self, text: str) -> str | None:
        """Return the language of a document's text, or None if it is too short or too mixed to tell."""
        sample = self._sample(text)
        ranked = self.rank(sample)
        if not ranked or sum(c.isalpha() for c in sample) < 20:
            return None
        language, probability = ranked[0]
        return language if probability >= 0.2 else None

    def detect_query(self, text: str, present: Mapping[str, int]) -> list[str]:
        """Return the languages to try for a question, likeliest first, at least one where the index has any.

        present: entries by language in the index. A question of a few words tells little, so what is known of the
        index decides between the languages that its letters leave open.
        """
        known = {language: count for language, count in present.items() if language}
        ranked = dict(self.rank(text)[:5])
        total = sum(known.values())
        scores = {language: probability * 0.05 for language, probability in ranked.items()}
        for language, count in known.items():
            share = count / total
            scores[language] = ranked.get(language, 0.0) * (0.2 + share) + 0.02 * share
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        if not best:
            return []
        return [language for language, score in best if score >= best[0][1] * 0.1][:3]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return (language, probability), likeliest first; empty for a text without letters."""
        if not any(c.isalpha() for c in text):
            return []
        if self._identifier is None:
            # Imported here because reading the model takes a quarter of a second.
            from py3langid.langid import MODEL_FILE, LanguageIdentifier

            self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        return [(_plain(language), float(p)) for language, p in self._identifier.rank(text)]

    def _sample(self, text: str) -> str:
        if len(text) <= self._SAMPLE * self._PLACES:
            return text
        step = len(text) // self._PLACES
        return " ".join(text[i * step : i * step + self._SAMPLE] for i in range(self._PLACES))


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


def _plain(language: str) -> str:
    return "no" if language in ("nb", "nn") else language
