"""What is known of languages: their stemmers, and which of them a question may be in."""

from collections.abc import Mapping
from types import MappingProxyType

from footnote.kit.language import rank_languages

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


def languages_of_question(text: str, present: Mapping[str, int]) -> list[str]:
    """Return the languages to try for a question, likeliest first; at least one where the index has any.

    present: entries by language in the index. A question of a few words tells little, so what is known of the
    index decides between the languages that its letters leave open.
    """
    known = {language: count for language, count in present.items() if language}
    ranked = dict(rank_languages(text)[:5])
    total = sum(known.values())
    scores = {language: probability * 0.05 for language, probability in ranked.items()}
    for language, count in known.items():
        share = count / total
        scores[language] = ranked.get(language, 0.0) * (0.2 + share) + 0.02 * share
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not best:
        return []
    return [language for language, score in best if score >= best[0][1] * 0.1][:3]
