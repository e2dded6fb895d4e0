"""Fills a data folder with a large library without reading a file: through the product's own stores and outbox."""

import hashlib
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from benchmarks.speed.fingerprint import fingerprint
from benchmarks.speed.material import MadeDocument, made_documents, real_chunks
from footnote.app import data_folder
from footnote.app.bootstrap import Application, application
from footnote.documents.layout import PlacedWord, StoredBlock, StoredPage, encode_words
from footnote.documents.models import DocumentRow, VersionRow
from footnote.kit.geometry import Box, PageBox, Span
from footnote.kit.ids import ChunkId, CollectionId, DocumentId, VersionId, new_id
from footnote.kit.principal import Principal
from footnote.kit.settings import load_settings
from footnote.retrieval.chunks import NewChunk
from footnote.retrieval.models import ChunkRow
from footnote.retrieval.store import ChunkStore

_CHUNKS_PER_PAGE = 3
_DOCUMENTS_PER_WRITE = 20
_PAGE = (595.0, 842.0)
_MARGIN = 60.0
_LINE_HEIGHT = 15.0
_LETTER_WIDTH = 5.0
_DEPENDS_ON = (
    "benchmarks/speed/material.py", "benchmarks/speed/filling.py", "src/footnote/documents/models.py",
    "src/footnote/documents/layout.py", "src/footnote/retrieval/models.py", "src/footnote/retrieval/analysis.py",
    "src/footnote/adapters/search_indexes/sqlite_file.py", "src/footnote/db/migrations/versions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Layout:
    """A document as its rows are written."""

    text: str
    chunks: Sequence[NewChunk]
    pages: Sequence[StoredPage]
    blocks: Sequence[StoredBlock]


async def filled_folder(cache: Path, data: Path, chunks: int) -> Path:
    """Return a data folder with so many chunks in one organisation, made unless the cache has it; copy it to use it."""
    folder = cache / f"library-{chunks}-{fingerprint(_DEPENDS_ON)}"
    if (folder / "complete").exists():
        return folder
    for outdated in list(cache.glob(f"library-{chunks}-*")):  # noqa: ASYNC240  # Nothing else runs here.
        shutil.rmtree(outdated)
    folder.mkdir(parents=True)
    settings = load_settings(data_dir=folder)
    async with application(settings) as product:
        owner = await product.identity.bootstrap_owner()
        await product.identity.ensure_key(owner, data_folder.owner_key(folder), name="owner key")
        collection = await product.collections.ensure_default(owner)
        documents = made_documents(await real_chunks(data, cache / "embeddings.sqlite"), chunks)
        started, written = time.monotonic(), 0
        while some := list(islice(documents, _DOCUMENTS_PER_WRITE)):
            await _write(product, owner, collection, some)
            written += sum(len(document.chunks) for document in some)
            print(f"\r  filling a library: {written:,} of {chunks:,} chunks", end="", flush=True)
        print(f", {time.monotonic() - started:.0f} s")
    (folder / "complete").touch()
    return folder


async def _write(
    product: Application, owner: Principal, collection_id: CollectionId, documents: Sequence[MadeDocument]
) -> None:
    store = ChunkStore(product.database)
    embedder = (await product.search.state(owner)).embedder
    async with product.database.writing() as session:
        for document in documents:
            layout = _laid_out(document)
            document_id, version_id = DocumentId(new_id("doc")), VersionId(new_id("ver"))
            now = product.clock.now()
            session.add(
                DocumentRow(
                    id=document_id, organisation_id=owner.organisation_id, collection_id=collection_id,
                    filename=f"{document_id}.pdf", title=layout.text[:60].strip(), custom_metadata={},
                    latest_version_id=version_id, created_by=owner.user_id, created_at=now, updated_at=now,
                )
            )  # fmt: skip
            await session.flush()
            session.add(
                VersionRow(
                    id=version_id, organisation_id=owner.organisation_id, document_id=document_id, number=1,
                    status="ready", warnings=[], media_type="application/pdf",
                    sha256=hashlib.sha256(version_id.encode()).hexdigest(), size_bytes=len(layout.text), has_pages=True,
                    page_count=len(layout.pages), created_at=now,
                )
            )  # fmt: skip
            await session.flush()
            await product.storing.store_structure(
                session, owner, version_id, text=layout.text, language=document.language, pages=layout.pages,
                blocks=layout.blocks, warnings=(),
            )  # fmt: skip
            await store.replace(session, owner, document_id, version_id, layout.chunks)
            ids = await session.scalars(
                select(ChunkRow.id).where(ChunkRow.version_id == version_id).order_by(ChunkRow.ordinal)
            )
            await store.add_vectors(session, owner, embedder, [ChunkId(value) for value in ids], document.vectors)
            await product.storing.make_current(session, owner, version_id)
            await product.outbox.write(session, owner, "upsert_version", version_id=version_id)
    await product.outbox.drain(owner.organisation_id)


def _laid_out(document: MadeDocument) -> _Layout:
    """Put the chunks on pages, one block each, with every word's box as a parser would give it."""
    chunks, pages, blocks = [], [], []
    words: list[PlacedWord] = []
    start = line = 0
    last = len(document.chunks) - 1
    for ordinal, text in enumerate(document.chunks):
        page = ordinal // _CHUNKS_PER_PAGE + 1
        first_line = line
        placed, line = _words(text, start, line)
        words.extend(placed)
        span = Span(start, start + len(text))
        box = PageBox(
            page, _MARGIN, _MARGIN + first_line * _LINE_HEIGHT, _PAGE[0] - _MARGIN, _MARGIN + line * _LINE_HEIGHT
        )
        blocks.append(StoredBlock(ordinal, "paragraph", None, page, span, (box,)))
        chunks.append(
            NewChunk(
                ordinal, "text", span, text, text, (), len(text) // 5, document.language, (page,), (box,)
            )
        )  # fmt: skip
        start = span.end + 2
        if (ordinal + 1) % _CHUNKS_PER_PAGE == 0 or ordinal == last:
            pages.append(StoredPage(page, *_PAGE, 0, "digital", None, encode_words(words)))
            words, line = [], 0
    return _Layout("\n\n".join(document.chunks), chunks, pages, blocks)


def _words(text: str, start: int, line: int) -> tuple[list[PlacedWord], int]:
    """Return the text's words, set in lines from `line` on, and the first free line after them."""
    placed, x, place = [], _MARGIN, 0
    for word in text.split():
        place = text.index(word, place)
        width = len(word) * _LETTER_WIDTH
        if x + width > _PAGE[0] - _MARGIN:
            x, line = _MARGIN, line + 1
        y = _MARGIN + line * _LINE_HEIGHT
        placed.append(PlacedWord(start + place, start + place + len(word), line, Box(x, y, x + width, y + 12.0)))
        x, place = x + width + _LETTER_WIDTH, place + len(word)
    return placed, line + 1
