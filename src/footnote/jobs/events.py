"""The organisation's change feed: numbered rows that streams replay and follow."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.db.statements import insert_for
from footnote.jobs.models import EventRow, SequenceRow
from footnote.jobs.schemas import Event, EventList, EventType, Job, event_payload
from footnote.kit.clock import Clock
from footnote.kit.events import EventBus
from footnote.kit.ids import OrganisationId
from footnote.kit.principal import Principal, Scope

KEPT_FOR = timedelta(days=2)
_SEQUENCE = "events"


class ChangeFeed:
    """Writes events inside their cause's transaction and reads them by number."""

    def __init__(self, database: Database, clock: Clock, bus: EventBus) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus

    async def append(
        self,
        session: AsyncSession,
        organisation_id: OrganisationId,
        type_: EventType,
        *,
        document_id: str | None = None,
        collection_id: str | None = None,
        job: Job | None = None,
    ) -> None:
        """Add one event; it becomes visible, in order, when the caller's transaction commits."""
        seq = await next_value(session, organisation_id, _SEQUENCE)
        payload = event_payload(
            document_id=document_id,
            collection_id=collection_id,
            job=job.model_dump(mode="json") if job else None,
        )
        session.add(
            EventRow(
                organisation_id=organisation_id, seq=seq, type=type_, payload=payload, created_at=self._clock.now()
            )
        )
        await session.flush()

    def wake(self, organisation_id: OrganisationId) -> None:
        """Tell this process's readers to look again; call after the commit."""
        self._bus.publish(topic(organisation_id))

    async def read(self, principal: Principal, *, after: int, limit: int) -> EventList:
        """Return events numbered above `after`, oldest first."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            rows = await session.execute(
                select(EventRow)
                .where(EventRow.organisation_id == principal.organisation_id, EventRow.seq > after)
                .order_by(EventRow.seq)
                .limit(limit)
            )
            events = [
                Event(seq=row.seq, type=row.type, created_at=row.created_at, **row.payload) for row in rows.scalars()
            ]
        return EventList(events=events, last_seq=events[-1].seq if events else after)

    async def last_seq(self, principal: Principal) -> int:
        """Return the newest event's number, 0 before the first."""
        async with self._database.reading() as session:
            value = await session.scalar(
                select(func.max(EventRow.seq)).where(EventRow.organisation_id == principal.organisation_id)
            )
        return value or 0

    async def prune(self) -> int:
        """Drop events older than the kept time; returns how many."""
        async with self._database.writing() as session:
            result = await session.execute(delete(EventRow).where(EventRow.created_at < self._clock.now() - KEPT_FOR))
        return int(result.rowcount)  # type: ignore[attr-defined]  # the cursor result of a DELETE carries it


def topic(organisation_id: OrganisationId) -> str:
    """The bus topic on which an organisation's readers are woken."""
    return f"events:{organisation_id}"


async def next_value(session: AsyncSession, organisation_id: OrganisationId, name: str) -> int:
    """Return the next number of an organisation's sequence, holding its row until commit."""
    table = SequenceRow.__table__
    statement = (
        insert_for(session, table)  # type: ignore[arg-type]  # a mapped class's table is a Table
        .values(organisation_id=organisation_id, name=name, value=1)
        .on_conflict_do_update(index_elements=["organisation_id", "name"], set_={"value": table.c.value + 1})
        .returning(table.c.value)
    )
    return int((await session.execute(statement)).scalar_one())
