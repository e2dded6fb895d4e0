"""What every search index must do; run on each registered one, and on adapters to come.

An approximate adapter joins by adding itself to `INDEXES` with the tolerance that its dense leg needs.
"""

import dataclasses
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from footnote.adapters.search_indexes.memory import MemorySearchIndex
from footnote.adapters.search_indexes.registry import SEARCH_INDEXES
from footnote.adapters.search_indexes.sqlite import SqliteSearchIndex
from footnote.kit.errors import InvalidInput
from footnote.retrieval.analysis import analyser_for, words
from footnote.retrieval.ports import (
    Candidate,
    IndexChange,
    IndexEntry,
    QueryTerm,
    SearchFilter,
    SearchIndex,
    SearchRequest,
)

ORG, OTHER, V1, V2 = "org_a", "org_b", "idx_1", "idx_2"
DIMENSIONS = 8


@dataclass(frozen=True)
class Subject:
    """An index under test. tolerance: how far a score may be from the exact one."""

    make: Callable[[Path], SearchIndex]
    tolerance: float
    is_persistent: bool
    knows_neighbours: bool = True


INDEXES = {
    "sqlite": Subject(SqliteSearchIndex, tolerance=1e-5, is_persistent=True),
    "memory": Subject(lambda _: MemorySearchIndex(), tolerance=1e-5, is_persistent=False),
}


@pytest.fixture(params=sorted(INDEXES))
def subject(request: pytest.FixtureRequest) -> Subject:
    return INDEXES[request.param]


@pytest.fixture
async def index(subject: Subject, tmp_path: Path) -> AsyncIterator[SearchIndex]:
    made = subject.make(tmp_path)
    yield made
    await made.close()


def entry(chunk_id: str, body: str, seed: int = 0, **fields) -> IndexEntry:
    values = {
        "document_id": "doc_1", "version_id": "ver_1", "collection_id": "col_1", "ordinal": 0, "title": "",
        "heading": "", "language": "en", "media_type": "text/plain",
    }  # fmt: skip
    return IndexEntry(chunk_id=chunk_id, body=body, vector=unit(seed), **{**values, **fields})


