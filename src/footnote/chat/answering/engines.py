"""The two engines behind one port: the local one quotes, a model writes; what either says is checked the same way."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import structlog

from footnote.chat.answering.local_engine import LocalEngine
from footnote.chat.answering.model_output import SentenceStream, says_no_answer
from footnote.chat.answering.prompting import PROMPT_VERSION, answer_messages
from footnote.chat.passages import DraftSentence
from footnote.chat.ports import AnswerEngine, EngineReport, Question
from footnote.kit.errors import ProviderRejected, Unavailable
from footnote.llm.ports import ChatModel, Completed, TextDelta

log = structlog.get_logger(__name__)

LOCAL_MODEL_NAME = "local"
_MAX_OUTPUT_TOKENS = 1_000


class LocalAnswerEngine:
    """Answers by quoting; needs no key and no network."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine

    @property
    def name(self) -> str:
        return LOCAL_MODEL_NAME

    async def answer(self, question: Question) -> AsyncIterator[DraftSentence | EngineReport]:
        found = await asyncio.to_thread(
            self._engine.answer, question.text, question.passages, language=question.language
        )
        for sentence in found.sentences:
            yield sentence
        yield EngineReport(
            model=LOCAL_MODEL_NAME, abstained=found.abstained, reason=found.reason, confidence=found.confidence
        )


class ModelAnswerEngine:
    """Lets a chat model write from numbered passages; the local engine answers when the model cannot be had at all."""

    def __init__(self, model: ChatModel, local: AnswerEngine) -> None:
        self._model = model
        self._local = local

    @property
    def name(self) -> str:
        return self._model.name

    async def answer(self, question: Question) -> AsyncIterator[DraftSentence | EngineReport]:
        if not question.passages:
            yield EngineReport(model=self.name, abstained=True, reason="no_evidence", confidence=0.0)
            return
        written: list[DraftSentence] = []
        try:
            async with aclosing(self._write(question)) as items:
                async for item in items:
                    if isinstance(item, DraftSentence):
                        written.append(item)
                        if says_no_answer(written):
                            continue
                    yield self._judged(item, written) if isinstance(item, EngineReport) else item
        except (Unavailable, ProviderRejected) as error:
            if written:
                raise
            log.warning("chat.model_unavailable", code=error.error_code)
            async for item in self._instead(question, error.message):
                yield item

    async def _write(self, question: Question) -> AsyncGenerator[DraftSentence | EngineReport]:
        stream = SentenceStream()
        completed: Completed | None = None
        deltas = self._model.stream(
            answer_messages(question.text, question.passages), max_output_tokens=_MAX_OUTPUT_TOKENS
        )
        async with aclosing(deltas) as items:  # type: ignore[type-var]  # adapters are async generators
            async for item in items:
                if isinstance(item, TextDelta):
                    for draft in stream.feed(item.text):
                        yield draft
                else:
                    completed = item
        for draft in stream.finish():
            yield draft
        assert completed is not None, "a ChatModel's stream ends with Completed or raises"
        yield EngineReport(
            model=completed.model,
            input_tokens=completed.input_tokens,
            output_tokens=completed.output_tokens,
            cost_nano_usd=completed.cost_nano_usd,
            prompt_version=PROMPT_VERSION,
        )

    def _judged(self, report: EngineReport, written: list[DraftSentence]) -> EngineReport:
        if written and not says_no_answer(written):
            return report
        return EngineReport(
            model=report.model, abstained=True, reason="model_found_no_answer", confidence=0.0,
            input_tokens=report.input_tokens, output_tokens=report.output_tokens, cost_nano_usd=report.cost_nano_usd,
            prompt_version=report.prompt_version,
        )  # fmt: skip

    async def _instead(self, question: Question, why: str) -> AsyncIterator[DraftSentence | EngineReport]:
        async for item in self._local.answer(question):
            if isinstance(item, EngineReport):
                note = f"{why} The answer was quoted from the documents without a model."
                yield EngineReport(
                    model=item.model, abstained=item.abstained, reason=item.reason, confidence=item.confidence,
                    notes=(note,),
                )  # fmt: skip
            else:
                yield item
