"""Tables of the library; private to the domain."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from footnote.db.base import Base, JsonColumn, UtcDateTime, id_column_type


class CollectionRow(Base):
    __tablename__ = "collections"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    preset: Mapped[str] = mapped_column(String(16))
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentRow(Base):
    """A document is its name inside a collection; what it says stands in its versions."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("collection_id", "filename"),
        Index("ix_documents_listing", "organisation_id", "id"),
    )

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    collection_id: Mapped[str] = mapped_column(ForeignKey("collections.id", ondelete="RESTRICT"), index=True)
    filename: Mapped[str] = mapped_column(String(400))
    title: Mapped[str | None] = mapped_column(String(400))
    custom_metadata: Mapped[dict[str, Any]] = mapped_column("metadata", JsonColumn, default=dict)
    current_version_id: Mapped[str | None] = mapped_column(id_column_type())
    latest_version_id: Mapped[str | None] = mapped_column(id_column_type())
    created_by: Mapped[str] = mapped_column(id_column_type())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VersionRow(Base):
    """One content of a document. `text` is what every span of this version counts in.

    ocr_languages: in which OCR has read what needed it, joined by "+"; "" when it could not be done for every page that
        needs it, None when no page does.
    """

    __tablename__ = "document_versions"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index("ix_document_versions_content", "organisation_id", "sha256"),
    )

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(16))
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    warnings: Mapped[list[str]] = mapped_column(JsonColumn, default=list)
    media_type: Mapped[str] = mapped_column(String(150))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    has_pages: Mapped[bool | None] = mapped_column()
    page_count: Mapped[int | None] = mapped_column(Integer)
    parsed_title: Mapped[str | None] = mapped_column(String(400))
    language: Mapped[str | None] = mapped_column(String(8))
    ocr_languages: Mapped[str | None] = mapped_column(String(200))
    text_length: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str | None] = mapped_column(Text, deferred=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PageRow(Base):
    """One page; `words` is the compressed table of word spans and boxes (see layout.py)."""

    __tablename__ = "pages"

    version_id: Mapped[str] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    width: Mapped[float | None] = mapped_column(Float)
    height: Mapped[float | None] = mapped_column(Float)
    rotation: Mapped[int] = mapped_column(Integer, default=0)
    origin: Mapped[str] = mapped_column(String(16))
    warning: Mapped[str | None] = mapped_column(Text)
    words: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class BlockRow(Base):
    """One block in reading order; repeated page furniture has no span."""

    __tablename__ = "blocks"

    version_id: Mapped[str] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[int | None] = mapped_column(Integer)
    page: Mapped[int] = mapped_column(Integer)
    span_start: Mapped[int | None] = mapped_column(Integer)
    span_end: Mapped[int | None] = mapped_column(Integer)
    detail: Mapped[dict[str, Any]] = mapped_column(JsonColumn)


class SourceRow(Base):
    """A footnote: the exact spot that a sentence, cell or figure came from. Kinds to come: cell, query, web."""

    __tablename__ = "sources"

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    document_id: Mapped[str | None] = mapped_column(ForeignKey("documents.id", ondelete="SET NULL"), index=True)
    version_id: Mapped[str | None] = mapped_column(ForeignKey("document_versions.id", ondelete="SET NULL"))
    chunk_id: Mapped[str | None] = mapped_column(id_column_type())
    filename: Mapped[str | None] = mapped_column(String(400))
    title: Mapped[str | None] = mapped_column(String(400))
    span_start: Mapped[int | None] = mapped_column(Integer)
    span_end: Mapped[int | None] = mapped_column(Integer)
    pages: Mapped[list[int]] = mapped_column(JsonColumn)
    boxes: Mapped[list[dict[str, float]]] = mapped_column(JsonColumn)
    quote: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BlobErasureRow(Base):
    """A file that may have no reference (any more), until that is settled; a crash in between leaves no orphan."""

    __tablename__ = "blob_erasures"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)


class DeletionReceiptRow(Base):
    """What was removed with a document; counts only, nothing of its content."""

    __tablename__ = "deletion_receipts"

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), index=True)
    document_id: Mapped[str] = mapped_column(id_column_type())
    deleted_by: Mapped[str] = mapped_column(id_column_type())
    counts: Mapped[dict[str, int]] = mapped_column(JsonColumn)
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime)
