"""Messages as callers see them, put together from their rows."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.chat.models import CitationRow, MessageRow, RunRow, SentenceRow
from footnote.chat.schemas import Message, Sentence, Timings
from footnote.documents.service.sources import SourceService
from footnote.jobs.schemas import Problem
from footnote.kit.principal import Principal


async def present_messages(
    session: AsyncSession, source_service: SourceService, principal: Principal, rows: Sequence[MessageRow]
) -> list[Message]:
    """Return the messages with their sentences, verdicts, sources and, where one failed, why; a few queries for all."""
    ids = [row.id for row in rows if row.role == "assistant"]
    found = await session.execute(
        select(SentenceRow).where(SentenceRow.message_id.in_(ids)).order_by(SentenceRow.position)
    )
    cited = await session.execute(
        select(CitationRow).where(CitationRow.message_id.in_(ids)).order_by(CitationRow.position)
    )
    citations: dict[tuple[str, int], list[CitationRow]] = {}
    for citation in cited.scalars():
        citations.setdefault((citation.message_id, citation.sentence), []).append(citation)
    sources = await source_service.load(
        session, principal, [c.source_id for group in citations.values() for c in group]
    )
    problems = await _problems(session, [row for row in rows if row.status == "failed"])
    texts = {row.id: row.text for row in rows}
    sentences: dict[str, list[Sentence]] = {}
    for row in found.scalars():
        sentences.setdefault(row.message_id, []).append(
            Sentence.model_validate(
                {
                    "index": row.position,
                    "span": (row.span_start, row.span_end),
                    "text": texts[row.message_id][row.span_start : row.span_end],
                    "verdict": row.verdict,
                    "reasons": row.reasons,
                    "sources": [
                        sources[c.source_id].model_copy(update={"number": c.number})
                        for c in citations.get((row.message_id, row.position), [])
                        if c.source_id in sources
                    ],
                }
            )
        )
    return [present_message(row, sentences.get(row.id, []), problems.get(row.id)) for row in rows]


def present_message(row: MessageRow, sentences: list[Sentence], problem: Problem | None = None) -> Message:
    """Return a message as callers see it."""
    return Message.model_validate(
        {
            "id": row.id,
            "conversation_id": row.conversation_id,
            "role": row.role,
            "status": row.status,
            "text": row.text,
            "created_at": row.created_at,
            "run_id": row.run_id,
            "problem": problem,
            "abstained": row.abstained,
            "abstention_reason": row.abstention_reason,
            "model": row.model,
            "cost_nano_usd": row.cost_nano_usd,
            "input_tokens": row.input_tokens,
            "output_tokens": row.output_tokens,
            "confidence": row.confidence,
            "timings_ms": Timings(**row.timings_ms) if row.role == "assistant" else None,
            "notes": row.notes,
            "sentences": sentences,
        }
    )


async def _problems(session: AsyncSession, failed: Sequence[MessageRow]) -> dict[str, Problem]:
    """Return by message why its run failed."""
    if not failed:
        return {}
    runs = await session.execute(select(RunRow).where(RunRow.id.in_([row.run_id for row in failed])))
    return {
        run.message_id: Problem(code=run.error_code, message=run.error_message or "")
        for run in runs.scalars()
        if run.error_code
    }
