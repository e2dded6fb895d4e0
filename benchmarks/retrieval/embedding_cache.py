"""An embedder that remembers what it embedded, so that a bench of many rounds embeds each text once."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from footnote.retrieval.ports import Embedder, EmbedderIdentity, Vector


class CachedEmbedder:
    """`Embedder` in front of another one, keeping float32 vectors in a file."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self._inner = inner
        self._file = sqlite3.connect(path)
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    @property
    def identity(self) -> EmbedderIdentity:
        return self._inner.identity

    @property
    def special_tokens(self) -> int:
        return self._inner.special_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    async def embed_query(self, text: str) -> Vector:
        key = self._key("query", text)
        known = self._get(key)
        if known is None:
            known = await self._inner.embed_query(text)
            self._put([(key, known)])
        return known

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        keys = [self._key("passage", text) for text in texts]
        known = {key: vector for key in keys if (vector := self._get(key)) is not None}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for start in range(0, len(missing), 256):
            part = list(missing.items())[start : start + 256]
            made = await self._inner.embed_passages([text for _, text in part])
            rows = [(key, vector) for (key, _), vector in zip(part, made, strict=True)]
            self._put(rows)
            known.update(rows)
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, self.identity.dimensions), np.float32)

    def _key(self, kind: str, text: str) -> bytes:
        return hashlib.blake2b(f"{self.identity.key}\n{kind}\n{text}".encode(), digest_size=16).digest()

    def _get(self, key: bytes) -> Vector | None:
        row = self._file.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float32)

    def _put(self, rows: Sequence[tuple[bytes, Vector]]) -> None:
        with self._file:
            self._file.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", [(k, v.tobytes()) for k, v in rows])
