"""Routes that make work: changing a document so that the index must hear of it, renditions, rebuilding the index."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends

from footnote.documents.schemas import Document, DocumentChange, Rendition
from footnote.documents.service.library import LibraryService
from footnote.ingestion.rendition import render_html
from footnote.ingestion.service import IngestionService
from footnote.ingestion.shaping import restored
from footnote.jobs.schemas import Job
from footnote.kit.http import PrincipalDep, problem_responses, provided
from footnote.kit.ids import DocumentId, VersionId

router = APIRouter(responses=problem_responses())
Ingestion = Annotated[IngestionService, Depends(provided(IngestionService))]


@router.patch("/documents/{document_id}", tags=["documents"], responses=problem_responses(404, 409))
async def change_document(
    principal: PrincipalDep, ingestion: Ingestion, document_id: str, change: DocumentChange
) -> Document:
    """Change title, metadata or collection."""
    return await ingestion.change_document(principal, DocumentId(document_id), change)


@router.get("/documents/{document_id}/rendition", tags=["documents"], responses=problem_responses(404))
async def get_rendition(
    principal: PrincipalDep,
    library: Annotated[LibraryService, Depends(provided(LibraryService))],
    document_id: str,
    version: str | None = None,
) -> Rendition:
    """Return a sanitised rendition whose elements carry their spans, for formats without pages."""
    content = await library.content(principal, DocumentId(document_id), VersionId(version) if version else None)
    html = await asyncio.to_thread(lambda: render_html(restored(content.text, content.blocks, content.language)))
    return Rendition(document_id=document_id, version_id=content.version_id, html=html)


@router.post("/index/rebuild", tags=["search"], status_code=202)
async def rebuild_index(principal: PrincipalDep, ingestion: Ingestion) -> Job:
    """Build the search index anew beside the serving one, embed what the embedder has not seen, and switch to it."""
    return await ingestion.rebuild_index(principal)
