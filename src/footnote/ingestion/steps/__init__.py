"""The steps of ingestion, one a file; each idempotent, each going on from its own checkpoint."""

from typing import Protocol

from footnote.documents.service.storing import VersionInWork
from footnote.jobs.ports import StepContext


class Step(Protocol):
    """One step of the ingest job."""

    async def run(self, context: StepContext, version: VersionInWork) -> None:
        """Do the step for the version, writing only through the context."""
        ...
