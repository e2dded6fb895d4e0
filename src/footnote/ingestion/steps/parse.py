"""parse: the file to pages, kept page by page, so that a killed job goes on at the next page."""

import time
from contextlib import aclosing

from sqlalchemy import func, select

from footnote.db.engine import Database
from footnote.db.statements import insert_many
from footnote.documents.ports import BlobStore
from footnote.documents.service.storing import StoringService, VersionInWork
from footnote.ingestion.models import ParsedPageRow
from footnote.ingestion.ports import ParsedPage, ParseOptions, ParserRunner
from footnote.ingestion.shaping import encode_page
from footnote.jobs.ports import StepContext

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
                    session, version.id, has_pages=head.has_pages, page_count=head.page_count,
                    title=_telling(head.title),
                )  # fmt: skip
            done = await self._pages_kept(version)
            await context.progress(done, head.page_count)
            if done and done >= head.page_count:
                return
            pages = self._parsers.pages(path, version.media_type, self._options, first_page=done + 1)
            buffer: list[ParsedPage] = []
            written_at = time.monotonic()
            async with aclosing(pages) as stream:  # type: ignore[type-var]  # runners are async generators
                async for page in stream:
                    buffer.append(page)
                    if len(buffer) >= _PAGES_PER_WRITE or time.monotonic() - written_at > _SECONDS_PER_WRITE:
                        done = await self._keep(context, version, buffer, done)
                        await context.progress(done, head.page_count)
                        written_at = time.monotonic()
            done = await self._keep(context, version, buffer, done)
            await context.progress(done, head.page_count)

    async def _pages_kept(self, version: VersionInWork) -> int:
        async with self._database.reading() as session:
            value = await session.scalar(
                select(func.max(ParsedPageRow.number)).where(ParsedPageRow.version_id == version.id)
            )
        return int(value or 0)

    async def _keep(self, context: StepContext, version: VersionInWork, buffer: list[ParsedPage], done: int) -> int:
        if not buffer:
            return done
        rows = [
            {
                "version_id": version.id,
                "number": page.number,
                "organisation_id": context.job.principal.organisation_id,
                "payload": encode_page(page),
            }
            for page in buffer
        ]
        last = buffer[-1].number
        async with context.writing() as session:
            await insert_many(session, ParsedPageRow.__table__, rows)  # type: ignore[arg-type]  # a mapped class's table
        buffer.clear()
        return last


def _telling(title: str | None) -> str | None:
    """Return the file's own title when a person gave it one."""
    plain = " ".join((title or "").split())
    return None if plain.casefold() in _UNTOLD else plain[:_MAX_TITLE] or None
