"""The embedded search index: one SQLite file per organisation and index version, exact search over a cached picture.

Everything runs off the event loop, on threads of its own: searches on several, changes on one. A search works on an
immutable picture, so a long change never delays it. Pictures leave memory by last use when they exceed a budget.
"""

import asyncio
import os
import re
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

from footnote.adapters.search_indexes import sqlite_file
from footnote.adapters.search_indexes.candidates import candidates, leg, phrase_in
from footnote.adapters.search_indexes.columns import Mask
from footnote.adapters.search_indexes.exact import Picture
from footnote.adapters.search_indexes.postings import word_hash
from footnote.kit.errors import InvalidInput
from footnote.kit.settings import Settings
from footnote.retrieval.ports import (
    Candidate,
    IndexChange,
    IndexStatus,
    QueryTerm,
    SearchFilter,
    SearchIndex,
    SearchRequest,
    Vector,
)

_Result = TypeVar("_Result")
_ENTRIES_PER_SLICE = 16
_READERS = 4
_HELPERS = min(4, os.cpu_count() or 1)
_COMPACT_ABOVE_DEAD = 1_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class SqliteSearchIndex:
    """`SearchIndex` on files below one folder. One process owns a folder at a time."""

    def __init__(self, folder: Path, *, cache_bytes: int = 1 << 30) -> None:
        """cache_bytes: memory for the pictures of all organisations; the one in use may exceed it alone."""
        self._folder = folder
        self._cache_bytes = cache_bytes
        self._shelf: OrderedDict[Path, Picture] = OrderedDict()
        self._shelf_lock = threading.Lock()
        self._file_locks: dict[Path, threading.Lock] = {}
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="index-search")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="index-change")
        self._helpers = ThreadPoolExecutor(_HELPERS, thread_name_prefix="index-cosines")

    async def apply(self, organisation_id: str, index_version: str, change: IndexChange) -> bool:
        return await self._on(self._writer, self._apply, self._path(organisation_id, index_version), change)

    async def search(self, organisation_id: str, index_version: str, request: SearchRequest) -> list[Candidate]:
        return await self._on(self._readers, self._search, self._path(organisation_id, index_version), request)

    async def count(self, organisation_id: str, index_version: str, only: SearchFilter | None = None) -> int:
        return await self._on(self._readers, self._count, self._path(organisation_id, index_version), only)

    async def forget_changes(self, organisation_id: str, index_version: str) -> None:
        await self._on(self._writer, self._forget, self._path(organisation_id, index_version))

    async def status(self, organisation_id: str, index_version: str) -> IndexStatus:
        return await self._on(self._readers, self._status, self._path(organisation_id, index_version))

    async def languages(self, organisation_id: str, index_version: str) -> Mapping[str, int]:
        return await self._on(self._readers, self._languages, self._path(organisation_id, index_version))

    async def drop(self, organisation_id: str, index_version: str) -> None:
        await self._on(self._writer, self._drop, self._path(organisation_id, index_version))

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._helpers.shutdown)
        self._shelf.clear()

    async def _on(self, threads: ThreadPoolExecutor, work: Callable[..., _Result], *arguments: object) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(threads, work, *arguments)

    def _path(self, organisation_id: str, index_version: str) -> Path:
        for name in (organisation_id, index_version):
            if not _NAME.fullmatch(name):
                raise InvalidInput("An organisation or index version has no usable name.", code="index_name")
        return self._folder / organisation_id / f"{index_version}.sqlite"

    def _apply(self, path: Path, change: IndexChange) -> bool:
        if self._is_applied(path, change.change_id):
            return False
        prepared = []
        for number, entry in enumerate(change.upserts, start=1):
            prepared.append(sqlite_file.prepare(entry))
            if number % _ENTRIES_PER_SLICE == 0:
                # Counting words holds the interpreter; a search that waits gets its turn here.
                time.sleep(0.0001)
        dimensions = len(prepared[0].entry.vector) if prepared else 0
        if any(len(p.entry.vector) != dimensions for p in prepared):
            raise InvalidInput("The vectors of one change differ in length.", code="vector_dimensions")
        with self._file_lock(path), sqlite_file.opened(path, create=True) as connection:
            sqlite_file.ensure_schema(connection, dimensions)
            written = sqlite_file.write(connection, change, prepared)
            if written is None:
                return False
            picture = self._shelf.get(path)
            if picture is not None:
                picture = picture.without(picture.slots_of(written.removed))
                for document_id, collection_id in change.moves.items():
                    picture = picture.moved(document_id, collection_id)
                if picture.size == 0:
                    picture = Picture(dimensions)
                self._keep(path, _tidy(picture.with_rows(written.added)))
        return True

    def _search(self, path: Path, request: SearchRequest) -> list[Candidate]:
        picture = self._picture(path)
        if picture is None or picture.size == 0:
            return []
        allowed = picture.allowed(request.filter)
        for phrase in request.phrases:
            allowed = self._with_phrase(path, picture, allowed, phrase)
        if not allowed.any():
            return []
        dense = keyword = None
        count = request.candidates_per_leg
        if request.vector is not None:
            _require_dimensions(picture, request.vector)
            cosines = picture.cosines(request.vector, allowed, self._helpers)
            share = request.dense_nearby_share
            dense = leg(picture, cosines, picture.nearby(cosines), allowed, share=share, count=count)
        if request.terms:
            own, passage = picture.keyword_scores(request.terms)
            share = request.keyword_nearby_share
            keyword = leg(picture, own, passage, allowed & (own > 0), share=share, count=count)
        return candidates(picture, dense, keyword)

    def _with_phrase(self, path: Path, picture: Picture, allowed: Mask, phrase: Sequence[QueryTerm]) -> Mask:
        possible = np.flatnonzero(allowed & picture.holding(phrase))
        places = [{word_hash(form) for form in term.forms} for term in phrase]
        rows = {int(picture.row_ids[slot]): slot for slot in possible}
        found = np.zeros(picture.size, dtype=np.bool_)
        with sqlite_file.opened(path) as connection:
            for row, fields in sqlite_file.sequences(connection, list(rows)).items():
                found[rows[row]] = any(phrase_in(field, places) for field in fields)
        return found

    def _count(self, path: Path, only: SearchFilter | None) -> int:
        picture = self._picture(path)
        return 0 if picture is None else int(np.count_nonzero(picture.allowed(only or SearchFilter())))

    def _is_applied(self, path: Path, change_id: str) -> bool:
        if not path.exists():
            return False
        with sqlite_file.opened(path) as connection:
            return sqlite_file.is_applied(connection, change_id)

    def _forget(self, path: Path) -> None:
        if path.exists():
            with self._file_lock(path), sqlite_file.opened(path) as connection:
                sqlite_file.forget_applied(connection)

    def _status(self, path: Path) -> IndexStatus:
        picture = self._picture(path)
        if picture is None:
            return IndexStatus(0, 0, {}, 0, 0)
        with sqlite_file.opened(path) as connection:
            changes, is_outdated = sqlite_file.applied_count(connection), sqlite_file.is_outdated(connection)
        documents = len(np.unique(picture.documents.values[picture.alive]))
        living = int(np.count_nonzero(picture.alive))
        return IndexStatus(living, documents, picture.language_counts(), changes, _size_bytes(path), is_outdated)

    def _languages(self, path: Path) -> Mapping[str, int]:
        picture = self._picture(path)
        return {} if picture is None else picture.language_counts()

    def _drop(self, path: Path) -> None:
        with self._file_lock(path), self._shelf_lock:
            self._shelf.pop(path, None)
            for file in (path, *_companions(path)):
                file.unlink(missing_ok=True)
            if path.parent.exists() and not any(path.parent.iterdir()):
                shutil.rmtree(path.parent, ignore_errors=True)

    def _picture(self, path: Path) -> Picture | None:
        """Return the newest picture, reading the file if it is not in memory; None if there is no file."""
        with self._shelf_lock:
            picture = self._shelf.get(path)
            if picture is not None:
                self._shelf.move_to_end(path)
                return picture
        with self._file_lock(path):
            picture = self._shelf.get(path)
            if picture is None and path.exists():
                with sqlite_file.opened(path) as connection:
                    picture = sqlite_file.read_picture(connection)
                self._keep(path, picture)
            return picture

    def _keep(self, path: Path, picture: Picture) -> None:
        with self._shelf_lock:
            self._shelf[path] = picture
            self._shelf.move_to_end(path)
            total = sum(p.size_bytes for p in self._shelf.values())
            while total > self._cache_bytes and len(self._shelf) > 1:
                _, oldest = self._shelf.popitem(last=False)
                total -= oldest.size_bytes

    def _file_lock(self, path: Path) -> threading.Lock:
        with self._shelf_lock:
            return self._file_locks.setdefault(path, threading.Lock())


def _require_dimensions(picture: Picture, vector: Vector) -> None:
    if len(vector) != picture.dimensions:
        raise InvalidInput(
            f"This index holds vectors of {picture.dimensions} numbers and was asked with {len(vector)}.",
            code="vector_dimensions",
        )


def _tidy(picture: Picture) -> Picture:
    dead = picture.size - int(np.count_nonzero(picture.alive))
    return picture.compacted() if dead > _COMPACT_ABOVE_DEAD and dead * 2 > picture.size else picture


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _size_bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in (path, *_companions(path)) if file.exists())


def create(settings: Settings) -> SearchIndex:
    """Make the index below the data folder."""
    return SqliteSearchIndex(settings.data_dir / "indexes", cache_bytes=settings.index_cache_bytes)
