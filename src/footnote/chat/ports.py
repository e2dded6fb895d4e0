"""What chat needs from an engine that writes answers."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from footnote.chat.passages import DraftSentence, Passage


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what was found for it; language is ISO 639-1 or None."""

    text: str
    passages: Sequence[Passage]
    language: str | None


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What an engine says at the end of an answer.

    confidence: 0..100 by the engine's own calibration, None when it has none.
    """

    model: str
    abstained: bool = False
    reason: str | None = None
    confidence: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_nano_usd: int | None = 0
    prompt_version: str | None = None
    notes: tuple[str, ...] = ()


class AnswerEngine(Protocol):
    """Writes an answer from passages; what it writes is checked before anyone sees it."""

    @property
    def name(self) -> str:
        """The model's name as shown to people."""
        ...

    def answer(self, question: Question) -> AsyncIterator[DraftSentence | EngineReport]:
        """Yield sentences in order and, last, the report. Closing the iterator stops the work and its costs."""
        ...
