"""Chat's part in deleting a document: the logs of runs repeat what their answers quoted, so the quotes go there too."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.chat.models import CitationRow, RunEventRow, RunRow
from footnote.documents.service.sources import SourceService
from footnote.kit.ids import DocumentId, RunId, VersionId
from footnote.kit.principal import Principal

_KEPT = frozenset({"id", "number", "kind"})


class ChatErasure:
    """Withdraws a document's sources from every run's log."""

    def __init__(self, sources: SourceService) -> None:
        self._sources = sources

    async def erase_document(
        self,
        session: AsyncSession,
        principal: Principal,
        document_id: DocumentId,
        version_ids: Sequence[VersionId],  # the port's signature
    ) -> dict[str, int]:
        source_ids = await self._sources.ids_of_document(session, principal, document_id)
        cited = select(CitationRow.message_id).where(CitationRow.source_id.in_(source_ids))
        # A run that still goes on has no citations yet, but may have shown some.
        runs = await session.execute(
            select(RunRow.id).where(
                RunRow.organisation_id == principal.organisation_id,
                or_(RunRow.message_id.in_(cited), RunRow.status == "running"),
            )
        )
        touched = [await _withdraw(session, RunId(run_id), "document_id", {document_id}) for run_id in runs.scalars()]
        return {"cached_answers": sum(touched)}

    async def finish_erasure(
        self,
        principal: Principal,  # the port's signature
        document_id: DocumentId,
    ) -> dict[str, int]:
        """Nothing of chat stands outside the database."""
        return {}


async def withdraw_from_log(session: AsyncSession, run_id: RunId, source_ids: AbstractSet[str]) -> None:
    """Take the quotes of sources out of a run's log, since their document is gone."""
    if source_ids:
        await _withdraw(session, run_id, "id", source_ids)


async def _withdraw(session: AsyncSession, run_id: RunId, key: str, values: AbstractSet[str]) -> bool:
    """Withdraw the log's sources whose `key` is among the values; returns whether there were any."""
    rows = await session.execute(select(RunEventRow).where(RunEventRow.run_id == run_id))
    found = False
    for row in rows.scalars():
        sources = row.part["data"]["sources"] if row.part["type"] == "data-sentence" else []
        if any(source[key] in values for source in sources):
            found = True
            kept = [_withdrawn(source) if source[key] in values else source for source in sources]
            row.part = {**row.part, "data": {**row.part["data"], "sources": kept}}
    await session.flush()
    return found


def _withdrawn(source: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {name: [] if isinstance(value, list) else None for name, value in source.items()}
    return {**empty, **{name: source[name] for name in _KEPT}, "span": None, "status": "withdrawn"}
