"""Tables of ingestion; private to the domain."""

from sqlalchemy import ForeignKey, Integer, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from footnote.db.base import Base


class ParsedPageRow(Base):
    """A page as the parser gave it: the parse step's checkpoint, gone once the version has its structure.

    lacks_ocr: OCR could not be done, so the next try reads it again.
    """

    __tablename__ = "parsed_pages"

    version_id: Mapped[str] = mapped_column(ForeignKey("document_versions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"))
    lacks_ocr: Mapped[bool] = mapped_column(default=False, server_default=false())
    payload: Mapped[bytes] = mapped_column(LargeBinary)