def unit(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def terms(text: str, language: str = "en") -> tuple[QueryTerm, ...]:
    return tuple(QueryTerm(analyser_for(language)(word)) for word in words(text))


def request(text: str = "", seed: int | None = None, **fields) -> SearchRequest:
    vector = None if seed is None else unit(seed)
    return SearchRequest(terms=terms(text), vector=vector, **fields)


def ids(found: list[Candidate]) -> list[str]:
    return [candidate.chunk_id for candidate in found]


LIBRARY = [
    entry("c1", "The pump must be drained before winter.", 1, ordinal=0),
    entry("c2", "Draining takes ten minutes; close the valve first.", 2, ordinal=1),
    entry("c3", "Warranty covers the valve for two years.", 3, ordinal=2, heading="Warranty"),
    entry("c4", "Die Pumpe muss vor dem Winter entleert werden.", 4, document_id="doc_2", version_id="ver_2",
          collection_id="col_2", language="de"),
    entry("c5", "Invoices are paid within thirty days.", 5, document_id="doc_3", version_id="ver_3",
          title="Payment terms", media_type="application/pdf"),
]  # fmt: skip


async def filled(index: SearchIndex, organisation_id: str = ORG, version: str = V1) -> None:
    await index.apply(organisation_id, version, IndexChange("chg_1", upserts=LIBRARY))


def assert_same(left: list[Candidate], right: list[Candidate], tolerance: float) -> None:
    """Scores agree within the tolerance; candidates too, but for those that tie at the end of a leg's list."""
    assert ids(left) == ids(right)
    for a, b in zip(left, right, strict=True):
        for name in ("dense", "keyword", "dense_nearby", "keyword_nearby"):
            mine, other = getattr(a, name), getattr(b, name)
            assert (mine is None) == (other is None)
            if mine is not None:
                assert mine == pytest.approx(other, abs=tolerance)


async def test_registry_names_what_is_tested_here():
    assert set(SEARCH_INDEXES) == set(INDEXES)


async def test_search_before_anything_was_written_finds_nothing(index: SearchIndex):
    assert await index.search(ORG, V1, request("pump", 1)) == []
    assert await index.count(ORG, V1) == 0
    assert (await index.status(ORG, V1)).entries == 0
    assert await index.languages(ORG, V1) == {}


async def test_keyword_leg_finds_words_in_any_form(index: SearchIndex):
    await filled(index)
    found = await index.search(ORG, V1, request("drains"))
    assert ids(found) == ["c1", "c2"]
    assert all(c.keyword is not None and c.keyword > 0 and c.dense is None for c in found)


async def test_title_and_heading_count_more_than_the_body(index: SearchIndex):
    await index.apply(
        ORG,
        V1,
        IndexChange(
            "chg_1",
            upserts=[
                entry("in_body", "payment rules and other text", document_id="d1", version_id="v1"),
                entry("in_title", "rules and other text", document_id="d2", version_id="v2", title="payment"),
                entry("in_neither", "rules and other text", document_id="d3", version_id="v3"),
            ],
        ),
    )
    found = {c.chunk_id: c.keyword for c in await index.search(ORG, V1, request("payment"))}
    assert set(found) == {"in_body", "in_title"}
    assert found["in_title"] > found["in_body"]


async def test_dense_leg_returns_cosines_and_ranks(index: SearchIndex, subject: Subject):
    await filled(index)
    found = await index.search(ORG, V1, request(seed=3, candidates_per_leg=2))
    best = min(found, key=lambda c: c.dense_rank)
    assert best.chunk_id == "c3"
    assert best.dense == pytest.approx(1.0, abs=max(subject.tolerance, 2e-3))
    assert sorted(c.dense_rank for c in found) == [1, 2]


async def test_a_candidate_of_one_leg_has_its_true_score_in_the_other(index: SearchIndex, subject: Subject):
    await filled(index)
    (by_word,) = await index.search(ORG, V1, request("invoices"))
    both = {c.chunk_id: c for c in await index.search(ORG, V1, request("invoices", seed=1, candidates_per_leg=1))}
    assert set(both) == {"c5", "c1"}
    assert both["c5"].keyword == pytest.approx(by_word.keyword)
    assert both["c5"].dense == pytest.approx(float(unit(5) @ unit(1)), abs=max(subject.tolerance, 2e-3))
    assert both["c5"].dense_rank is None
    assert both["c1"].keyword == 0.0
    assert both["c1"].keyword_rank is None


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (SearchFilter(), {"c1", "c2", "c3", "c4", "c5"}),
        (SearchFilter(collection_ids=frozenset({"col_2"})), {"c4"}),
        (SearchFilter(document_ids=frozenset({"doc_2", "doc_3"})), {"c4", "c5"}),
        (SearchFilter(languages=frozenset({"de"})), {"c4"}),
        (SearchFilter(media_types=frozenset({"application/pdf"})), {"c5"}),
        (SearchFilter(collection_ids=frozenset({"col_1"}), document_ids=frozenset({"doc_2"})), set()),
        (SearchFilter(collection_ids=frozenset()), set()),
        (SearchFilter(collection_ids=frozenset({"never_seen"})), set()),
    ],
)
async def test_filters_hold_on_both_legs(index: SearchIndex, only: SearchFilter, expected: set[str]):
    await filled(index)
    assert set(ids(await index.search(ORG, V1, request(seed=1, filter=only)))) == expected
    words = request("pump valve invoices Pumpe draining", filter=only)
    assert set(ids(await index.search(ORG, V1, words))) <= expected
    assert await index.count(ORG, V1, only) == len(expected)


async def test_a_filter_changes_no_score(index: SearchIndex, subject: Subject):
    await filled(index)
    only = SearchFilter(document_ids=frozenset({"doc_1"}))
    everything = await index.search(ORG, V1, request("valve pump", seed=2))
    some = await index.search(ORG, V1, request("valve pump", seed=2, filter=only))
    assert_same([c for c in everything if c.document_id == "doc_1"], some, subject.tolerance)


async def test_phrases_must_occur_word_by_word(index: SearchIndex):
    await filled(index)
    phrase = [terms("close the valve")]
    assert ids(await index.search(ORG, V1, request("valve", phrases=phrase))) == ["c2"]
    assert ids(await index.search(ORG, V1, request(seed=1, phrases=phrase))) == ["c2"]
    assert await index.search(ORG, V1, request("valve", phrases=[terms("valve the close")])) == []


async def test_the_best_form_of_a_word_counts_once(index: SearchIndex):
    await filled(index)
    plain = {c.chunk_id: c.keyword for c in await index.search(ORG, V1, request("valve"))}
    several = SearchRequest(terms=[QueryTerm((*analyser_for("en")("valve"), "valvula"))])
    assert {c.chunk_id: c.keyword for c in await index.search(ORG, V1, several)} == pytest.approx(plain)


