"""What is known of languages: their stemmers, and which one a text is in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, cast

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


_ALSO_TOLD_APART = ("bg", "he", "hr", "ja", "ko", "sk", "sl", "th", "uk", "ur", "vi", "zh")
"""Languages without a stemmer whose letters or likeness would pull texts to one that has one."""


class LanguageDetector:
    """Tells the languages of questions apart; loads its model (0.7 s) at first use, or by `warm_up`."""

    def __init__(self) -> None:
        self._identifier: _Identifier | None = None

    def warm_up(self) -> None:
        """Load the model now, so that the first question need not wait for it."""
        self.rank("any text")

    def detect_query(self, text: str, present: Mapping[str, int]) -> list[str]:
        """Return the languages to try for a question, likeliest first; at least one where the index has any.

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
            self._identifier = _load()
        return [(language, float(probability)) for language, probability in self._identifier.rank(text)]


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


def _load() -> _Identifier:
    # Imported here because nothing is to happen, and nothing to be loaded, on import.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    wanted = {*STEMMERS, *_ALSO_TOLD_APART}
    identifier.set_languages([language for language in identifier.labels if language in wanted])
    return cast("_Identifier", identifier)
