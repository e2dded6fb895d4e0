"""What only the index on files promises: memory within its budget, and deleted words gone from disk."""

from pathlib import Path

import numpy as np
import pytest

from footnote.adapters.search_indexes.postings import word_hash
from footnote.adapters.search_indexes.sqlite import SqliteSearchIndex
from footnote.kit.errors import InvalidInput, StoreUnavailable
from footnote.retrieval.ports import IndexChange, IndexEntry, QueryTerm, SearchRequest


def entries(count: int, document: str = "doc", word: str = "pump") -> list[IndexEntry]:
    vectors = np.random.default_rng(1).standard_normal((count, 16)).astype(np.float32)
    return [
        IndexEntry(f"{document}_{i:05}", document, f"v_{document}", "col", i, "", "", f"{word} number{i}", vector, "en")
        for i, vector in enumerate(vectors)
    ]


def asked(word: str = "pump", count: int = 5) -> SearchRequest:
    return SearchRequest(terms=(QueryTerm((word,)),), vector=np.ones(16, np.float32), candidates_per_leg=count)


def bytes_below(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_searches_give_the_same_after_leaving_memory(tmp_path: Path):
    index = SqliteSearchIndex(tmp_path, cache_bytes=1)
    for organisation in ("a", "b", "c"):
        await index.apply(organisation, "idx", IndexChange("c", upserts=entries(30, f"doc_{organisation}")))
    first = {o: await index.search(o, "idx", asked()) for o in ("a", "b", "c")}
    again = {o: await index.search(o, "idx", asked()) for o in ("a", "b", "c")}
    assert first == again
    await index.close()


async def test_an_index_that_lost_most_entries_is_compacted_without_a_change_of_results(tmp_path: Path):
    index = SqliteSearchIndex(tmp_path / "grown")
    fresh = SqliteSearchIndex(tmp_path / "fresh")
    kept = entries(300, "kept")
    await index.apply("o", "idx", IndexChange("c1", upserts=entries(1_500, "gone")))
    await index.apply("o", "idx", IndexChange("c2", upserts=kept))
    await index.search("o", "idx", asked())
    await index.apply("o", "idx", IndexChange("c3", remove_document_ids=["gone"]))
    await index.apply("o", "idx", IndexChange("c4", upserts=entries(20, "more")))
    await fresh.apply("o", "idx", IndexChange("c", upserts=[*kept, *entries(20, "more")]))
    assert await index.search("o", "idx", asked(count=50)) == await fresh.search("o", "idx", asked(count=50))
    await index.close()
    await fresh.close()


async def test_words_of_a_deleted_document_are_gone_from_the_file(tmp_path: Path):
    index = SqliteSearchIndex(tmp_path)
    await index.apply("o", "idx", IndexChange("c1", upserts=entries(3, "secret", word="zanzibar")))
    await index.apply("o", "idx", IndexChange("c2", upserts=entries(3, "open")))
    await index.apply("o", "idx", IndexChange("c3", remove_document_ids=["secret"]))
    await index.close()
    stored = bytes_below(tmp_path)
    assert word_hash("zanzibar").to_bytes(8, "little") not in stored
    assert b"secret_00000" not in stored
    assert b"open_00000" in stored


@pytest.mark.parametrize("name", ["../escape", "", "a/b", ".hidden"])
async def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str):
    index = SqliteSearchIndex(tmp_path)
    with pytest.raises(InvalidInput):
        await index.count(name, "idx")
    await index.close()


async def test_a_broken_file_is_told_as_unavailable(tmp_path: Path):
    path = tmp_path / "o" / "idx.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 100)
    index = SqliteSearchIndex(tmp_path)
    with pytest.raises(StoreUnavailable):
        await index.search("o", "idx", asked())
    await index.close()
