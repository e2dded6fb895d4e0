"""What OCR is still to read, and the headers that a table's later rows are found by"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Bring the schema to this version."""
    with op.batch_alter_table("parsed_pages") as batch_op:
        batch_op.add_column(sa.Column("lacks_ocr", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("document_versions") as batch_op:
        batch_op.add_column(sa.Column("ocr_languages", sa.String(length=200), nullable=True))
    with op.batch_alter_table("chunks") as batch_op:
        batch_op.add_column(sa.Column("table_header", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Bring the schema back to the version before."""
    with op.batch_alter_table("chunks") as batch_op:
        batch_op.drop_column("table_header")
    with op.batch_alter_table("document_versions") as batch_op:
        batch_op.drop_column("ocr_languages")
    with op.batch_alter_table("parsed_pages") as batch_op:
        batch_op.drop_column("lacks_ocr")
