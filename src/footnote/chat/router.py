"""Routes of conversations, answers and runs."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, ServerSentEvent

from footnote.chat.conversations import ConversationService
from footnote.chat.runs.service import RunService
from footnote.chat.runs.stream import STREAM_HEADER
from footnote.chat.schemas import (
    Conversation,
    ConversationChange,
    ConversationList,
    Message,
    MessageList,
    NewConversation,
    NewMessage,
    Run,
    StartedRun,
)
from footnote.kit.http import Paging, PrincipalDep, problem_responses, provided
from footnote.kit.ids import ConversationId, MessageId, RunId
from footnote.kit.principal import Principal
from footnote.kit.sse import MAX_SEQ, event, event_stream, resume_point

router = APIRouter(tags=["chat"], responses=problem_responses())
Conversations = Annotated[ConversationService, Depends(provided(ConversationService))]
Runs = Annotated[RunService, Depends(provided(RunService))]
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "AI SDK UI message stream v1", "content": {"text/event-stream": {}}}
}


@router.post("/conversations", status_code=201, responses=problem_responses(404))
async def create_conversation(
    principal: PrincipalDep, conversations: Conversations, new: NewConversation
) -> Conversation:
    """Start a conversation."""
    return await conversations.create(principal, new)


@router.get("/conversations")
async def list_conversations(
    principal: PrincipalDep, conversations: Conversations, paging: Annotated[Paging, Query()]
) -> ConversationList:
    """List the caller's conversations, latest activity first."""
    return await conversations.list_conversations(principal, cursor=paging.cursor, limit=paging.limit)


@router.get("/conversations/{conversation_id}", responses=problem_responses(404))
async def get_conversation(principal: PrincipalDep, conversations: Conversations, conversation_id: str) -> Conversation:
    """Return one conversation."""
    return await conversations.get(principal, ConversationId(conversation_id))


@router.patch("/conversations/{conversation_id}", responses=problem_responses(404))
async def rename_conversation(
    principal: PrincipalDep, conversations: Conversations, conversation_id: str, change: ConversationChange
) -> Conversation:
    """Give a conversation another title."""
    return await conversations.rename(principal, ConversationId(conversation_id), change.title)


@router.delete("/conversations/{conversation_id}", status_code=204, responses=problem_responses(404))
async def delete_conversation(
    principal: PrincipalDep, conversations: Conversations, runs: Runs, conversation_id: str
) -> None:
    """Remove a conversation with its messages; a running answer ends."""
    await conversations.get(principal, ConversationId(conversation_id))
    await runs.stop_conversation(principal, ConversationId(conversation_id))
    await conversations.delete(principal, ConversationId(conversation_id))


@router.get("/conversations/{conversation_id}/messages", responses=problem_responses(404))
async def list_messages(
    principal: PrincipalDep, conversations: Conversations, conversation_id: str, paging: Annotated[Paging, Query()]
) -> MessageList:
    """List a conversation's messages, oldest first."""
    return await conversations.messages(
        principal, ConversationId(conversation_id), cursor=paging.cursor, limit=paging.limit
    )


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    response_model=StartedRun,
    responses={**_STREAM, **problem_responses(404, 409)},
)
async def ask(request: Request, principal: PrincipalDep, runs: Runs, conversation_id: str, new: NewMessage) -> Response:
    """Ask a question. The answer is made by a run, which is followed at once with `stream`, else under /runs."""
    started = await runs.start(principal, ConversationId(conversation_id), new)
    if new.stream or "text/event-stream" in request.headers.get("accept", ""):
        return _stream(runs, principal, RunId(started.run.id), 0)
    return JSONResponse(started.model_dump(mode="json"), status_code=201)


@router.get("/messages/{message_id}", responses=problem_responses(404))
async def get_message(principal: PrincipalDep, conversations: Conversations, message_id: str) -> Message:
    """Return one message with its sentences, verdicts and sources."""
    return await conversations.message(principal, MessageId(message_id))


@router.get("/runs/{run_id}", responses=problem_responses(404))
async def get_run(principal: PrincipalDep, runs: Runs, run_id: str) -> Run:
    """Return where a run stands."""
    return await runs.get(principal, RunId(run_id))


@router.get(
    "/runs/{run_id}/events",
    response_class=EventSourceResponse,
    responses={**_STREAM, **problem_responses(404)},
)
async def stream_run(
    request: Request,
    principal: PrincipalDep,
    runs: Runs,
    run_id: str,
    after: Annotated[int | None, Query(ge=0, le=MAX_SEQ)] = None,
) -> EventSourceResponse:
    """Replay a run's parts after a number and follow those to come."""
    await runs.get(principal, RunId(run_id))
    return _stream(runs, principal, RunId(run_id), resume_point(request, after) or 0)


@router.post("/runs/{run_id}/stop", responses=problem_responses(404))
async def stop_run(principal: PrincipalDep, runs: Runs, run_id: str) -> Run:
    """End a run and the model call behind it; what was checked so far stays."""
    return await runs.stop(principal, RunId(run_id))


def _stream(runs: RunService, principal: Principal, run_id: RunId, after: int) -> EventSourceResponse:
    return event_stream(_parts(runs, principal, run_id, after), headers=dict([STREAM_HEADER]))


async def _parts(runs: RunService, principal: Principal, run_id: RunId, after: int) -> AsyncIterator[ServerSentEvent]:
    async with aclosing(runs.events(principal, run_id, after=after)) as parts:
        async for seq, part in parts:
            yield event(part, seq=seq)
    yield ServerSentEvent(data="[DONE]")
