"""The text of versions: written by ingestion inside its job's fenced transaction, read by search and answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from footnote.db.engine import Database
from footnote.db.statements import is_of
from footnote.documents import repository
from footnote.documents.layout import PlacedWord, StoredBlock, StoredPage, decode_words
from footnote.documents.models import CollectionRow, DocumentRow, PageRow, VersionRow
from footnote.documents.schemas import DocumentStatus
from footnote.documents.service.present import display_title
from footnote.jobs.schemas import Problem
from footnote.kit.clock import Clock
from footnote.kit.errors import NotFound
from footnote.kit.ids import CollectionId, DocumentId, OrganisationId, VersionId
from footnote.kit.principal import Principal


@dataclass(frozen=True, slots=True)
class VersionInWork:
    """What ingestion must know of the version it reads."""

    id: VersionId
    document_id: DocumentId
    collection_id: CollectionId
    preset: str
    filename: str
    title: str
    media_type: str
    sha256: str
    has_pages: bool | None
    page_count: int | None
    language: str | None
    status: str
    is_current: bool


class StoringService:
    """The writer's side of the library."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def in_work(self, principal: Principal, version_id: VersionId) -> VersionInWork:
        """Return the version with its document; NotFound when it was deleted meanwhile."""
        async with self._database.reading() as session:
            version = await repository.version(session, principal, version_id)
            return await self._in_work(session, version)

    async def current(self, principal: Principal, document_id: DocumentId) -> VersionInWork | None:
        """Return the version that answers for the document, None before the first does; NotFound for the document."""
        async with self._database.reading() as session:
            document = await repository.document(session, principal, document_id)
            if document.current_version_id is None:
                return None
            version = await repository.version(session, principal, VersionId(document.current_version_id))
            return await self._in_work(session, version)

    async def labels(self, organisation_id: OrganisationId, version_id: VersionId) -> VersionInWork | None:
        """Return the version with its document for the index, None when it was deleted; for background work only."""
        async with self._database.reading() as session:
            version = await session.get(VersionRow, version_id)
            if version is None or version.organisation_id != organisation_id:
                return None
            return await self._in_work(session, version)

    async def _in_work(self, session: AsyncSession, version: VersionRow) -> VersionInWork:
        document = await session.get_one(DocumentRow, version.document_id)
        collection = await session.get(CollectionRow, document.collection_id)
        return VersionInWork(
            id=VersionId(version.id), document_id=DocumentId(document.id),
            collection_id=CollectionId(document.collection_id),
            preset=collection.preset if collection else "auto", filename=document.filename,
            title=display_title(document, version), media_type=version.media_type, sha256=version.sha256,
            has_pages=version.has_pages, page_count=version.page_count, language=version.language,
            status=version.status, is_current=document.current_version_id == version.id,
        )  # fmt: skip

    async def text(self, principal: Principal, version_id: VersionId) -> str:
        """Return the version's text; NotFound before the structure step."""
        async with self._database.reading() as session:
            version = await repository.version(session, principal, version_id)
            await session.refresh(version, ["text"])
        if version.text is None:
            raise NotFound("This version has not been read yet.", code="not_read_yet")
        return version.text

    async def texts(self, principal: Principal, version_ids: Iterable[VersionId]) -> dict[VersionId, str]:
        """Return the texts of those of the versions that exist and were read, in one query.

        Whole, because the databases read a text from its beginning for every piece that is asked for.
        """
        async with self._database.reading() as session:
            return await self.texts_in(session, principal, version_ids)

    async def texts_in(
        self, session: AsyncSession, principal: Principal, version_ids: Iterable[VersionId]
    ) -> dict[VersionId, str]:
        """Like `texts`, inside the caller's scope."""
        wanted = sorted(set(version_ids))
        if not wanted:
            return {}
        rows = await session.execute(
            select(VersionRow.id, VersionRow.text).where(
                VersionRow.id.in_(wanted), is_of(VersionRow.organisation_id, principal.organisation_id)
            )
        )
        return {VersionId(version_id): text for version_id, text in rows if text is not None}

    async def blocks(self, principal: Principal, version_id: VersionId) -> tuple[StoredBlock, ...]:
        """Return the version's blocks in reading order."""
        async with self._database.reading() as session:
            await repository.version(session, principal, version_id)
            return await repository.blocks(session, principal, version_id)

    async def encoded_words(self, principal: Principal, version_id: VersionId) -> dict[int, bytes]:
        """Return every page's words as stored, for work in a child process."""
        statement = select(PageRow.number, PageRow.words).where(
            PageRow.version_id == version_id, PageRow.organisation_id == principal.organisation_id
        )
        async with self._database.reading() as session:
            return dict((await session.execute(statement)).all())

    async def words(
        self, principal: Principal, version_id: VersionId, pages: Sequence[int] | None = None
    ) -> dict[int, tuple[PlacedWord, ...]]:
        """Return the placed words of the asked-for pages, or of all."""
        statement = (
            select(PageRow)
            .where(PageRow.version_id == version_id, PageRow.organisation_id == principal.organisation_id)
            .options(undefer(PageRow.words))
        )
        if pages is not None:
            statement = statement.where(PageRow.number.in_(pages))
        async with self._database.reading() as session:
            rows = (await session.execute(statement)).scalars().all()
        return {row.number: decode_words(row.words) for row in rows}

    async def set_head(
        self,
        session: AsyncSession,
        principal: Principal,
        version_id: VersionId,
        *,
        has_pages: bool,
        page_count: int,
        title: str | None,
    ) -> None:
        """Record what is known before the pages are read."""
        await self._update(
            session, principal, version_id, has_pages=has_pages, page_count=page_count, parsed_title=title
        )

    async def set_status(
        self,
        session: AsyncSession,
        principal: Principal,
        version_id: VersionId,
        status: DocumentStatus,
        problem: Problem | None = None,
    ) -> None:
        """Record where the version stands, and why when it failed."""
        await self._update(
            session, principal, version_id, status=status, error_code=problem.code if problem else None,
            error_message=problem.message if problem else None,
        )  # fmt: skip

    async def store_structure(
        self,
        session: AsyncSession,
        principal: Principal,
        version_id: VersionId,
        *,
        text: str,
        language: str | None,
        pages: Sequence[StoredPage],
        blocks: Sequence[StoredBlock],
        warnings: Sequence[str],
        ocr_languages: str | None = None,
    ) -> None:
        """Store what the version says, in place of whatever a broken-off try left."""
        await self._update(
            session, principal, version_id, text=text, text_length=len(text), language=language,
            warnings=list(warnings), ocr_languages=ocr_languages,
        )  # fmt: skip
        await repository.replace_structure(session, principal, version_id, pages=pages, blocks=blocks)

    async def make_current(
        self, session: AsyncSession, principal: Principal, version_id: VersionId
    ) -> tuple[bool, VersionId | None]:
        """Let the version answer from now on; returns whether it does, and the one that did before, if another.

        An older version never replaces a newer one that finished first.
        """
        version = await repository.version(session, principal, version_id)
        document = await session.get_one(DocumentRow, version.document_id, with_for_update=True)
        previous = await session.get(VersionRow, document.current_version_id) if document.current_version_id else None
        if previous is not None and previous.number > version.number:
            return False, None
        document.current_version_id = version.id
        document.updated_at = self._clock.now()
        await session.flush()
        return True, VersionId(previous.id) if previous is not None and previous.id != version.id else None

    async def current_versions(self, principal: Principal) -> list[VersionId]:
        """Return every version that answers now, oldest first; what a rebuilt index must hold."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(DocumentRow.current_version_id)
                .where(
                    DocumentRow.organisation_id == principal.organisation_id,
                    DocumentRow.current_version_id.is_not(None),
                )
                .order_by(DocumentRow.id)
            )
            return [VersionId(value) for value in rows.scalars() if value is not None]

    async def _update(
        self, session: AsyncSession, principal: Principal, version_id: VersionId, **values: object
    ) -> None:
        await session.execute(
            update(VersionRow)
            .where(VersionRow.id == version_id, is_of(VersionRow.organisation_id, principal.organisation_id))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
