"""Making, listing, changing and removing conversations, and reading their messages."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.chat.models import CitationRow, ConversationRow, MessageRow
from footnote.chat.presenting import present_messages
from footnote.chat.schemas import Conversation, ConversationList, Message, MessageList, NewConversation
from footnote.db.engine import Database
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.sources import SourceService
from footnote.kit.clock import Clock
from footnote.kit.errors import InvalidInput, NotFound
from footnote.kit.ids import CollectionId, ConversationId, MessageId, new_id
from footnote.kit.pagination import decode_cursor, encode_cursor, paginate
from footnote.kit.principal import Principal, Scope

UNTITLED = "New conversation"


class ConversationService:
    """A conversation is its user's own; others of the organisation do not see it."""

    def __init__(
        self, database: Database, clock: Clock, collections: CollectionService, sources: SourceService
    ) -> None:
        self._database = database
        self._clock = clock
        self._collections = collections
        self._sources = sources

    async def create(self, principal: Principal, new: NewConversation) -> Conversation:
        """Start a conversation, over one collection or all."""
        principal.require(Scope.WRITE)
        if new.collection_id is not None:
            await self._collections.get(principal, CollectionId(new.collection_id))
        now = self._clock.now()
        row = ConversationRow(
            id=new_id("cnv"),
            organisation_id=principal.organisation_id,
            user_id=principal.user_id,
            collection_id=new.collection_id,
            title=new.title or UNTITLED,
            created_at=now,
            updated_at=now,
        )
        async with self._database.writing() as session:
            session.add(row)
        return _conversation(row, 0)

    async def list_conversations(self, principal: Principal, *, cursor: str | None, limit: int) -> ConversationList:
        """Return the caller's conversations, latest activity first."""
        principal.require(Scope.READ)
        statement = (
            _own(principal).order_by(ConversationRow.updated_at.desc(), ConversationRow.id.desc()).limit(limit + 1)
        )
        async with self._database.reading() as session:
            after = decode_cursor(cursor, 1)
            if after is not None:
                # The cursor names the last row shown; its present time of activity is where the next page starts.
                last = await session.get(ConversationRow, after[0])
                if last is None:
                    return ConversationList(items=[], next_cursor=None)
                statement = statement.where(
                    or_(
                        ConversationRow.updated_at < last.updated_at,
                        (ConversationRow.updated_at == last.updated_at) & (ConversationRow.id < last.id),
                    )
                )
            rows = (await session.execute(statement)).scalars().all()
            page = paginate(rows, limit, lambda row: encode_cursor(row.id))
            counts = await _counts(session, [row.id for row in page.items])
        return ConversationList(
            items=[_conversation(row, counts.get(row.id, 0)) for row in page.items], next_cursor=page.next_cursor
        )

    async def get(self, principal: Principal, conversation_id: ConversationId) -> Conversation:
        """Return one conversation."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row = await own_conversation(session, principal, conversation_id)
            return _conversation(row, (await _counts(session, [row.id])).get(row.id, 0))

    async def rename(self, principal: Principal, conversation_id: ConversationId, title: str) -> Conversation:
        """Give the conversation another title."""
        principal.require(Scope.WRITE)
        async with self._database.writing() as session:
            row = await own_conversation(session, principal, conversation_id)
            row.title = title
            count = (await _counts(session, [row.id])).get(row.id, 0)
        return _conversation(row, count)

    async def delete(self, principal: Principal, conversation_id: ConversationId) -> None:
        """Remove the conversation with its messages, citations and the sources that only they use."""
        principal.require(Scope.WRITE)
        async with self._database.writing() as session:
            row = await own_conversation(session, principal, conversation_id)
            cited = await session.execute(
                select(CitationRow.source_id)
                .join(MessageRow, MessageRow.id == CitationRow.message_id)
                .where(MessageRow.conversation_id == conversation_id)
            )
            await self._sources.remove(session, principal, list(cited.scalars()))
            await session.execute(delete(ConversationRow).where(ConversationRow.id == row.id))

    async def messages(
        self, principal: Principal, conversation_id: ConversationId, *, cursor: str | None, limit: int
    ) -> MessageList:
        """Return the messages, oldest first."""
        principal.require(Scope.READ)
        statement = (
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id)
            .order_by(MessageRow.position)
            .limit(limit + 1)
        )
        after = decode_cursor(cursor, 1)
        if after is not None:
            if not after[0].isdecimal():
                raise InvalidInput("This cursor was not given out by this list.", code="bad_cursor")
            statement = statement.where(MessageRow.position > int(after[0]))
        async with self._database.reading() as session:
            await own_conversation(session, principal, conversation_id)
            rows = (await session.execute(statement)).scalars().all()
            page = paginate(rows, limit, lambda row: encode_cursor(str(row.position)))
            items = await present_messages(session, self._sources, principal, page.items)
        return MessageList(items=items, next_cursor=page.next_cursor)

    async def message(self, principal: Principal, message_id: MessageId) -> Message:
        """Return one message with its sentences, verdicts and sources."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row = await session.get(MessageRow, message_id)
            conversation = None if row is None else await session.get(ConversationRow, row.conversation_id)
            if row is None or not _is_own(conversation, principal):
                raise NotFound("There is no such message.", code="message_not_found")
            return (await present_messages(session, self._sources, principal, [row]))[0]


async def own_conversation(
    session: AsyncSession, principal: Principal, conversation_id: ConversationId, *, lock: bool = False
) -> ConversationRow:
    """Return the conversation, locked until commit if asked for; NotFound when it is not the caller's own."""
    row = await session.get(ConversationRow, conversation_id, with_for_update=lock)
    if row is None or not _is_own(row, principal):
        raise NotFound("There is no such conversation.", code="conversation_not_found")
    return row


def _is_own(row: ConversationRow | None, principal: Principal) -> bool:
    return row is not None and (row.organisation_id, row.user_id) == (principal.organisation_id, principal.user_id)


def _own(principal: Principal) -> Select[ConversationRow]:
    return select(ConversationRow).where(
        ConversationRow.organisation_id == principal.organisation_id, ConversationRow.user_id == principal.user_id
    )


async def _counts(session: AsyncSession, conversation_ids: Sequence[str]) -> dict[str, int]:
    rows = await session.execute(
        select(MessageRow.conversation_id, func.count())
        .where(MessageRow.conversation_id.in_(conversation_ids))
        .group_by(MessageRow.conversation_id)
    )
    return {conversation_id: int(count) for conversation_id, count in rows}


def _conversation(row: ConversationRow, message_count: int) -> Conversation:
    return Conversation.model_validate(
        {
            "id": row.id,
            "title": row.title,
            "collection_id": row.collection_id,
            "message_count": message_count,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
    )
