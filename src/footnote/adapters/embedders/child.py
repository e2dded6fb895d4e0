"""What a child process runs to embed passages: plain functions with plain arguments, for the pool of children.

The session lives as long as the process, keyed by its folder; that is the process's own cache and no global state of
the server.
"""

from functools import lru_cache
from pathlib import Path

from footnote.adapters.embedders.minilm import MiniLmModel, pack


def embed_passages(model_folder: str, texts: list[str]) -> bytes:
    """Return N * 384 float16, little endian, each text embedded alone. Errors as `minilm.pack`."""
    return pack(_model(model_folder), texts)


@lru_cache(maxsize=2)
def _model(model_folder: str) -> MiniLmModel:
    # One thread a child, several children: two threads on one short text get through a fifth less than two texts.
    return MiniLmModel(Path(model_folder), threads=1)
