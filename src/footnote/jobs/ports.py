"""What a kind of job is to the runner, and what the runner gives a step."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from footnote.jobs.schemas import JobStatus, Problem
from footnote.kit.ids import JobId
from footnote.kit.principal import Principal


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step: its name, what it counts, and how long one try may take."""

    name: str
    unit: str
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job as its worker knows it. `token` fences off earlier holders."""

    id: JobId
    principal: Principal
    kind: str
    subject_id: str | None
    document_id: str | None
    attempt: int
    max_attempts: int
    token: int


class StepContext(Protocol):
    """What a step may do. Every write goes through `writing`, which first proves that the lease still holds."""

    @property
    def job(self) -> ClaimedJob: ...

    def writing(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A short writing transaction; raises LeaseLost or JobCancelled before anything is written."""
        ...

    async def progress(self, done: int, total: int | None) -> None:
        """State true counts; written at most a few times a second, and always at the end of the step."""
        ...


class JobHandler(Protocol):
    """One kind of job. Steps are idempotent: a step that died half-way is run again from its own checkpoint."""

    @property
    def kind(self) -> str: ...

    @property
    def steps(self) -> tuple[StepSpec, ...]: ...

    async def run_step(self, step: str, context: StepContext) -> None:
        """Do one step. `Refused` ends the job at once; any other error is tried again with backoff."""
        ...

    async def status_changed(
        self, session: AsyncSession, job: ClaimedJob, status: JobStatus, problem: Problem | None
    ) -> None:
        """Keep the handler's own rows in step, in the very transaction that changes the job."""
        ...


class JobQueue(Protocol):
    """Carries word that work may be waiting; the work itself stands in the table."""

    def announce(self) -> None:
        """Wake idle runners; a lost call costs one poll interval."""
        ...
