"""Making one answer: passages found, sentences written, each checked and shown, and what is known at the end."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass

from footnote.chat.answering.engines import LOCAL_MODEL_NAME
from footnote.chat.checking.citing import PassageOrigin, SentenceBinder
from footnote.chat.checking.verification import CitationCheck
from footnote.chat.passages import Passage
from footnote.chat.ports import AnswerEngine, EngineReport, Question
from footnote.chat.runs import stream
from footnote.chat.runs.final_answer import Progress
from footnote.chat.runs.live_run import LiveRun
from footnote.documents.service.library import LibraryService
from footnote.documents.service.storing import StoringService
from footnote.kit.clock import Clock
from footnote.kit.ids import CollectionId
from footnote.retrieval.passages import FoundPassage
from footnote.retrieval.service import SearchService

_CONTEXT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ChatPorts:
    """What answering needs from elsewhere. engines: by name; `default` and `local` are always among them."""

    search: SearchService
    library: LibraryService
    storing: StoringService
    engines: Mapping[str, AnswerEngine]
    top_k: int
    drop_unsupported: bool


class AnswerMaker:
    """Does the work of a run; whatever it has done so far stands in the run's `Progress`."""

    def __init__(self, ports: ChatPorts, clock: Clock) -> None:
        self._ports = ports
        self._clock = clock

    async def answer(
        self,
        live: LiveRun,
        engine: AnswerEngine,
        text: str,
        collection_id: CollectionId | None,
        progress: Progress,
    ) -> None:
        """Answer the question and show every sentence once it is checked."""
        await live.add(stream.status("retrieving"))
        clock, timings = self._clock, progress.timings
        mark = clock.monotonic_seconds()
        found, language = await self._ports.search.passages(
            live.principal, text, collection_id=collection_id, top_k=self._ports.top_k,
            context_characters=_CONTEXT_CHARACTERS,
        )  # fmt: skip
        timings.retrieve, mark = self.ms_since(mark), clock.monotonic_seconds()
        passages = [_passage(number, item) for number, item in enumerate(found, start=1)]
        origins = [PassageOrigin(item.filename, item.title, item.chunk.pages) for item in found]
        progress.binder = SentenceBinder(
            live.principal, self._ports.storing, CitationCheck(passages), passages, origins,
            drop_unsupported=self._ports.drop_unsupported,
        )  # fmt: skip
        timings.assemble = self.ms_since(mark)
        await live.add(stream.status("writing", searching_count=len(passages)), stream.text_start())
        await self._write(live, engine, Question(text, passages, language), progress.binder, progress)

    async def _write(
        self, live: LiveRun, engine: AnswerEngine, question: Question, binder: SentenceBinder, progress: Progress
    ) -> None:
        clock, timings = self._clock, progress.timings
        mark = clock.monotonic_seconds()
        async with aclosing(engine.answer(question)) as items:  # type: ignore[type-var]
            async for item in items:
                timings.answer += self.ms_since(mark)
                mark = clock.monotonic_seconds()
                if isinstance(item, EngineReport):
                    progress.report = item
                    continue
                shown = await binder.bind(item)
                timings.verify += self.ms_since(mark)
                mark = clock.monotonic_seconds()
                if shown is not None:
                    await live.add(stream.sentence(shown[0]), stream.text_delta(shown[1]))
        if progress.report is not None and progress.report.confidence is None:
            mark = clock.monotonic_seconds()
            progress.evidence = await self._evidence(question)
            timings.verify += self.ms_since(mark)

    async def _evidence(self, question: Question) -> float:
        """Return how likely the passages answer the question at all, 0..100, as the local engine judges."""
        async with aclosing(self._ports.engines[LOCAL_MODEL_NAME].answer(question)) as items:  # type: ignore[type-var]
            async for item in items:
                if isinstance(item, EngineReport):
                    return item.confidence or 0.0
        return 0.0

    def ms_since(self, mark: float) -> float:
        """Return milliseconds since a monotonic time."""
        return round((self._clock.monotonic_seconds() - mark) * 1000, 2)


def _passage(number: int, item: FoundPassage) -> Passage:
    return Passage(
        number=number,
        chunk_id=item.chunk.id,
        document_id=item.chunk.document_id,
        version_id=item.chunk.version_id,
        title=item.title,
        heading_path=item.chunk.heading_path,
        text=item.chunk.text,
        span=item.chunk.span,
        score=item.ranked.score,
        dense_score=item.ranked.dense.raw,
        keyword_score=item.ranked.keyword.raw,
        language=item.chunk.language,
        before=item.before,
        after=item.after,
    )
