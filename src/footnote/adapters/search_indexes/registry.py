"""Search indexes by name: an SDK is imported only when its index is chosen."""

from collections.abc import Mapping
from types import MappingProxyType

SEARCH_INDEXES: Mapping[str, str] = MappingProxyType(
    {
        "sqlite": "footnote.adapters.search_indexes.sqlite:create",
        "memory": "footnote.adapters.search_indexes.memory:create",
    }
)
"""Name -> `module:create`, called with the settings."""
