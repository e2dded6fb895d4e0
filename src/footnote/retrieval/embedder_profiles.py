"""What an embedder can do, as data: how far to trust it per language, and which cosine means nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class EmbedderProfile:
    """How the dense leg of an embedder is used.

    dense_weights: by language, the dense leg's share of the fused score, in [0, 1].
    default_weight: for languages not named. floor: a chunk below this cosine is no dense hit, whatever its rank.
    """

    dense_weights: Mapping[str, float]
    default_weight: float
    floor: float

    def dense_weight(self, language: str | None) -> float:
        """Return the dense leg's share for a question in this language."""
        return self.dense_weights.get(language or "", self.default_weight)


GENERAL = EmbedderProfile(MappingProxyType({}), 0.5, 0.0)

_LATIN = (
    "af", "ca", "cs", "da", "de", "es", "et", "eu", "fi", "fr", "ga", "hr", "hu", "id", "it", "lt", "nl", "no",
    "pl", "pt", "ro", "sk", "sl", "sv", "tr", "vi",
)  # fmt: skip

PROFILES: Mapping[str, EmbedderProfile] = MappingProxyType(
    {
        # Knows English. In other languages of the Latin alphabet it still recognises names and loan words; in other
        # scripts it sees single letters, and its best hits are chance: they only follow what was found by word.
        "all-minilm-l6-v2": EmbedderProfile(
            MappingProxyType({"en": 0.55, **dict.fromkeys(_LATIN, 0.2)}), default_weight=0.02, floor=0.1
        ),
    }
)


def profile_of(embedder_name: str) -> EmbedderProfile:
    """Return the embedder's profile; a general one (both legs alike, no floor) for an embedder not measured here."""
    return PROFILES.get(embedder_name, GENERAL)
