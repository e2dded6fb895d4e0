"""The parts of a run's stream, in the shape of the AI SDK's UI message stream v1."""

from typing import Any

from footnote.chat.schemas import Sentence, Timings
from footnote.jobs.schemas import Problem

STREAM_HEADER = ("x-vercel-ai-ui-message-stream", "v1")
TEXT_ID = "answer"
Part = dict[str, Any]


def start(message_id: str, run_id: str) -> Part:
    """The answer begins; its message can be read under this id from now on."""
    return {"type": "start", "messageId": message_id, "messageMetadata": {"run_id": run_id}}


def status(stage: str, **facts: object) -> Part:
    """What is being done; shown while it lasts and never part of the message."""
    return {"type": "data-status", "id": "status", "transient": True, "data": {"stage": stage, **facts}}


def text_start() -> Part:
    """Text follows."""
    return {"type": "text-start", "id": TEXT_ID}


def sentence(checked: Sentence) -> Part:
    """One checked sentence with its verdict and Sources; always right before its text."""
    return {"type": "data-sentence", "id": f"s{checked.index}", "data": checked.model_dump(mode="json")}


def text_delta(delta: str) -> Part:
    """The text of the sentence just announced, with what separates it from the one before."""
    return {"type": "text-delta", "id": TEXT_ID, "delta": delta}


def text_end() -> Part:
    """No more text."""
    return {"type": "text-end", "id": TEXT_ID}


def answer(facts: dict[str, Any], timings: Timings) -> Part:
    """What is known at the end: abstention, confidence, model, cost, timings, notes."""
    return {"type": "data-answer", "id": "answer", "data": {**facts, "timings_ms": timings.model_dump()}}


def error(problem: Problem) -> Part:
    """The answer broke off; the same code and sentence as a problem of the REST API."""
    return {"type": "error", "errorText": problem.message, "code": problem.code, "detail": problem.message}


def abort() -> Part:
    """Somebody stopped the answer; what was shown stays."""
    return {"type": "abort"}


def finish(run_status: str) -> Part:
    """The last part of every run, with the status the run ended in."""
    return {"type": "finish", "messageMetadata": {"status": run_status}}


def ending(facts: dict[str, Any], timings: Timings, problem: Problem | None, run_status: str) -> list[Part]:
    """Return the parts that end the stream of a run whose text had begun."""
    parts = [text_end(), answer(facts, timings)]
    if problem is not None:
        parts.append(error(problem))
    if run_status == "stopped":
        parts.append(abort())
    return [*parts, finish(run_status)]
