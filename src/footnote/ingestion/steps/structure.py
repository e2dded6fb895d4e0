"""structure: pages to one text with spans; stored in one transaction that also drops the parse step's checkpoint."""

from sqlalchemy import delete, select

from footnote.db.engine import Database
from footnote.documents.service.storing import StoringService, VersionInWork
from footnote.ingestion.models import ParsedPageRow
from footnote.ingestion.ports import DocumentShaper
from footnote.jobs.ports import StepContext
from footnote.kit.errors import InvalidInput

_MAX_WARNINGS = 50


class StructureStep:
    """Puts the pages together."""

    def __init__(self, database: Database, storing: StoringService, shaper: DocumentShaper) -> None:
        self._database = database
        self._storing = storing
        self._shaper = shaper

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        pages = await self._pages(version)
        if not pages:
            # A try that died between its write and its checkpoint has stored the structure already.
            await self._storing.text(context.job.principal, version.id)
            return
        await context.progress(0, len(pages))
        shaped = await self._shaper.structure(pages)
        if not shaped.text.strip():
            raise InvalidInput("No text was found in this file.", code="no_text_found")
        warnings = [f"Page {page.number}: {page.warning}" for page in shaped.pages if page.warning][:_MAX_WARNINGS]
        async with context.writing() as session:
            await self._storing.store_structure(
                session, context.job.principal, version.id, text=shaped.text, language=shaped.language,
                pages=shaped.pages, blocks=shaped.blocks, warnings=warnings,
            )  # fmt: skip
            await session.execute(delete(ParsedPageRow).where(ParsedPageRow.version_id == version.id))
        await context.progress(len(pages), len(pages))

    async def _pages(self, version: VersionInWork) -> list[bytes]:
        async with self._database.reading() as session:
            rows = await session.execute(
                select(ParsedPageRow.payload)
                .where(ParsedPageRow.version_id == version.id)
                .order_by(ParsedPageRow.number)
            )
            return list(rows.scalars())
