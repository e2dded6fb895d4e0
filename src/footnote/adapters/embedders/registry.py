"""Embedders by name: a model's libraries are imported only when it is chosen."""

from collections.abc import Mapping
from types import MappingProxyType

EMBEDDERS: Mapping[str, str] = MappingProxyType(
    {
        "minilm": "footnote.adapters.embedders.minilm:create",
        "minilm-fp32": "footnote.adapters.embedders.minilm:create",
    }
)
"""Name -> `module:create`, called with the settings and the pool of child processes."""
