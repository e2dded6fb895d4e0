"""What the product needs from a chat model, whoever serves it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message to a model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, in order."""

    text: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The end of an answer that the provider itself called finished.

    cost_nano_usd: None when no price is configured; tokens are None when the provider did not say.
    """

    model: str
    input_tokens: int | None
    output_tokens: int | None
    cost_nano_usd: int | None


class ChatModel(Protocol):
    """Writes text. Retries and fallback are the caller's, never the adapter's."""

    @property
    def name(self) -> str:
        """The model's name as shown to people."""
        ...

    def stream(
        self, messages: Sequence[ChatMessage], *, max_output_tokens: int
    ) -> AsyncIterator[TextDelta | Completed]:
        """Yield deltas and, last, Completed. A stream that ends without the provider's own end raises
        ProviderTimeout, since a cut answer must never pass for a whole one. Closing the iterator closes the
        connection. Raises the Unavailable and ProviderRejected families.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