async def test_neighbours_lend_a_share_of_their_score(index: SearchIndex, subject: Subject):
    if not subject.knows_neighbours:
        pytest.skip("this index knows no neighbours")
    await filled(index)
    found = {c.chunk_id: c for c in await index.search(ORG, V1, request("winter", seed=1))}
    own = {chunk: float(unit(n) @ unit(1)) for n, chunk in enumerate(("c1", "c2", "c3"), start=1)}
    assert found["c2"].dense_nearby == pytest.approx((own["c1"] + own["c3"]) / 2, abs=5e-3)
    assert found["c1"].dense_nearby == pytest.approx((own["c1"] + own["c2"]) / 2, abs=5e-3)
    assert found["c3"].keyword == 0.0
    assert found["c3"].keyword_nearby > 0.0, "the passage around the chunk holds the word, two chunks before"
    assert found["c5"].keyword_nearby == 0.0


async def test_the_same_change_is_applied_once(index: SearchIndex):
    change = IndexChange("chg_1", upserts=LIBRARY)
    assert await index.apply(ORG, V1, change) is True
    assert await index.apply(ORG, V1, IndexChange("chg_2", remove_document_ids=["doc_1"])) is True
    assert await index.apply(ORG, V1, change) is False
    assert await index.count(ORG, V1) == 2


async def test_forgotten_changes_take_no_room_and_leave_the_entries_alone(index: SearchIndex):
    await filled(index)
    await filled(index, version=V2)
    assert (await index.status(ORG, V1)).applied_changes == 1
    await index.forget_changes(ORG, V1)
    assert (await index.status(ORG, V1)).applied_changes == 0
    assert (await index.status(ORG, V2)).applied_changes == 1
    assert await index.count(ORG, V1) == 5
    await index.forget_changes(ORG, "never_there")


async def test_an_entry_without_a_vector_is_found_by_its_words(index: SearchIndex):
    blank = dataclasses.replace(entry("c9", "The boiler hums."), vector=np.zeros(DIMENSIONS, np.float32))
    await index.apply(ORG, V1, IndexChange("chg_1", upserts=[*LIBRARY, blank]))
    assert ids(await index.search(ORG, V1, request("boiler"))) == ["c9"]


async def test_a_change_that_fails_leaves_no_trace(index: SearchIndex):
    await filled(index)
    wrong = IndexEntry("c9", "d9", "v9", "k", 0, "", "", "text", np.ones(3, np.float32))
    with pytest.raises(InvalidInput):
        await index.apply(ORG, V1, IndexChange("chg_2", upserts=[wrong], remove_document_ids=["doc_1"]))
    assert await index.count(ORG, V1) == 5
    assert (await index.status(ORG, V1)).applied_changes == 1


async def test_upserting_a_chunk_again_replaces_it(index: SearchIndex):
    await filled(index)
    await index.search(ORG, V1, request("pump"))
    await index.apply(ORG, V1, IndexChange("chg_2", upserts=[entry("c1", "Now about boilers.", 9)]))
    assert ids(await index.search(ORG, V1, request("boilers"))) == ["c1"]
    assert "c1" not in ids(await index.search(ORG, V1, request("pump")))
    assert await index.count(ORG, V1) == 5


async def test_removed_versions_and_documents_are_gone_from_both_legs(index: SearchIndex):
    await filled(index)
    await index.search(ORG, V1, request("pump"))
    await index.apply(
        ORG, V1, IndexChange("chg_2", remove_version_ids=["ver_1"], remove_document_ids=["doc_2", "never_seen"])
    )
    assert ids(await index.search(ORG, V1, request("pump drain valve Pumpe invoices", seed=1))) == ["c5"]


async def test_removal_comes_before_upserts_in_one_change(index: SearchIndex):
    await filled(index)
    new = entry("c1_new", "Drain the pump in autumn.", 1, version_id="ver_1b")
    await index.apply(ORG, V1, IndexChange("chg_2", remove_document_ids=["doc_1"], upserts=[new]))
    assert await index.count(ORG, V1, SearchFilter(document_ids=frozenset({"doc_1"}))) == 1


async def test_a_moved_document_is_found_in_its_new_collection_only(index: SearchIndex):
    await filled(index)
    await index.search(ORG, V1, request("pump"))
    await index.apply(ORG, V1, IndexChange("chg_2", moves={"doc_1": "col_9"}))
    assert await index.count(ORG, V1, SearchFilter(collection_ids=frozenset({"col_9"}))) == 3
    old = request("pump", seed=1, filter=SearchFilter(collection_ids=frozenset({"col_1"})))
    assert ids(await index.search(ORG, V1, old)) == ["c5"]


async def test_organisations_score_exactly_as_if_alone(index: SearchIndex):
    await filled(index)
    alone = await index.search(ORG, V1, request("pump valve", seed=1))
    noise = [entry(f"n{i}", "pump valve winter", i, document_id=f"d{i}", version_id=f"v{i}") for i in range(50)]
    await index.apply(OTHER, V1, IndexChange("chg_1", upserts=noise))
    assert await index.search(ORG, V1, request("pump valve", seed=1)) == alone
    assert {c.chunk_id[0] for c in await index.search(OTHER, V1, request("pump", seed=1))} == {"n"}


