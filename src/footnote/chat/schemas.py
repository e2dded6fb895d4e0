"""What callers see of conversations, answers and runs."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from footnote.documents.schemas import Source, SpanPair
from footnote.jobs.schemas import Problem

ConversationTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
MessageStatus = Literal["streaming", "complete", "stopped", "failed"]
RunStatus = Literal["running", "completed", "stopped", "failed"]
VerdictName = Literal["verbatim", "grounded", "unsupported"]


class Conversation(BaseModel):
    """A conversation, without its messages."""

    id: str
    title: str
    collection_id: str | None
    message_count: int
    created_at: datetime
    updated_at: datetime


class ConversationList(BaseModel):
    """One page of conversations, latest activity first."""

    items: list[Conversation]
    next_cursor: str | None


class NewConversation(BaseModel):
    """What a conversation is made from; without a title the first question gives one."""

    model_config = ConfigDict(extra="forbid")

    title: ConversationTitle | None = None
    collection_id: str | None = None


class ConversationChange(BaseModel):
    """What may be changed of a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: ConversationTitle


class Sentence(BaseModel):
    """One sentence of an answer; `span` counts code points in the message's text."""

    index: int
    span: SpanPair
    text: str
    verdict: VerdictName
    reasons: list[str] = []
    sources: list[Source]


class Timings(BaseModel):
    """Milliseconds spent, by part of the work."""

    retrieve: float = 0
    assemble: float = 0
    answer: float = 0
    verify: float = 0
    total: float = 0


class Message(BaseModel):
    """A question or an answer."""

    id: str
    conversation_id: str
    role: Literal["user", "assistant"]
    status: MessageStatus
    text: str
    created_at: datetime
    run_id: str | None = None
    problem: Problem | None = Field(default=None, description="Why the answer failed; null unless `status` is failed.")
    abstained: bool = False
    abstention_reason: str | None = None
    model: str | None = None
    cost_nano_usd: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    confidence: int | None = Field(
        default=None,
        ge=0,
        le=100,
        description=(
            "How far to trust the answer. Local engine: its calibrated chance in per cent that the answer stands in "
            "what it quoted. Model: the support of all its sentences, lowered by up to half where the passages are "
            "weak evidence for the question."
        ),
    )
    timings_ms: Timings | None = None
    notes: list[str] = []
    sentences: list[Sentence] = []


class MessageList(BaseModel):
    """One page of messages, oldest first."""

    items: list[Message]
    next_cursor: str | None


class NewMessage(BaseModel):
    """A question. With `stream` the answer comes back as server-sent events."""

    model_config = ConfigDict(extra="forbid")

    text: QuestionText
    collection_id: str | None = None
    stream: bool = False
    model: Literal["local", "default"] = "default"


class Run(BaseModel):
    """One attempt to answer."""

    id: str
    conversation_id: str
    answer_message_id: str
    status: RunStatus
    last_seq: int
    error: Problem | None
    created_at: datetime
    finished_at: datetime | None


class StartedRun(BaseModel):
    """A run that has begun, with the question as stored and the answer to come."""

    run: Run
    question: Message
    answer: Message
