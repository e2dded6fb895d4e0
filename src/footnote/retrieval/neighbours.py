"""Chunks that stand side by side in a document, found together, read as one passage."""

from collections.abc import Sequence
from dataclasses import dataclass

from footnote.retrieval.search import RankedChunk


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of neighbouring chunks in the text's order; its score is that of its best chunk."""

    document_id: str
    chunk_ids: tuple[str, ...]
    best_chunk_id: str
    score: float


def merge_neighbours(results: Sequence[RankedChunk], *, max_chunks: int = 3) -> list[Passage]:
    """Join results whose ordinals follow one another in one document, best passage first.

    results: best first, as search returns them, of current versions only. A passage takes at most `max_chunks`, the
    better neighbour first. Every result is in exactly one passage.
    """
    by_place = {(result.document_id, result.ordinal): result for result in results}
    passages: list[Passage] = []
    taken: set[str] = set()
    for best in results:
        if best.chunk_id in taken:
            continue
        run = [best]
        while len(run) < max_chunks:
            ends = (by_place.get((best.document_id, place)) for place in (run[0].ordinal - 1, run[-1].ordinal + 1))
            open_ends = [end for end in ends if end is not None and end.chunk_id not in taken]
            if not open_ends:
                break
            run.append(max(open_ends, key=lambda end: (end.score, end.chunk_id)))
            run.sort(key=lambda chunk: chunk.ordinal)
        taken.update(chunk.chunk_id for chunk in run)
        passages.append(Passage(best.document_id, tuple(c.chunk_id for c in run), best.chunk_id, best.score))
    return passages
