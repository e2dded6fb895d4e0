"""The file behind one organisation's index: what is in it, written in whole transactions and read in one pass.

A connection is opened for each operation: files of thousands of organisations are not held open. `secure_delete` makes
a removed entry really gone from the file. An inverted index lives in memory only (`postings`), made from each entry's
own words: FTS5 keeps words of deleted rows in its segments, cannot score a given row, and fixes k1 and b.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from footnote.adapters.search_indexes.columns import Rows
from footnote.adapters.search_indexes.exact import BLOCK_ROWS, Picture
from footnote.adapters.search_indexes.postings import word_hash
from footnote.kit.errors import InvalidInput, StoreUnavailable
from footnote.retrieval.analysis import ANALYSIS_VERSION
from footnote.retrieval.bm25 import weigh
from footnote.retrieval.ports import IndexChange, IndexEntry

_Value = TypeVar("_Value")

_BUSY_SECONDS = 30.0
_FIELD_END = 0xFFFF
_IDS_PER_STATEMENT = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS applied (change_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    chunk_id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    collection_id TEXT NOT NULL,
    language TEXT NOT NULL,
    media_type TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    length REAL NOT NULL,
    vector BLOB NOT NULL,    -- float16[D], little endian
    hashes BLOB NOT NULL,    -- uint64[W], one per distinct word
    counts BLOB NOT NULL,    -- float32[W], occurrences weighted by field
    sequence BLOB NOT NULL   -- uint16[N], places in `hashes`; 65535 ends a field
);
CREATE INDEX IF NOT EXISTS entries_by_document ON entries (document_id);
CREATE INDEX IF NOT EXISTS entries_by_version ON entries (version_id);
"""

_COLUMNS = (
    "row, chunk_id, document_id, version_id, collection_id, language, media_type, ordinal, length, "
    "vector, hashes, counts"
)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedEntry:
    """An entry with its words counted, ready to be written."""

    entry: IndexEntry
    length: float
    hashes: bytes
    counts: bytes
    sequence: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """What a transaction did: rows removed, and rows added with the columns that memory needs."""

    removed: Sequence[int]
    added: Rows


def prepare(entry: IndexEntry) -> PreparedEntry:
    """Count the entry's words. InvalidInput if it has more distinct words than any chunk may."""
    words = weigh(entry)
    place = {word: i for i, word in enumerate(words.counts)}
    if len(place) >= _FIELD_END:
        raise InvalidInput("A chunk has too many different words to be indexed.", code="chunk_too_long")
    sequence = [p for found in words.fields for p in (*(place[word] for word in found), _FIELD_END)]
    return PreparedEntry(
        entry,
        words.length,
        np.array([word_hash(word) for word in place], dtype="<u8").tobytes(),
        np.array(list(words.counts.values()), dtype="<f4").tobytes(),
        np.array(sequence, dtype="<u2").tobytes(),
    )


@contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield a connection in autocommit mode; StoreUnavailable if the file cannot be opened or read."""
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            if create:
                connection.execute("PRAGMA journal_mode = WAL")
                # An acknowledged change must outlive a power cut: the outbox will not send it again.
                connection.execute("PRAGMA synchronous = FULL")
            yield connection
    except sqlite3.DatabaseError as error:
        raise StoreUnavailable("The search index cannot be read or written.", code="index_unavailable") from error


def ensure_schema(connection: sqlite3.Connection, dimensions: int) -> None:
    """Create the tables if missing; InvalidInput if the index holds vectors of another length."""
    connection.executescript(_SCHEMA)
    for name, value in (("dimensions", str(dimensions)), ("analysis_version", ANALYSIS_VERSION)):
        connection.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
    stored = int(fact(connection, "dimensions") or 0)
    if dimensions and not stored:
        connection.execute("UPDATE facts SET value = ? WHERE name = 'dimensions'", (str(dimensions),))
    elif dimensions not in (0, stored):
        raise InvalidInput(
            f"This index holds vectors of {stored} numbers and was given {dimensions}.", code="vector_dimensions"
        )


def fact(connection: sqlite3.Connection, name: str) -> str | None:
    """Return a stored fact of the file."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def write(connection: sqlite3.Connection, change: IndexChange, prepared: Sequence[PreparedEntry]) -> Written | None:
    """Apply a change in one transaction; None, with nothing done, if its id was applied before."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("INSERT OR IGNORE INTO applied VALUES (?)", (change.change_id,)).rowcount == 0:
            connection.execute("ROLLBACK")
            return None
        removed = [
            *_delete(connection, "document_id", change.remove_document_ids),
            *_delete(connection, "version_id", change.remove_version_ids),
        ]
        for document_id, collection_id in change.moves.items():
            connection.execute(
                "UPDATE entries SET collection_id = ? WHERE document_id = ?", (collection_id, document_id)
            )
        removed += _delete(connection, "chunk_id", [p.entry.chunk_id for p in prepared])
        row_ids = [_insert(connection, entry) for entry in prepared]
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return Written(removed, _rows_of(row_ids, prepared))


def read_picture(connection: sqlite3.Connection) -> Picture:
    """Return everything in the file, by row; taken in slices, so that memory holds little beside the picture."""
    dimensions = int(fact(connection, "dimensions") or 0)
    picture = Picture(dimensions)
    cursor = connection.execute(f"SELECT {_COLUMNS} FROM entries ORDER BY row")  # noqa: S608  # Our own names.
    while slice_ := cursor.fetchmany(BLOCK_ROWS):
        picture = picture.with_rows(_rows(slice_, dimensions))
    return picture


def sequences(connection: sqlite3.Connection, row_ids: Sequence[int]) -> Mapping[int, list[list[int]]]:
    """Return row id -> its fields, each the hashes of its words in order."""
    found: dict[int, list[list[int]]] = {}
    for part in _parts(row_ids):
        marks = ",".join("?" * len(part))
        statement = f"SELECT row, hashes, sequence FROM entries WHERE row IN ({marks})"  # noqa: S608  # Only marks.
        for row, hashes, sequence in connection.execute(statement, part):
            words = np.frombuffer(hashes, dtype="<u8").tolist()
            fields: list[list[int]] = [[]]
            for place in np.frombuffer(sequence, dtype="<u2").tolist():
                if place == _FIELD_END:
                    fields.append([])
                else:
                    fields[-1].append(words[place])
            found[row] = fields
    return found


def is_applied(connection: sqlite3.Connection, change_id: str) -> bool:
    """Tell whether the change was applied."""
    return connection.execute("SELECT 1 FROM applied WHERE change_id = ?", (change_id,)).fetchone() is not None


def forget_applied(connection: sqlite3.Connection) -> None:
    """Drop the ids of all applied changes."""
    connection.execute("DELETE FROM applied")


def applied_count(connection: sqlite3.Connection) -> int:
    """Return how many applied ids are kept."""
    return int(connection.execute("SELECT count(*) FROM applied").fetchone()[0])


def is_outdated(connection: sqlite3.Connection) -> bool:
    """Return whether the file was written by another analysis of words than ours."""
    return fact(connection, "analysis_version") != ANALYSIS_VERSION


def _delete(connection: sqlite3.Connection, column: str, values: Sequence[str]) -> list[int]:
    removed: list[int] = []
    for part in _parts(values):
        marks = ",".join("?" * len(part))
        statement = f"DELETE FROM entries WHERE {column} IN ({marks}) RETURNING row"  # noqa: S608  # Our own names.
        removed += [row for (row,) in connection.execute(statement, part).fetchall()]
    return removed


def _insert(connection: sqlite3.Connection, prepared: PreparedEntry) -> int:
    statement = f"INSERT INTO entries ({_COLUMNS.removeprefix('row, ')}, sequence) VALUES ({','.join('?' * 12)})"  # noqa: S608  # Our own names.
    return int(connection.execute(statement, (*_values(prepared), prepared.sequence)).lastrowid or 0)


def _values(prepared: PreparedEntry) -> tuple[object, ...]:
    """Return the entry's columns, in the order of `_COLUMNS` without the row."""
    entry = prepared.entry
    return (
        entry.chunk_id,
        entry.document_id,
        entry.version_id,
        entry.collection_id,
        entry.language or "",
        entry.media_type or "",
        entry.ordinal,
        prepared.length,
        entry.vector.astype("<f2").tobytes(),
        prepared.hashes,
        prepared.counts,
    )


def _rows_of(row_ids: Sequence[int], prepared: Sequence[PreparedEntry]) -> Rows:
    values = [(row_id, *_values(p)) for row_id, p in zip(row_ids, prepared, strict=True)]
    return _rows(values, len(prepared[0].entry.vector) if prepared else 0)


def _rows(values: Sequence[tuple[Any, ...]], dimensions: int) -> Rows:
    """Return rows of `_COLUMNS` column by column."""
    columns = list(zip(*values, strict=True)) if values else [()] * 12
    hashes = columns[10]
    word_counts = [len(packed) // 8 for packed in hashes]
    return Rows(
        row_ids=columns[0],
        chunk_ids=columns[1],
        document_ids=columns[2],
        version_ids=columns[3],
        collection_ids=columns[4],
        languages=columns[5],
        media_types=columns[6],
        ordinals=columns[7],
        lengths=columns[8],
        vectors=np.frombuffer(b"".join(columns[9]), dtype="<f2").reshape(-1, dimensions or 1).astype(np.float32),
        hashes=np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64),
        word_rows=np.repeat(np.arange(len(word_counts), dtype=np.int32), word_counts),
        counts=np.frombuffer(b"".join(columns[11]), dtype="<f4").astype(np.float32),
    )


def _parts(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    for start in range(0, len(values), _IDS_PER_STATEMENT):
        yield values[start : start + _IDS_PER_STATEMENT]
