"""Any server that speaks OpenAI's chat completions, through the official client."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from decimal import Decimal
from typing import cast

import openai
from openai import AsyncOpenAI
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionMessageParam

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

_NANO_PER_MILLIONTH = Decimal(1000)
"""A price in USD per million tokens, times tokens, times this, is nano-USD."""


class OpenAICompatibleChatModel:
    """One model of one server. The client's own retries are off: the caller decides what a failure costs."""

    def __init__(
        self,
        client: AsyncOpenAI,
        model: str,
        *,
        input_price: Decimal | None,
        output_price: Decimal | None,
    ) -> None:
        self._client = client
        self._model = model
        self._input_price = input_price
        self._output_price = output_price

    @property
    def name(self) -> str:
        return self._model

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_output_tokens: int
    ) -> AsyncIterator[TextDelta | Completed]:
        finished, usage = False, None
        try:
            stream = await self._client.chat.completions.create(
                model=self._model,
                messages=cast("list[ChatCompletionMessageParam]", [asdict(message) for message in messages]),
                max_completion_tokens=max_output_tokens,
                temperature=0.0,
                stream=True,
                stream_options={"include_usage": True},
            )
            async with aclosing(stream) as chunks:
                async for chunk in chunks:
                    usage = chunk.usage or usage
                    for choice in chunk.choices[:1]:
                        if choice.delta.content:
                            yield TextDelta(choice.delta.content)
                        if choice.finish_reason == "content_filter":
                            raise ContentFiltered("The provider's content filter stopped the answer.")
                        finished = finished or choice.finish_reason is not None
        except openai.OpenAIError as error:
            raise _translated(error) from error
        if not finished:
            raise ProviderTimeout("The provider's answer broke off.", code="provider_cut_off")
        yield self._completed(usage)

    async def close(self) -> None:
        await self._client.close()

    def _completed(self, usage: CompletionUsage | None) -> Completed:
        input_tokens = usage.prompt_tokens if usage else None
        output_tokens = usage.completion_tokens if usage else None
        if usage is None or self._input_price is None or self._output_price is None:
            return Completed(self._model, input_tokens, output_tokens, None)
        price = self._input_price * usage.prompt_tokens + self._output_price * usage.completion_tokens
        return Completed(self._model, input_tokens, output_tokens, int(price * _NANO_PER_MILLIONTH))


def create(settings: Settings) -> ChatModel:
    """Make the model from the settings; a server without keys gets a word that is no secret."""
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else "no-key"
    client = AsyncOpenAI(
        api_key=key, base_url=settings.openai_base_url, timeout=settings.model_timeout_seconds, max_retries=0
    )
    return OpenAICompatibleChatModel(
        client,
        settings.openai_model,
        input_price=_price(settings.openai_input_usd_per_million_tokens),
        output_price=_price(settings.openai_output_usd_per_million_tokens),
    )


def _price(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _translated(error: openai.OpenAIError) -> FootnoteError:  # noqa: PLR0911  # one line a kind of error
    """Map the client's errors; their messages may hold prompts or keys, so they are not passed on."""
    if isinstance(error, openai.APITimeoutError):
        return ProviderTimeout("The model did not answer in the time allowed.")
    if isinstance(error, openai.APIConnectionError):
        return Unavailable("The model's server cannot be reached.", code="provider_unreachable")
    if isinstance(error, openai.RateLimitError):
        if error.code == "insufficient_quota":
            return BadCredentials("The provider says that this account's quota is used up.", code="provider_quota")
        return ProviderOverloaded("The model's provider is overloaded.", retry_after_seconds=_retry_after(error))
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return BadCredentials("The model's provider does not accept the configured key.")
    if isinstance(error, openai.APIStatusError):
        if error.code == "context_length_exceeded":
            return ContextTooLong("The question and its passages are too long for this model.")
        if error.status_code >= 500:
            return Unavailable("The model's server failed.", code="provider_failed")
        return ProviderRejected("The model's provider refused the request.")
    return Unavailable("The model's answer could not be read.", code="provider_garbled")


def _retry_after(error: openai.APIStatusError) -> float | None:
    value = error.response.headers.get("retry-after", "")
    return float(value) if value.replace(".", "", 1).isdigit() else None
