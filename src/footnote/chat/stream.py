"""The parts of a run's stream, in the shape of the AI SDK's UI message stream v1."""

from typing import Any

from footnote.chat.schemas import Sentence, Timings
from footnote.jobs.schemas import Problem

STREAM_HEADER = ("x-vercel-ai-ui-message-stream", "v1")
TEXT_ID = "answer"
Part = dict[str, Any]


def start(message_id: str, run_id: str) -> Part:
    return {"type": "start", "messageId": message_id, "messageMetadata": {"run_id": run_id}}


def status(stage: str, **facts: Any) -> Part:
    return {"type": "data-status", "id": "status", "transient": True, "data": {"stage": stage, **facts}}


def text_start() -> Part:
    return {"type": "text-start", "id": TEXT_ID}


def sentence(checked: Sentence) -> Part:
    return {"type": "data-sentence", "id": f"s{checked.index}", "data": checked.model_dump(mode="json")}


def text_delta(delta: str) -> Part:
    return {"type": "text-delta", "id": TEXT_ID, "delta": delta}


def text_end() -> Part:
    return {"type": "text-end", "id": TEXT_ID}


def answer(facts: dict[str, Any], timings: Timings) -> Part:
    return {"type": "data-answer", "id": "answer", "data": {**facts, "timings_ms": timings.model_dump()}}


def error(problem: Problem) -> Part:
    return {"type": "error", "errorText": problem.message, "code": problem.code, "detail": problem.message}


def abort() -> Part:
    return {"type": "abort"}


def finish(run_status: str) -> Part:
    return {"type": "finish", "messageMetadata": {"status": run_status}}
