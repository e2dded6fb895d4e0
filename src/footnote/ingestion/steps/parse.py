"""parse: the file to pages, kept page by page, so that a killed job goes on at the next page.

Pages that need OCR where it could not be done are kept with what they have; the next try reads them again.
"""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from sqlalchemy import delete, func, select

from footnote.db.engine import Database
from footnote.db.statements import insert_many
from footnote.documents.ports import BlobStore
from footnote.documents.service.storing import StoringService, VersionInWork
from footnote.ingestion.models import ParsedPageRow
from footnote.ingestion.ports import ParsedPage, ParseOptions, ParserRunner, words_of
from footnote.ingestion.shaping import decode_page, encode_page
from footnote.jobs.ports import StepContext
from footnote.kit.errors import Unavailable

_UNTOLD = frozenset({"untitled", "untitled document", "document", "document1", "anonymous", "(anonymous)", "title"})
"""What programs write where nobody gave a title."""
_MAX_TITLE = 400
_PAGES_PER_WRITE = 25
_SECONDS_PER_WRITE = 1.0


class ParseStep:
    """Reads the blob in a child process and stores what it yields."""

    def __init__(
        self,
        database: Database,
        storing: StoringService,
        blobs: BlobStore,
        parsers: ParserRunner,
        options: ParseOptions,
    ) -> None:
        self._database = database
        self._storing = storing
        self._blobs = blobs
        self._parsers = parsers
        self._options = options

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        async with self._blobs.open_path(context.job.principal.organisation_id, version.sha256) as path:
            head = await self._parsers.head(path, version.media_type, self._options)
            async with context.writing() as session:
                await self._storing.set_head(
                    session, context.job.principal, version.id, has_pages=head.has_pages, page_count=head.page_count,
                    title=_telling(head.title),
                )  # fmt: skip
            await self._forget_what_lacks_ocr(context, version)
            done = await self._pages_kept(version)
            await context.progress(done, head.page_count)
            if done and done >= head.page_count:
                return
            pages = self._parsers.pages(path, version.media_type, self._options, first_page=done + 1)
            await self._keep_all(context, version, pages, done, head.page_count)

    async def _keep_all(
        self, context: StepContext, version: VersionInWork, pages: AsyncIterator[ParsedPage], done: int, total: int
    ) -> None:
        buffer: list[ParsedPage] = []
        kept_before, has_text, lacking = done, False, None
        written_at = time.monotonic()
        async with aclosing(pages) as stream:  # type: ignore[type-var]  # runners are async generators
            async for page in stream:
                buffer.append(page)
                has_text = has_text or _has_text(page)
                lacking = lacking or (page if page.ocr_problem else None)
                if len(buffer) >= _PAGES_PER_WRITE or time.monotonic() - written_at > _SECONDS_PER_WRITE:
                    done = await self._keep(context, version, buffer, done)
                    await context.progress(done, total)
                    written_at = time.monotonic()
        done = await self._keep(context, version, buffer, done)
        await context.progress(done, total)
        # The parser sees only the pages of this try, so what it says of a whole document is said here for a part.
        if lacking is not None and not has_text and not await self._has_text_before(version, kept_before):
            raise Unavailable(lacking.warning or "OCR could not be done.", code=lacking.ocr_problem)

    async def _forget_what_lacks_ocr(self, context: StepContext, version: VersionInWork) -> None:
        """Drop the checkpoint from the first page on that OCR could not read: it may be able to now."""
        lacking = select(func.min(ParsedPageRow.number)).where(
            ParsedPageRow.version_id == version.id, ParsedPageRow.lacks_ocr
        )
        async with context.writing() as session:
            first = await session.scalar(lacking)
            if first is not None:
                await session.execute(
                    delete(ParsedPageRow).where(ParsedPageRow.version_id == version.id, ParsedPageRow.number >= first)
                )

    async def _pages_kept(self, version: VersionInWork) -> int:
        async with self._database.reading() as session:
            value = await session.scalar(
                select(func.max(ParsedPageRow.number)).where(ParsedPageRow.version_id == version.id)
            )
        return int(value or 0)

    async def _has_text_before(self, version: VersionInWork, kept: int) -> bool:
        """Tell whether any of the pages that an earlier try kept has text; reads them one by one."""
        for number in range(1, kept + 1):
            async with self._database.reading() as session:
                payload = await session.scalar(
                    select(ParsedPageRow.payload).where(
                        ParsedPageRow.version_id == version.id, ParsedPageRow.number == number
                    )
                )
            if payload is not None and _has_text(decode_page(payload)):
                return True
        return False

    async def _keep(self, context: StepContext, version: VersionInWork, buffer: list[ParsedPage], done: int) -> int:
        if not buffer:
            return done
        rows = [
            {
                "version_id": version.id,
                "number": page.number,
                "organisation_id": context.job.principal.organisation_id,
                "lacks_ocr": page.ocr_problem is not None,
                "payload": encode_page(page),
            }
            for page in buffer
        ]
        last = buffer[-1].number
        async with context.writing() as session:
            await insert_many(session, ParsedPageRow.__table__, rows)  # type: ignore[arg-type]  # a mapped class's table
        buffer.clear()
        return last


def _has_text(page: ParsedPage) -> bool:
    return any(True for block in page.blocks for _ in words_of(block))


def _telling(title: str | None) -> str | None:
    """Return the file's own title when a person gave it one."""
    plain = " ".join((title or "").split())
    return None if plain.casefold() in _UNTOLD else plain[:_MAX_TITLE] or None
