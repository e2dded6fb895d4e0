"""What callers see of jobs and events."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class JobStatus(StrEnum):
    """Where a job stands; the last three are final until someone retries."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    """Where one step stands; a done step is never run again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Problem(BaseModel):
    """Why something failed: a stable code and one sentence."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    code: str
    message: str


class Progress(BaseModel):
    """True counts of the step in hand; `total` is null until it is known."""

    model_config = ConfigDict(frozen=True)

    done: int
    total: int | None
    unit: str


class JobStep(BaseModel):
    """One step of a job."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    name: str
    status: StepStatus
    done: int
    total: int | None
    unit: str
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int


class Job(BaseModel):
    """One piece of durable work."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    status: JobStatus
    step: str | None
    attempt: int
    max_attempts: int
    progress: Progress
    steps: list[JobStep]
    error: Problem | None
    retry_at: datetime | None = Field(description="When the next try starts, while one is waited for.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    document_id: str | None


class JobList(BaseModel):
    """One page of jobs, newest first."""

    items: list[Job]
    next_cursor: str | None


EventType = Literal["document.created", "document.updated", "document.deleted", "job.updated", "collection.updated"]


class Event(BaseModel):
    """One line of the organisation's change feed."""

    seq: int
    type: str
    created_at: datetime
    document_id: str | None = None
    collection_id: str | None = None
    job: Job | None = None


class EventList(BaseModel):
    """Events after the asked-for number, oldest first, and the number to ask for next."""

    events: list[Event]
    last_seq: int


def event_payload(**fields: object) -> dict[str, Any]:
    """Return the stored form of an event's own fields."""
    return {key: value for key, value in fields.items() if value is not None}
