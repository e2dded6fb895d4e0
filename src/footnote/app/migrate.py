"""Bringing the database to the schema of this release, all of it or nothing."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

import footnote.db.migrations
from footnote.db.base import Base
from footnote.db.engine import Database
from footnote.kit.errors import Conflict


def all_tables() -> MetaData:
    """Return the metadata with every domain's tables in it."""
    import footnote.chat.models
    import footnote.documents.models
    import footnote.identity.models
    import footnote.ingestion.models
    import footnote.jobs.models
    import footnote.retrieval.models  # noqa: F401  # importing a module of tables registers them

    return Base.metadata


async def migrate(database: Database) -> None:
    """Upgrade to the newest schema.

    Raises Conflict `database_too_new` when a later release has written this database.
    """
    async with database.connection() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()


async def schema_differences(database: Database) -> list[object]:
    """Return how the migrated schema differs from the models; empty unless a migration is missing."""
    async with database.connection() as connection:
        return await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), all_tables())
        )


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(footnote.db.migrations.__file__).parent))
    config.attributes["connection"] = connection
    config.attributes["target_metadata"] = all_tables()
    return config


def _upgrade(connection: Connection) -> None:
    config = alembic_config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and present not in known:
        raise Conflict(
            "This data folder was written by a newer release of Footnote; install that release or a later one.",
            code="database_too_new",
        )
    command.upgrade(config, "head")
