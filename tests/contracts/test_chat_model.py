"""What every chat model must do; run on each registered one against a provider on loopback that follows a script."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from footnote.adapters.chat_models.registry import CHAT_MODELS
from footnote.kit.errors import (
    BadCredentials,
    ContentFiltered,
    ContextTooLong,
    FootnoteError,
    ProviderOverloaded,
    ProviderRejected,
    ProviderTimeout,
    Unavailable,
)
from footnote.kit.settings import Settings
from footnote.llm.ports import ChatMessage, ChatModel, Completed, TextDelta

WORDS = ("The pump ", "is drained ", "before frost [1].")
MESSAGES = [ChatMessage("system", "Answer."), ChatMessage("user", "When?")]
KEY = "a-secret-key"


@dataclass
class Script:
    """What the provider does with the next request, and what it saw of it."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    headers: Sequence[str] = ()
    finish: str | None = "stop"
    usage: bool = True
    is_endless: bool = False
    seen: dict[str, Any] = field(default_factory=dict)
    requests: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def openai_provider(script: Script) -> AsyncIterator[Callable[[], ChatModel]]:
    """A server of OpenAI's chat completions."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _one_request(script, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            script.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    settings = Settings(
        openai_base_url=f"http://{host}:{port}/v1", openai_api_key=KEY, openai_model="a-model",
        openai_input_usd_per_million_tokens=0.4, openai_output_usd_per_million_tokens=1.6, model_timeout_seconds=20,
    )  # fmt: skip
    module, _, function = CHAT_MODELS["openai"].partition(":")
    try:
        yield lambda: getattr(importlib.import_module(module), function)(settings)
    finally:
        server.close()


async def _one_request(script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(next(line for line in head.split("\r\n") if line.startswith("content-length")).split(":")[1])
    script.seen = {"head": head, "body": json.loads(await reader.readexactly(length))}
    script.requests += 1
    kind = "text/event-stream" if script.status == 200 else "application/json"
    lines = [f"HTTP/1.1 {script.status} X", f"content-type: {kind}", "connection: close", *script.headers, "", ""]
    writer.write("\r\n".join(lines).encode())
    if script.status != 200:
        writer.write(json.dumps(script.body).encode())
    else:
        await _stream(script, writer)
    await writer.drain()


async def _stream(script: Script, writer: asyncio.StreamWriter) -> None:
    def send(**chunk: Any) -> None:
        whole = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "a-model", "choices": []} | chunk
        writer.write(f"data: {json.dumps(whole)}\n\n".encode())

    for word in WORDS:
        send(choices=[{"index": 0, "delta": {"content": word}, "finish_reason": None}])
    while script.is_endless:
        send(choices=[{"index": 0, "delta": {"content": "more "}, "finish_reason": None}])
        await writer.drain()
        await asyncio.sleep(0.01)
    if script.finish is not None:
        send(choices=[{"index": 0, "delta": {}, "finish_reason": script.finish}])
    if script.usage:
        send(usage={"prompt_tokens": 1_000, "completion_tokens": 50, "total_tokens": 1_050})
    writer.write(b"data: [DONE]\n\n")


PROVIDERS = {"openai": openai_provider}


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture(params=sorted(CHAT_MODELS))
async def model(request: pytest.FixtureRequest, script: Script) -> AsyncIterator[ChatModel]:
    async with PROVIDERS[request.param](script) as make:
        made = make()
        yield made
        await made.close()


async def everything(model: ChatModel) -> list[TextDelta | Completed]:
    return [item async for item in model.stream(MESSAGES, max_output_tokens=100)]


async def test_deltas_come_in_order_and_the_end_comes_last(model: ChatModel):
    *deltas, end = await everything(model)

    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "".join(WORDS)
    assert isinstance(end, Completed)


async def test_the_end_carries_model_tokens_and_exact_cost(model: ChatModel):
    end = (await everything(model))[-1]
    # 1,000 tokens at 0.4 and 50 at 1.6 USD per million are 480,000 nano-USD.
    assert end == Completed("a-model", 1_000, 50, 480_000)
    assert model.name == "a-model"


async def test_tokens_that_the_provider_does_not_tell_are_unknown_and_not_zero(model: ChatModel, script: Script):
    script.usage = False
    assert (await everything(model))[-1] == Completed("a-model", None, None, None)


async def test_messages_and_limit_are_sent_as_they_are(model: ChatModel, script: Script):
    await everything(model)

    body = script.seen["body"]
    assert [(message["role"], message["content"]) for message in body["messages"]] == [
        (message.role, message.content) for message in MESSAGES
    ]
    assert 100 in (body.get("max_completion_tokens"), body.get("max_tokens"))
    assert KEY in script.seen["head"]


async def test_a_stream_cut_before_the_providers_end_is_no_answer(model: ChatModel, script: Script):
    script.finish = None
    with pytest.raises(ProviderTimeout):
        await everything(model)


async def test_a_filtered_answer_is_refused(model: ChatModel, script: Script):
    script.finish = "content_filter"
    with pytest.raises(ContentFiltered):
        await everything(model)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "invalid_api_key", BadCredentials),
        (403, "forbidden", BadCredentials),
        (429, "rate_limit_exceeded", ProviderOverloaded),
        (429, "insufficient_quota", BadCredentials),
        (400, "context_length_exceeded", ContextTooLong),
        (400, "bad_thing", ProviderRejected),
        (500, "server_error", Unavailable),
        (503, "overloaded", Unavailable),
    ],
)
async def test_a_refusal_becomes_our_error_after_one_request_and_without_its_words(
    model: ChatModel, script: Script, status: int, code: str, expected: type[FootnoteError]
):
    """Retries are the caller's, and a provider's message may hold the prompt or the key."""
    script.status, script.body = status, {"error": {"code": code, "message": f"no: {KEY} said When?", "type": code}}

    with pytest.raises(expected) as refused:
        await everything(model)

    assert script.requests == 1
    assert KEY not in refused.value.message
    assert "When?" not in refused.value.message


async def test_an_overloaded_provider_says_when_to_come_back(model: ChatModel, script: Script):
    script.status, script.body = 429, {"error": {"code": "rate_limit_exceeded", "message": "slow", "type": "x"}}
    script.headers = ["retry-after: 7"]

    with pytest.raises(ProviderOverloaded) as refused:
        await everything(model)

    assert refused.value.retry_after_seconds == 7


async def test_closing_the_stream_hangs_up_on_the_provider(model: ChatModel, script: Script):
    """Whoever stops an answer stops paying for it."""
    script.is_endless = True

    async with aclosing(model.stream(MESSAGES, max_output_tokens=100)) as items:
        async for _ in items:
            break

    async with asyncio.timeout(20):
        await script.hung_up.wait()


@pytest.mark.parametrize("name", sorted(CHAT_MODELS))
async def test_a_provider_that_is_not_there_is_unavailable(name: str, script: Script):
    async with PROVIDERS[name](script) as make:
        model = make()
    with pytest.raises(Unavailable):
        await everything(model)
    await model.close()
