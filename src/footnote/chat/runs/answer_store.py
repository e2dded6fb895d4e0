"""Rows of runs and answers: begun in one transaction, made final in another."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.chat.conversations import UNTITLED, own_conversation
from footnote.chat.erasure import withdraw_from_log
from footnote.chat.models import CitationRow, MessageRow, RunRow, SentenceRow
from footnote.chat.presenting import present_message
from footnote.chat.runs import stream
from footnote.chat.runs.final_answer import FinalAnswer, broken_off_answer
from footnote.chat.runs.run_log import RunLog, owner_of
from footnote.chat.runs.stream import Part
from footnote.chat.schemas import NewMessage, Run, Sentence, StartedRun
from footnote.db.engine import Database
from footnote.documents.schemas import Source
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.sources import SourceService
from footnote.jobs.schemas import Problem
from footnote.kit.clock import Clock
from footnote.kit.errors import Conflict, NotFound
from footnote.kit.ids import CollectionId, ConversationId, RunId, new_id
from footnote.kit.principal import Principal

_TITLE_LENGTH = 80


class AnswerStore:
    """The only writer of messages, sentences, citations and runs."""

    def __init__(
        self, database: Database, clock: Clock, collections: CollectionService, sources: SourceService, run_log: RunLog
    ) -> None:
        self._database = database
        self._clock = clock
        self._collections = collections
        self._sources = sources
        self.log = run_log

    async def begin(
        self, principal: Principal, conversation_id: ConversationId, new: NewMessage
    ) -> tuple[StartedRun, CollectionId | None]:
        """Store question, empty answer and run; returns them and the collection to search."""
        if new.collection_id is not None:
            await self._collections.get(principal, CollectionId(new.collection_id))
        now = self._clock.now()
        async with self._database.writing() as session:
            conversation = await own_conversation(session, principal, conversation_id, lock=True)
            await self._refuse_second_run(session, conversation_id)
            last = await session.scalar(
                select(func.max(MessageRow.position)).where(MessageRow.conversation_id == conversation_id)
            )
            position = (last or 0) + 1
            question = self._message(principal, conversation_id, position, "user", "complete", new.text)
            answer = self._message(principal, conversation_id, position + 1, "assistant", "streaming", "")
            session.add_all([question, answer])
            await session.flush()
            run = RunRow(
                id=new_id("run"),
                organisation_id=principal.organisation_id,
                user_id=principal.user_id,
                conversation_id=conversation_id,
                message_id=answer.id,
                status="running",
                created_at=now,
                alive_at=now,
            )
            session.add(run)
            answer.run_id = run.id
            conversation.updated_at = now
            if conversation.title == UNTITLED:
                conversation.title = _title_of(new.text)
            searched = new.collection_id or conversation.collection_id
        started = StartedRun(
            run=_run(run, 0), question=present_message(question, []), answer=present_message(answer, [])
        )
        return started, CollectionId(searched) if searched else None

    async def run(self, principal: Principal, run_id: RunId, *, last_seq: int | None) -> Run:
        """Return a run of the caller's own; NotFound otherwise.

        last_seq: its newest part, from who makes it; for a run that has ended the stored log knows better, since the
        end may have come after the question was put.
        """
        async with self._database.reading() as session:
            row = await session.get(RunRow, run_id)
            if row is None or (row.organisation_id, row.user_id) != (principal.organisation_id, principal.user_id):
                raise NotFound("There is no such run.", code="run_not_found")
            if last_seq is None or row.status != "running":
                last_seq = await self.log.last_seq(session, row)
            return _run(row, last_seq)

    async def finish(
        self,
        session: AsyncSession,
        principal: Principal,
        run_id: RunId,
        final: FinalAnswer,
        ending: Sequence[tuple[int, Part]],
    ) -> bool:
        """Make the answer final, with its citations, and its log with the numbered parts that end it.

        Returns False, having done nothing, when it is final already or the conversation was deleted meanwhile.
        """
        run = await session.get(RunRow, run_id, with_for_update=True)
        if run is None or run.status != "running":
            return False
        run.status = final.run_status
        run.finished_at = self._clock.now()
        run.error_code = final.problem.code if final.problem else None
        run.error_message = final.problem.message if final.problem else None
        message = await session.get_one(MessageRow, run.message_id)
        message.status, message.text = final.status, final.text
        message.abstained, message.abstention_reason = final.abstained, final.abstention_reason
        message.model, message.prompt_version = final.model, final.prompt_version
        message.cost_nano_usd = final.cost_nano_usd
        message.input_tokens, message.output_tokens = final.input_tokens, final.output_tokens
        message.confidence, message.timings_ms = final.confidence, final.timings.model_dump()
        message.notes = list(final.notes)
        await session.flush()
        withdrawn = await self._sources.record(session, principal, _distinct_sources(final.sentences))
        for sentence in final.sentences:
            session.add(
                SentenceRow(
                    message_id=message.id,
                    position=sentence.index,
                    span_start=sentence.span[0],
                    span_end=sentence.span[1],
                    verdict=sentence.verdict,
                    reasons=sentence.reasons,
                )
            )
            session.add_all(
                CitationRow(
                    message_id=message.id,
                    sentence=sentence.index,
                    position=position,
                    number=source.number,
                    source_id=source.id,
                )
                for position, source in enumerate(sentence.sources)
            )
        await self.log.add(session, run_id, ending)
        await withdraw_from_log(session, run_id, withdrawn)
        return True

    async def running_in(self, principal: Principal, conversation_id: ConversationId) -> list[RunId]:
        """Return the conversation's runs that have not ended."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(RunRow.id).where(
                    RunRow.organisation_id == principal.organisation_id,
                    RunRow.conversation_id == conversation_id,
                    RunRow.status == "running",
                )
            )
            return [RunId(value) for value in rows.scalars()]

    async def abandoned(self, alive: set[RunId], *, silent_for: timedelta) -> list[RunId]:
        """Return runs that the database believes running and of which no process has said so for a while."""
        heard_before = self._clock.now() - silent_for
        async with self._database.reading() as session:
            rows = await session.execute(
                select(RunRow.id).where(RunRow.status == "running", RunRow.alive_at <= heard_before)
            )
            return [RunId(value) for value in rows.scalars() if value not in alive]

    async def keep_alive(self, run_ids: Sequence[RunId]) -> None:
        """Say that this process still works on the runs."""
        async with self._database.writing() as session:
            await session.execute(
                update(RunRow)
                .where(RunRow.id.in_(run_ids), RunRow.status == "running")
                .values(alive_at=self._clock.now())
                .execution_options(synchronize_session=False)
            )

    async def fail_from_log(self, run_id: RunId, problem: Problem) -> None:
        """Close a broken-off run with the sentences that its log holds."""
        parts = [part for _, part in await self.log.logged(run_id, after=0)]
        is_text_open = any(part["type"] == "text-start" for part in parts)
        ending = [*([stream.text_end()] if is_text_open else []), stream.error(problem), stream.finish("failed")]
        async with self._database.writing() as session:
            run = await session.get(RunRow, run_id, with_for_update=True)
            if run is None or run.status != "running":
                return
            numbered = list(enumerate(ending, start=len(parts) + 1))
            await self.finish(session, owner_of(run), run_id, broken_off_answer(parts, problem), numbered)

    async def _refuse_second_run(self, session: AsyncSession, conversation_id: ConversationId) -> None:
        running = await session.execute(
            select(RunRow.id).where(RunRow.conversation_id == conversation_id, RunRow.status == "running").limit(1)
        )
        if running.first() is not None:
            raise Conflict(
                "The last question of this conversation is still being answered; stop it or wait.",
                code="run_in_progress",
            )

    def _message(
        self, principal: Principal, conversation_id: ConversationId, position: int, role: str, status: str, text: str
    ) -> MessageRow:
        return MessageRow(
            id=new_id("msg"),
            organisation_id=principal.organisation_id,
            conversation_id=conversation_id,
            position=position,
            role=role,
            status=status,
            text=text,
            abstained=False,
            timings_ms={},
            notes=[],
            created_at=self._clock.now(),
        )


def _distinct_sources(sentences: Sequence[Sentence]) -> list[Source]:
    return list({source.id: source for sentence in sentences for source in sentence.sources}.values())


def _title_of(question: str) -> str:
    title = " ".join(question.split())
    return title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rstrip() + "…"


def _run(row: RunRow, last_seq: int) -> Run:
    return Run.model_validate(
        {
            "id": row.id,
            "conversation_id": row.conversation_id,
            "answer_message_id": row.message_id,
            "status": row.status,
            "last_seq": last_seq,
            "error": Problem(code=row.error_code, message=row.error_message or "") if row.error_code else None,
            "created_at": row.created_at,
            "finished_at": row.finished_at,
        }
    )
