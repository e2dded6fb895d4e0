"""What answering gets: neighbours as one exact stretch of the text, with pages and boxes of all its parts."""

import dataclasses

from footnote.kit.geometry import PageBox, Span
from footnote.kit.ids import ChunkId, DocumentId, VersionId
from footnote.retrieval.chunks import StoredChunk
from footnote.retrieval.passages import FoundPassage, with_context, with_neighbours
from footnote.retrieval.search import LegScore, RankedChunk

TEXT = "Close the valve first.\n\nThen drain the pump. It takes ten minutes.\n\nWarranty is two years."
VERSION = VersionId("ver_1")
TEXTS = {VERSION: TEXT}


def passage(ordinal: int, start: int, end: int, *, score: float = 0.9, page: int = 1) -> FoundPassage:
    leg = LegScore(score, 0.0, 0.5, 1)
    chunk_id = f"chk_{ordinal}"
    box = PageBox(page=page, x0=10.0, y0=10.0 * ordinal, x1=90.0, y1=10.0 * ordinal + 8)
    chunk = StoredChunk(
        ChunkId(chunk_id), DocumentId("doc_1"), VERSION, ordinal, "text", Span(start, end), TEXT[start:end],
        ("Care",), "en", (page,), (box,),
    )  # fmt: skip
    return FoundPassage(RankedChunk(chunk_id, "doc_1", ordinal, score, leg, leg, "both"), chunk, "pump.pdf", "Pump")


def test_neighbours_become_one_exact_stretch_under_the_best_ones_name():
    (joined,) = with_neighbours([passage(1, 24, 66, score=0.9, page=2), passage(0, 0, 44, score=0.88)], TEXTS)
    assert joined.chunk.text == TEXT[0:66] == TEXT[joined.chunk.span.start : joined.chunk.span.end]
    assert joined.chunk.pages == (1, 2)
    assert [box.page for box in joined.chunk.boxes] == [1, 2]
    assert (joined.chunk.id, joined.ranked.score) == ("chk_1", 0.9)


def test_what_stands_under_another_heading_or_is_a_table_stays_apart():
    first, second = passage(0, 0, 22), passage(1, 24, 66)
    for other in ({"heading_path": ("Warranty",)}, {"kind": "table"}, {"version_id": VersionId("ver_2")}):
        found = [first, dataclasses.replace(second, chunk=dataclasses.replace(second.chunk, **other))]
        assert with_neighbours(found, TEXTS) == found


def test_chunks_whose_text_was_deleted_meanwhile_are_not_joined():
    found = [passage(0, 0, 22), passage(1, 24, 66)]
    assert with_neighbours(found, {}) == found


def test_context_is_what_stands_right_around_the_whole_passage():
    (joined,) = with_neighbours([passage(1, 24, 44), passage(2, 45, 66)], TEXTS)
    around = with_context(joined, TEXT, 6)
    assert (around.before, around.after) == ("rst.\n\n", "\n\nWarr")
