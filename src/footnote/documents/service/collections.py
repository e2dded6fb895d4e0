"""Making, listing, changing and removing collections."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from footnote.db.engine import Database
from footnote.documents import repository
from footnote.documents.models import CollectionRow, DocumentRow
from footnote.documents.schemas import (
    Collection,
    CollectionChange,
    CollectionDeletionReceipt,
    CollectionList,
    NewCollection,
)
from footnote.documents.service.deletion import DeletionService
from footnote.jobs.events import ChangeFeed
from footnote.kit.clock import Clock
from footnote.kit.errors import Conflict
from footnote.kit.ids import CollectionId, DocumentId, new_id
from footnote.kit.pagination import decode_cursor, encode_cursor, paginate
from footnote.kit.principal import Principal, Scope

DEFAULT_NAME = "Library"


class CollectionService:
    """Every organisation has a default collection; documents without a chosen one go there."""

    def __init__(self, database: Database, clock: Clock, feed: ChangeFeed, deletion: DeletionService) -> None:
        self._database = database
        self._clock = clock
        self._feed = feed
        self._deletion = deletion

    async def ensure_default(self, principal: Principal) -> CollectionId:
        """Return the default collection, making it when there is none."""
        async with self._database.writing() as session:
            found = await session.scalar(
                select(CollectionRow.id).where(
                    CollectionRow.organisation_id == principal.organisation_id, CollectionRow.is_default.is_(True)
                )
            )
            if found is not None:
                return CollectionId(found)
            row = self._row(principal, NewCollection(name=DEFAULT_NAME), is_default=True)
            session.add(row)
            return CollectionId(row.id)

    async def create(self, principal: Principal, new: NewCollection) -> Collection:
        """Make a collection; Conflict `collection_exists` when the name is taken."""
        principal.require(Scope.WRITE)
        async with self._database.writing() as session:
            row = self._row(principal, new, is_default=False)
            session.add(row)
            await self._flush_named(session, new.name)
            await self._feed.append(session, principal.organisation_id, "collection.updated", collection_id=row.id)
        self._feed.wake(principal.organisation_id)
        return _present(row, 0)

    async def list_collections(self, principal: Principal, *, cursor: str | None, limit: int) -> CollectionList:
        """Return collections by name."""
        principal.require(Scope.READ)
        counts = (
            select(DocumentRow.collection_id, func.count().label("documents"))
            .where(DocumentRow.organisation_id == principal.organisation_id)
            .group_by(DocumentRow.collection_id)
            .subquery()
        )
        statement = (
            select(CollectionRow, func.coalesce(counts.c.documents, 0))
            .outerjoin(counts, counts.c.collection_id == CollectionRow.id)
            .where(CollectionRow.organisation_id == principal.organisation_id)
            .order_by(CollectionRow.id)
            .limit(limit + 1)
        )
        after = decode_cursor(cursor, 1)
        if after is not None:
            statement = statement.where(CollectionRow.id > after[0])
        async with self._database.reading() as session:
            rows = (await session.execute(statement)).all()
        page = paginate(rows, limit, lambda pair: encode_cursor(pair[0].id))
        return CollectionList(
            items=[_present(row, int(count)) for row, count in page.items], next_cursor=page.next_cursor
        )

    async def get(self, principal: Principal, collection_id: CollectionId) -> Collection:
        """Return one collection."""
        principal.require(Scope.READ)
        async with self._database.reading() as session:
            row = await repository.collection(session, principal, collection_id)
            return _present(row, await _count(session, collection_id))

    async def change(self, principal: Principal, collection_id: CollectionId, change: CollectionChange) -> Collection:
        """Change the given fields. A new preset holds for documents read from now on."""
        principal.require(Scope.WRITE)
        async with self._database.writing() as session:
            row = await repository.collection(session, principal, collection_id)
            for name, value in change.model_dump(exclude_none=True).items():
                setattr(row, name, value)
            await self._flush_named(session, row.name)
            await self._feed.append(session, principal.organisation_id, "collection.updated", collection_id=row.id)
            count = await _count(session, collection_id)
        self._feed.wake(principal.organisation_id)
        return _present(row, count)

    async def delete(
        self, principal: Principal, collection_id: CollectionId, *, with_documents: bool
    ) -> CollectionDeletionReceipt:
        """Remove an empty collection, or one with everything in it when that is asked for in words."""
        principal.require(Scope.WRITE)
        async with self._database.reading() as session:
            row = await repository.collection(session, principal, collection_id)
            ids = list(
                (
                    await session.execute(select(DocumentRow.id).where(DocumentRow.collection_id == collection_id))
                ).scalars()
            )
        if row.is_default:
            raise Conflict("The default collection stays; delete its documents instead.", code="default_collection")
        if ids and not with_documents:
            raise Conflict(
                f"This collection holds {len(ids)} documents; ask for documents=delete to remove them too.",
                code="collection_not_empty",
            )
        receipts = [await self._deletion.delete(principal, DocumentId(document_id)) for document_id in ids]
        async with self._database.writing() as session:
            row = await repository.collection(session, principal, collection_id)
            await session.delete(row)
            try:
                await session.flush()
            except IntegrityError as error:
                raise Conflict("A document was added meanwhile; try again.", code="collection_not_empty") from error
            await self._feed.append(session, principal.organisation_id, "collection.updated", collection_id=row.id)
        self._feed.wake(principal.organisation_id)
        return CollectionDeletionReceipt(collection_id=collection_id, deleted_at=self._clock.now(), documents=receipts)

    def _row(self, principal: Principal, new: NewCollection, *, is_default: bool) -> CollectionRow:
        return CollectionRow(
            id=new_id("col"),
            organisation_id=principal.organisation_id,
            name=new.name,
            description=new.description,
            preset=new.preset,
            is_default=is_default,
            created_at=self._clock.now(),
        )

    async def _flush_named(self, session: AsyncSession, name: str) -> None:
        try:
            await session.flush()
        except IntegrityError as error:
            raise Conflict(f"There is a collection named {name!r} already.", code="collection_exists") from error


async def _count(session: AsyncSession, collection_id: CollectionId) -> int:
    value = await session.scalar(
        select(func.count()).select_from(DocumentRow).where(DocumentRow.collection_id == collection_id)
    )
    return int(value or 0)


def _present(row: CollectionRow, document_count: int) -> Collection:
    return Collection.model_validate(
        {
            "id": row.id,
            "name": row.name,
            "description": row.description,
            "preset": row.preset,
            "is_default": row.is_default,
            "document_count": document_count,
            "created_at": row.created_at,
        }
    )
