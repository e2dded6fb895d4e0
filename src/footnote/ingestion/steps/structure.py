"""structure: pages to one text with spans; stored in one transaction that also drops the parse step's checkpoint."""

from sqlalchemy import delete, select

from footnote.db.engine import Database
from footnote.documents.service.storing import StoringService, VersionInWork
from footnote.documents.service.uploads import OCR_LANGUAGES_SEPARATOR
from footnote.ingestion.models import ParsedPageRow
from footnote.ingestion.ports import DocumentShaper, ShapedVersion, TextOrigin
from footnote.jobs.ports import StepContext
from footnote.kit.errors import InvalidInput

_MAX_WARNINGS = 50


class StructureStep:
    """Puts the pages together."""

    def __init__(
        self, database: Database, storing: StoringService, shaper: DocumentShaper, *, ocr_languages: tuple[str, ...]
    ) -> None:
        self._database = database
        self._storing = storing
        self._shaper = shaper
        self._ocr_languages = OCR_LANGUAGES_SEPARATOR.join(ocr_languages)

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
        ocr_languages = await self._ocr_done(version, shaped)
        async with context.writing() as session:
            await self._storing.store_structure(
                session, context.job.principal, version.id, text=shaped.text, language=shaped.language,
                pages=shaped.pages, blocks=shaped.blocks, warnings=warnings, ocr_languages=ocr_languages,
            )  # fmt: skip
            await session.execute(delete(ParsedPageRow).where(ParsedPageRow.version_id == version.id))
        await context.progress(len(pages), len(pages))

    async def _ocr_done(self, version: VersionInWork, shaped: ShapedVersion) -> str | None:
        """Return the languages in which OCR has read what needed it, "" if it could not, None if nothing did."""
        async with self._database.reading() as session:
            lacking = await session.scalar(
                select(ParsedPageRow.number)
                .where(ParsedPageRow.version_id == version.id, ParsedPageRow.lacks_ocr)
                .limit(1)
            )
        if lacking is not None:
            return ""
        is_ocr_used = any(page.origin == TextOrigin.OCR or page.warning for page in shaped.pages)
        return self._ocr_languages if is_ocr_used else None

    async def _pages(self, version: VersionInWork) -> list[bytes]:
        async with self._database.reading() as session:
            rows = await session.execute(
                select(ParsedPageRow.payload)
                .where(ParsedPageRow.version_id == version.id)
                .order_by(ParsedPageRow.number)
            )
            return list(rows.scalars())
