"""Hybrid search over the reference index and an embedder that knows three topics."""

from collections.abc import Sequence

import numpy as np
import pytest

from footnote.adapters.search_indexes.memory import MemorySearchIndex
from footnote.retrieval.ports import EmbedderIdentity, IndexChange, IndexEntry, SearchFilter
from footnote.retrieval.search import HybridSearch, SearchMode, SearchOutcome

TOPICS = (("pump", "water", "drain"), ("invoice", "payment", "bill"), ("holiday", "leave", "vacation"))


class TopicEmbedder:
    """Knows three topics by their words; anything else is noise in a fourth direction."""

    identity = EmbedderIdentity("topics", "1", 4, 64)
    special_tokens = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    async def embed_query(self, text: str) -> np.ndarray:
        return self.vector(text)

    async def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.vector(text) for text in texts])

    def vector(self, text: str) -> np.ndarray:
        values = [sum(word in text.lower() for word in topic) for topic in TOPICS]
        vector = np.array([*values, 0.1], dtype=np.float32)
        return vector / np.linalg.norm(vector)


TEXTS = {
    "water": "Remove all water before the frost.",
    "pump": "The pump stands in the cellar.",
    "invoice": "An invoice is due after thirty days.",
    "leave": "Vacation is asked for in writing.",
    "other": "The manual has forty pages.",
}


@pytest.fixture
async def search() -> HybridSearch:
    embedder, index = TopicEmbedder(), MemorySearchIndex()
    entries = [
        IndexEntry(name, f"doc_{name}", f"ver_{name}", "col", 0, "", "", text, embedder.vector(text), "en")
        for name, text in TEXTS.items()
    ]
    await index.apply("org", "idx", IndexChange("c", upserts=entries))
    return HybridSearch(index, embedder)


def ids(outcome: SearchOutcome) -> list[str]:
    return [result.chunk_id for result in outcome.results]


async def test_what_both_legs_find_comes_first(search: HybridSearch):
    outcome = await search.search("org", "idx", "How do I drain the pump?")
    assert ids(outcome)[:2] == ["pump", "water"]
    first, second = outcome.results[:2]
    assert (first.reason, second.reason) == ("both", "dense")
    assert first.score > second.score


async def test_every_result_explains_both_legs(search: HybridSearch):
    first = (await search.search("org", "idx", "drain pump")).results[0]
    assert first.dense.raw is not None
    assert first.keyword.raw is not None
    assert first.dense.weight + first.keyword.weight == pytest.approx(1.0)
    assert first.keyword.rank == 1


@pytest.mark.parametrize(("mode", "expected"), [(SearchMode.KEYWORD, ["pump"]), (SearchMode.DENSE, ["pump", "water"])])
async def test_one_leg_can_be_asked_alone(search: HybridSearch, mode: SearchMode, expected: list[str]):
    outcome = await search.search("org", "idx", "pump", mode=mode, top_k=len(expected))
    assert sorted(ids(outcome)) == expected


async def test_asking_for_more_results_keeps_the_order_of_the_first(search: HybridSearch):
    few = await search.search("org", "idx", "pump invoice manual", top_k=2)
    many = await search.search("org", "idx", "pump invoice manual", top_k=200)
    assert ids(many)[:2] == ids(few)


async def test_a_phrase_nobody_wrote_is_not_insisted_on(search: HybridSearch):
    kept = await search.search("org", "idx", 'pump "stands in the cellar"')
    assert (ids(kept), kept.is_relaxed) == (["pump"], False)
    relaxed = await search.search("org", "idx", 'pump "in the attic"')
    assert relaxed.is_relaxed
    assert "pump" in ids(relaxed)


async def test_a_filter_that_leaves_nothing_gives_nothing(search: HybridSearch):
    outcome = await search.search("org", "idx", "pump", only=SearchFilter(collection_ids=frozenset()))
    assert outcome.results == ()


@pytest.mark.parametrize("text", ["", "?", "   "])
async def test_a_question_without_words_is_no_error(search: HybridSearch, text: str):
    await search.search("org", "idx", text)


async def test_an_organisation_without_index_finds_nothing(search: HybridSearch):
    assert (await search.search("org_new", "idx", "pump")).results == ()
