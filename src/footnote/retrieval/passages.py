"""What search hands to answering: chunks with their document's names, neighbours as one, and some text around."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from footnote.kit.ids import VersionId
from footnote.retrieval.chunks import StoredChunk
from footnote.retrieval.neighbours import FoundPlace, covering, neighbouring
from footnote.retrieval.search import RankedChunk


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A ranked chunk, or a run of neighbours under the best one's name and scores, with its document's names."""

    ranked: RankedChunk
    chunk: StoredChunk
    filename: str
    title: str
    before: str = ""
    after: str = ""


def with_neighbours(found: Sequence[FoundPassage], texts: Mapping[VersionId, str]) -> list[FoundPassage]:
    """Join chunks of one version, heading and kind that follow one another; best first, as found.

    texts: of the versions, whole; a version whose text is not there keeps its chunks apart.
    """
    places = [
        FoundPlace(
            (p.chunk.version_id, p.chunk.heading_path, p.chunk.kind), p.chunk.ordinal, p.chunk.span, p.ranked.score
        )
        for p in found
    ]
    joined: list[FoundPassage] = []
    for group in neighbouring(places):
        members = [found[position] for position in group]
        text = texts.get(members[0].chunk.version_id)
        joined += members if text is None or len(members) == 1 else [_joined(members, text)]
    return joined


def with_context(passage: FoundPassage, text: str, characters: int) -> FoundPassage:
    """Add up to so many characters of the version's text on either side."""
    span = passage.chunk.span
    before, after = text[max(0, span.start - characters) : span.start], text[span.end : span.end + characters]
    return replace(passage, before=before, after=after)


def _joined(members: Sequence[FoundPassage], text: str) -> FoundPassage:
    best = max(members, key=lambda p: p.ranked.score)
    chunks = [p.chunk for p in members]
    span = covering([chunk.span for chunk in chunks])
    whole = replace(
        best.chunk,
        span=span,
        text=text[span.start : span.end],
        pages=tuple(sorted({page for chunk in chunks for page in chunk.pages})),
        boxes=tuple(dict.fromkeys(box for chunk in chunks for box in chunk.boxes)),
    )
    return replace(best, chunk=whole)
