"""Tables of retrieval: chunks and vectors are the truth; index versions and the outbox keep the indexes in step."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from footnote.db.base import Base, JsonColumn, UtcDateTime, id_column_type


class ChunkRow(Base):
    """A run of a version's text that is found and cited as one.

    embedding_text: what was or will be embedded: title and heading path, for table rows their header, then the text.
    table_header: of the table whose later rows the text is, or ""; the keyword leg reads it with the text.
    """

    __tablename__ = "chunks"
    __table_args__ = (UniqueConstraint("version_id", "ordinal"),)

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"))
    ordinal: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    span_start: Mapped[int] = mapped_column(Integer)
    span_end: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    embedding_text: Mapped[str] = mapped_column(Text)
    table_header: Mapped[str] = mapped_column(Text, default="", server_default="")
    heading_path: Mapped[list[str]] = mapped_column(JsonColumn)
    token_count: Mapped[int] = mapped_column(Integer)
    language: Mapped[str | None] = mapped_column(String(8))
    pages: Mapped[list[int]] = mapped_column(JsonColumn)
    boxes: Mapped[list[dict[str, float]]] = mapped_column(JsonColumn)


class ChunkVectorRow(Base):
    """A chunk's vector by one embedder: float16, little endian. Vectors of two embedders never mix."""

    __tablename__ = "chunk_vectors"

    chunk_id: Mapped[str] = mapped_column(ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True)
    embedder: Mapped[str] = mapped_column(String(120), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class IndexVersionRow(Base):
    """One search index of one organisation, of one embedder. Exactly one answers; see `retrieval.index_versions`."""

    __tablename__ = "index_versions"
    __table_args__ = (Index("ix_index_versions_organisation", "organisation_id", "status"),)

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    embedder: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxRow(Base):
    """A change of the truth that every index version of the organisation must hear of."""

    __tablename__ = "index_outbox"
    __table_args__ = (Index("ix_index_outbox_order", "organisation_id", "seq"),)

    id: Mapped[str] = mapped_column(id_column_type(), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str] = mapped_column(String(24))
    payload: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxAckRow(Base):
    """An index version has applied a change; acknowledged one by one, never by the highest number."""

    __tablename__ = "index_outbox_acks"

    outbox_id: Mapped[str] = mapped_column(ForeignKey("index_outbox.id", ondelete="CASCADE"), primary_key=True)
    index_version_id: Mapped[str] = mapped_column(ForeignKey("index_versions.id", ondelete="CASCADE"), primary_key=True)
