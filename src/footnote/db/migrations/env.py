"""Runs migrations on the connection and metadata that `app.migrate` hands over; `db` itself knows no tables."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from footnote.db.base import UtcDateTime


def _plain_type(kind: str, value: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old migrations need no newer code."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(value).__name__ == "JSON":
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


_config = context.config

context.configure(
    connection=_config.attributes["connection"],
    target_metadata=_config.attributes["target_metadata"],
    render_as_batch=True,
    compare_type=True,
    render_item=_plain_type,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
