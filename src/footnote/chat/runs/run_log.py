"""The stored log of a run's stream: added to as it grows, replayed, and pruned some time after the run has ended.

A pruned log is made again from the stored message. Its parts have the numbers they had, since every log begins with the
same four parts and holds two a sentence, so a reader that comes back after days reads on where it was.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.chat.models import MessageRow, RunEventRow, RunRow
from footnote.chat.presenting import present_messages
from footnote.chat.runs import stream
from footnote.chat.runs.stream import Part
from footnote.chat.schemas import Message, Timings
from footnote.db.engine import Database
from footnote.documents.service.sources import SourceService
from footnote.kit.clock import Clock
from footnote.kit.ids import OrganisationId, RunId, UserId
from footnote.kit.principal import Principal, Role, Scope

_RUNS_AT_A_TIME = 200
_FACTS = (
    "abstained", "abstention_reason", "confidence", "model", "cost_nano_usd", "input_tokens", "output_tokens", "notes",
)  # fmt: skip
_RUN_STATUS = {"complete": "completed", "stopped": "stopped", "failed": "failed"}


class RunLog:
    """The only reader and writer of run events besides the erasure of documents."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sources: SourceService,
        *,
        kept_for: timedelta,
        runs_at_a_time: int = _RUNS_AT_A_TIME,
    ) -> None:
        """kept_for: after a run's end. runs_at_a_time: how many one transaction prunes, so that it is short."""
        self._database = database
        self._clock = clock
        self._sources = sources
        self._kept_for = kept_for
        self._runs_at_a_time = runs_at_a_time

    async def grow(self, run_id: RunId, parts: Sequence[tuple[int, Part]]) -> bool:
        """Add numbered parts to a run that goes on; False, adding nothing, when it has ended or was deleted."""
        async with self._database.writing() as session:
            run = await session.get(RunRow, run_id, with_for_update=True)
            if run is None or run.status != "running":
                return False
            await self.add(session, run_id, parts)
        return True

    async def add(self, session: AsyncSession, run_id: RunId, parts: Sequence[tuple[int, Part]]) -> None:
        """Add numbered parts inside the caller's transaction, which holds the run's row."""
        session.add_all(RunEventRow(run_id=run_id, seq=seq, part=part) for seq, part in parts)
        await session.flush()

    async def logged(self, run_id: RunId, *, after: int) -> list[tuple[int, Part]]:
        """Return the stored parts numbered above `after`."""
        async with self._database.reading() as session:
            return await _logged(session, run_id, after)

    async def replay(self, run_id: RunId, *, after: int) -> list[tuple[int, Part]]:
        """Return the parts numbered above `after`: as stored, or made again when the log of an ended run is pruned."""
        async with self._database.reading() as session:
            run = await session.get(RunRow, run_id)
            if run is None:
                return []
            if run.status == "running" or await self._stored_last_seq(session, run_id):
                return await _logged(session, run_id, after)
            parts = await self._made_again(session, run)
        return [(seq, part) for seq, part in enumerate(parts, start=1) if seq > after]

    async def last_seq(self, session: AsyncSession, run: RunRow) -> int:
        """Return the number of the run's newest part, 0 before the first."""
        stored = await self._stored_last_seq(session, RunId(run.id))
        if stored or run.status == "running":
            return stored
        return len(await self._made_again(session, run))

    async def prune(self) -> int:
        """Drop the parts of runs that ended longer ago than they are kept; returns how many parts."""
        ended_before = self._clock.now() - self._kept_for
        # Every log has a first part, so this looks at logs that are still there and not at all runs there ever were.
        old = (
            select(RunEventRow.run_id)
            .join(RunRow, RunRow.id == RunEventRow.run_id)
            .where(RunEventRow.seq == 1, RunRow.status != "running", RunRow.finished_at < ended_before)
            .limit(self._runs_at_a_time)
        )
        pruned = 0
        while True:
            async with self._database.reading() as session:
                run_ids = (await session.execute(old)).scalars().all()
            if not run_ids:
                return pruned
            async with self._database.writing() as session:
                result = await session.execute(delete(RunEventRow).where(RunEventRow.run_id.in_(run_ids)))
            pruned += int(result.rowcount)  # type: ignore[attr-defined]  # the cursor result of a DELETE carries it

    async def _stored_last_seq(self, session: AsyncSession, run_id: RunId) -> int:
        return await session.scalar(select(func.max(RunEventRow.seq)).where(RunEventRow.run_id == run_id)) or 0

    async def _made_again(self, session: AsyncSession, run: RunRow) -> list[Part]:
        row = await session.get_one(MessageRow, run.message_id)
        (message,) = await present_messages(session, self._sources, owner_of(run), [row])
        return made_again(message, run_id=RunId(run.id))


def owner_of(run: RunRow) -> Principal:
    """Return the one who asked, for work that goes on without a request."""
    scopes = frozenset({Scope.READ, Scope.WRITE})
    return Principal(OrganisationId(run.organisation_id), UserId(run.user_id), Role.MEMBER, scopes)


def made_again(message: Message, *, run_id: RunId) -> list[Part]:
    """Return the parts that showed a finished answer; what was only said while it was made is left out of them."""
    parts = [
        stream.start(message.id, run_id), stream.status("retrieving"), stream.status("writing"), stream.text_start(),
    ]  # fmt: skip
    shown = 0
    for sentence in message.sentences:
        parts += [stream.sentence(sentence), stream.text_delta(message.text[shown : sentence.span[1]])]
        shown = sentence.span[1]
    facts = message.model_dump(mode="json", include=set(_FACTS))
    timings = message.timings_ms or Timings()
    return parts + stream.ending(facts, timings, message.problem, _RUN_STATUS[message.status])


async def _logged(session: AsyncSession, run_id: RunId, after: int) -> list[tuple[int, Part]]:
    rows = await session.execute(
        select(RunEventRow).where(RunEventRow.run_id == run_id, RunEventRow.seq > after).order_by(RunEventRow.seq)
    )
    return [(row.seq, row.part) for row in rows.scalars()]
