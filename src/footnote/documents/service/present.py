"""Turn rows into what callers see, without a query per document."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.documents import repository
from footnote.documents.models import DocumentRow, VersionRow
from footnote.documents.schemas import Document, Version
from footnote.jobs.schemas import Job, Problem
from footnote.jobs.service import JobService
from footnote.kit.errors import NotFound
from footnote.kit.principal import Principal


async def present_documents(
    session: AsyncSession, jobs: JobService, principal: Principal, rows: Sequence[DocumentRow]
) -> list[Document]:
    """Return the documents with their newest version and its job: three queries, however many documents."""
    latest_ids = [row.latest_version_id for row in rows if row.latest_version_id]
    versions = await repository.versions_by_id(session, principal, latest_ids)
    counts = await repository.version_counts(session, principal, [row.id for row in rows])
    found_jobs = await jobs.of_subjects(session, principal, latest_ids)
    return [
        _document(row, versions[row.latest_version_id], counts.get(row.id, 0), found_jobs.get(row.latest_version_id))
        for row in rows
        if row.latest_version_id in versions
    ]


async def present_document(session: AsyncSession, jobs: JobService, principal: Principal, row: DocumentRow) -> Document:
    """Return one document; NotFound when it was deleted since its row was read."""
    shown = await present_documents(session, jobs, principal, [row])
    if not shown:
        raise NotFound("There is no such document.", code="document_not_found")
    return shown[0]


def present_version(row: VersionRow, current_version_id: str | None) -> Version:
    """Return one version as callers see it."""
    return Version.model_validate(
        {
            "id": row.id,
            "number": row.number,
            "sha256": row.sha256,
            "size_bytes": row.size_bytes,
            "media_type": row.media_type,
            "status": row.status,
            "is_current": row.id == current_version_id,
            "created_at": row.created_at,
        }
    )


def display_title(row: DocumentRow, version: VersionRow | None) -> str:
    """Return what a person calls the document: the given title, else the file's own, else its name."""
    return row.title or (version.parsed_title if version else None) or row.filename


def _document(row: DocumentRow, version: VersionRow, version_count: int, job: Job | None) -> Document:
    updated: datetime = row.updated_at
    return Document.model_validate(
        {
            "id": row.id,
            "collection_id": row.collection_id,
            "filename": row.filename,
            "title": display_title(row, version),
            "media_type": version.media_type,
            "size_bytes": version.size_bytes,
            "status": version.status,
            "searchable": row.current_version_id is not None,
            "has_pages": version.has_pages,
            "page_count": version.page_count,
            "language": version.language,
            "current_version_id": row.current_version_id,
            "latest_version_id": version.id,
            "version_count": version_count,
            "metadata": row.custom_metadata,
            "error": Problem(code=version.error_code, message=version.error_message or "")
            if version.error_code
            else None,
            "warnings": version.warnings,
            "job": job,
            "created_at": row.created_at,
            "updated_at": updated,
        }
    )