async def test_removed_entries_leave_no_statistics_behind(index: SearchIndex, subject: Subject):
    await filled(index)
    before = await index.search(ORG, V1, request("pump valve", seed=1))
    noise = [entry(f"n{i}", "pump valve", i, document_id="noise", version_id="noise", ordinal=i) for i in range(30)]
    await index.apply(ORG, V1, IndexChange("chg_2", upserts=noise))
    await index.apply(ORG, V1, IndexChange("chg_3", remove_document_ids=["noise"]))
    assert_same(await index.search(ORG, V1, request("pump valve", seed=1)), before, subject.tolerance)


async def test_an_index_rebuilt_from_the_same_entries_scores_the_same(index: SearchIndex, subject: Subject):
    await filled(index)
    await index.apply(ORG, V1, IndexChange("chg_2", remove_document_ids=["doc_2"]))
    moved = [e for e in LIBRARY if e.document_id == "doc_1"]
    await index.apply(ORG, V1, IndexChange("chg_3", remove_document_ids=["doc_1"]))
    await index.apply(ORG, V1, IndexChange("chg_4", upserts=moved))
    rest = [e for e in LIBRARY if e.document_id != "doc_2"]
    await index.apply(ORG, V2, IndexChange("build", upserts=rest))
    asked = request("pump valve invoices", seed=2)
    assert_same(await index.search(ORG, V1, asked), await index.search(ORG, V2, asked), subject.tolerance)


async def test_dropping_one_version_leaves_the_other(index: SearchIndex):
    await filled(index)
    await filled(index, version=V2)
    await index.drop(ORG, V1)
    assert await index.count(ORG, V1) == 0
    assert (await index.status(ORG, V1)).applied_changes == 0
    assert await index.count(ORG, V2) == 5
    await index.drop(ORG, "never_there")
    await filled(index)
    assert await index.count(ORG, V1) == 5


async def test_status_counts_what_is_there(index: SearchIndex):
    await filled(index)
    status = await index.status(ORG, V1)
    assert (status.entries, status.documents, status.applied_changes) == (5, 3, 1)
    assert status.languages == {"en": 4, "de": 1} == await index.languages(ORG, V1)
    assert status.size_bytes > 0
    assert not status.is_outdated


async def test_a_question_of_the_wrong_dimension_is_refused(index: SearchIndex):
    await filled(index)
    with pytest.raises(InvalidInput):
        await index.search(ORG, V1, SearchRequest(vector=np.ones(3, np.float32)))


async def test_what_was_written_is_there_after_a_restart(subject: Subject, tmp_path: Path):
    if not subject.is_persistent:
        pytest.skip("this index forgets at exit by design")
    asked = request("pump valve", seed=1, phrases=[terms("the valve")])
    first = subject.make(tmp_path)
    await filled(first)
    before = await first.search(ORG, V1, asked)
    await first.close()
    second = subject.make(tmp_path)
    assert await second.search(ORG, V1, asked) == before
    assert await second.apply(ORG, V1, IndexChange("chg_1", upserts=LIBRARY)) is False
    await second.close()


async def test_every_index_scores_like_the_reference(index: SearchIndex, subject: Subject):
    reference = MemorySearchIndex()
    generator = np.random.default_rng(11)
    vocabulary = [f"word{i}" for i in range(40)]
    entries = [
        entry(
            f"c{i:03}", " ".join(generator.choice(vocabulary, generator.integers(3, 30))), i, ordinal=i % 7,
            document_id=f"d{i // 7}", version_id=f"v{i // 7}", title=str(generator.choice(vocabulary)),
        )
        for i in range(150)
    ]  # fmt: skip
    changes = [IndexChange(f"u{n}", upserts=entries[n : n + 40]) for n in range(0, 150, 40)]
    changes.append(IndexChange("r", remove_document_ids=["d3", "d11"], moves={"d5": "col_7"}))
    for change in changes:
        await index.apply(ORG, V1, change)
        await index.count(ORG, V1)
        await reference.apply(ORG, V1, change)
    for seed in range(10):
        text = " ".join(generator.choice(vocabulary, 4))
        asked = request(text, seed=seed, candidates_per_leg=20, dense_nearby_share=0.3, keyword_nearby_share=1.0)
        assert_same(
            await index.search(ORG, V1, asked), await reference.search(ORG, V1, asked), max(subject.tolerance, 1e-4)
        )
