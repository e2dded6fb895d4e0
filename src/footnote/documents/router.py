"""Routes of the library."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Literal
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from footnote.documents.schemas import (
    Collection,
    CollectionChange,
    CollectionDeletionReceipt,
    CollectionList,
    DeletionReceipt,
    Document,
    DocumentList,
    DocumentStatus,
    NewCollection,
    PageOut,
    UploadResult,
    VersionList,
    VersionText,
)
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.deletion import DeletionService
from footnote.documents.service.library import LibraryService
from footnote.documents.service.uploads import UploadService
from footnote.documents.upload_body import receive_upload
from footnote.kit.http import Paging, PrincipalDep, problem_responses, provided
from footnote.kit.ids import CollectionId, DocumentId, VersionId

router = APIRouter(responses=problem_responses())
Library = Annotated[LibraryService, Depends(provided(LibraryService))]
Collections = Annotated[CollectionService, Depends(provided(CollectionService))]
Version = Annotated[str | None, Query(description="A version's id; the one that answers when left out.")]
_CHUNK_BYTES = 1 << 18

_UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "collection_id": {"type": "string"},
                        "title": {"type": "string", "maxLength": 400},
                    },
                }
            }
        },
    }
}


@router.get("/collections", tags=["collections"])
async def list_collections(
    principal: PrincipalDep, collections: Collections, paging: Annotated[Paging, Query()]
) -> CollectionList:
    """List collections."""
    return await collections.list_collections(principal, cursor=paging.cursor, limit=paging.limit)


@router.post("/collections", tags=["collections"], status_code=201, responses=problem_responses(409))
async def create_collection(principal: PrincipalDep, collections: Collections, new: NewCollection) -> Collection:
    """Make a collection."""
    return await collections.create(principal, new)


@router.get("/collections/{collection_id}", tags=["collections"], responses=problem_responses(404))
async def get_collection(principal: PrincipalDep, collections: Collections, collection_id: str) -> Collection:
    """Return one collection."""
    return await collections.get(principal, CollectionId(collection_id))


@router.patch("/collections/{collection_id}", tags=["collections"], responses=problem_responses(404, 409))
async def change_collection(
    principal: PrincipalDep, collections: Collections, collection_id: str, change: CollectionChange
) -> Collection:
    """Change name, description or chunk preset."""
    return await collections.change(principal, CollectionId(collection_id), change)


@router.delete("/collections/{collection_id}", tags=["collections"], responses=problem_responses(404, 409))
async def delete_collection(
    principal: PrincipalDep, collections: Collections, collection_id: str, documents: Literal["keep", "delete"] = "keep"
) -> CollectionDeletionReceipt:
    """Remove an empty collection, or with `documents=delete` everything in it."""
    return await collections.delete(principal, CollectionId(collection_id), with_documents=documents == "delete")


@router.post(
    "/documents",
    tags=["documents"],
    status_code=201,
    responses={200: {"model": UploadResult, "description": "Nothing new"}, **problem_responses(404, 409, 413, 415)},
    openapi_extra=_UPLOAD_BODY,
)
async def upload_document(
    request: Request,
    response: Response,
    principal: PrincipalDep,
    uploads: Annotated[UploadService, Depends(provided(UploadService))],
    collections: Collections,
) -> UploadResult:
    """Add one file; it is streamed to disk, recognised by its content, and read in the background."""
    received = await receive_upload(request, principal, uploads)
    try:
        chosen = received.collection_id or await collections.ensure_default(principal)
    except BaseException:
        await uploads.discard(received.staged)
        raise
    result = await uploads.add(
        principal,
        received.staged,
        filename=received.filename,
        collection_id=CollectionId(chosen),
        title=received.title,
    )
    if result.outcome == "unchanged":
        response.status_code = 200
    return result


@router.get("/documents", tags=["documents"])
async def list_documents(
    principal: PrincipalDep,
    library: Library,
    paging: Annotated[Paging, Query()],
    collection_id: str | None = None,
    status: DocumentStatus | None = None,
    q: Annotated[str | None, Query(max_length=200, description="Part of a file name or title.")] = None,
) -> DocumentList:
    """List documents, newest first."""
    return await library.list_documents(
        principal,
        collection_id=CollectionId(collection_id) if collection_id else None,
        status=status,
        text=q,
        cursor=paging.cursor,
        limit=paging.limit,
    )


@router.get("/documents/{document_id}", tags=["documents"], responses=problem_responses(404))
async def get_document(principal: PrincipalDep, library: Library, document_id: str) -> Document:
    """Return one document with the steps of its newest version."""
    return await library.get(principal, DocumentId(document_id))


@router.delete("/documents/{document_id}", tags=["documents"], responses=problem_responses(404))
async def delete_document(
    principal: PrincipalDep,
    deletion: Annotated[DeletionService, Depends(provided(DeletionService))],
    document_id: str,
) -> DeletionReceipt:
    """Remove a document with everything made from it, and say what went."""
    return await deletion.delete(principal, DocumentId(document_id))


@router.get("/documents/{document_id}/versions", tags=["documents"], responses=problem_responses(404))
async def list_versions(principal: PrincipalDep, library: Library, document_id: str) -> VersionList:
    """List a document's versions, newest first."""
    return await library.versions(principal, DocumentId(document_id))


@router.get("/documents/{document_id}/text", tags=["documents"], responses=problem_responses(404))
async def get_text(principal: PrincipalDep, library: Library, document_id: str, version: Version = None) -> VersionText:
    """Return the text that all spans of the version refer to."""
    return await library.text(principal, DocumentId(document_id), VersionId(version) if version else None)


@router.get("/documents/{document_id}/pages/{number}", tags=["documents"], responses=problem_responses(404))
async def get_page(
    principal: PrincipalDep, library: Library, document_id: str, number: int, version: Version = None
) -> PageOut:
    """Return one page's words with their spans and boxes."""
    return await library.page(principal, DocumentId(document_id), VersionId(version) if version else None, number)


@router.get(
    "/documents/{document_id}/pages/{number}/image",
    tags=["documents"],
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **problem_responses(404)},
)
async def get_page_image(
    principal: PrincipalDep,
    library: Library,
    document_id: str,
    number: int,
    version: Version = None,
    scale: Annotated[float, Query(ge=0.2, le=4, description="Pixels per point.")] = 1.5,
) -> Response:
    """Return one page as PNG."""
    image = await library.page_image(
        principal, DocumentId(document_id), VersionId(version) if version else None, number, scale
    )
    # With the version named the picture can never change; without, it may with the next version.
    caching = "private, max-age=86400, immutable" if version else "private, no-cache"
    return Response(image, media_type="image/png", headers={"Cache-Control": caching})


@router.get(
    "/documents/{document_id}/file",
    tags=["documents"],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {}}}, **problem_responses(404)},
)
async def download(
    principal: PrincipalDep, library: Library, document_id: str, version: Version = None
) -> StreamingResponse:
    """Return the original bytes, always as an attachment: a document never runs in the browser."""
    async with AsyncExitStack() as stack:
        file = await stack.enter_async_context(
            library.file(principal, DocumentId(document_id), VersionId(version) if version else None)
        )
        kept = stack.pop_all()

    async def body() -> AsyncIterator[bytes]:
        async with kept, await anyio.open_file(file.path, "rb") as source:
            while chunk := await source.read(_CHUNK_BYTES):
                yield chunk

    headers = {
        "Content-Length": str(file.size_bytes),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.filename, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(body(), media_type="application/octet-stream", headers=headers)
