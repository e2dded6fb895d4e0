"""Passages for the tests of chat, said in one line."""

from footnote.chat.passages import Citation, DraftSentence, Passage
from footnote.kit.geometry import Span


def passage(
    text: str,
    *,
    number: int = 1,
    start: int = 0,
    language: str | None = "en",
    title: str = "",
    version: str = "",
    score: float = 1.0,
    dense: float | None = None,
    before: str = "",
    after: str = "",
) -> Passage:
    return Passage(
        number=number,
        chunk_id=f"chk_{number}",
        document_id=f"doc_{number}",
        version_id=version or f"ver_{number}",
        title=title,
        heading_path=(),
        text=text,
        span=Span(start, start + len(text)),
        score=score,
        dense_score=dense,
        language=language,
        before=before,
        after=after,
    )


def draft(text: str, *cited: int) -> DraftSentence:
    return DraftSentence(text, tuple(Citation(number) for number in cited))
