"""The one place where ports meet adapters. Server, worker and tests build the product here."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from footnote import __version__
from footnote.adapters.blob_stores.registry import BLOB_STORES
from footnote.adapters.chat_models.registry import CHAT_MODELS
from footnote.adapters.document_parsers.sandbox import create_parser_runner
from footnote.adapters.document_shapers.children import create as create_shaper
from footnote.adapters.embedders.registry import EMBEDDERS
from footnote.adapters.search_indexes.registry import SEARCH_INDEXES
from footnote.app.metrics import Metrics
from footnote.app.migrate import all_tables, migrate
from footnote.chat.answering.engines import LOCAL_MODEL_NAME, LocalAnswerEngine, ModelAnswerEngine
from footnote.chat.answering.local_engine import LocalEngine
from footnote.chat.conversations import ConversationService
from footnote.chat.erasure import ChatErasure
from footnote.chat.ports import AnswerEngine
from footnote.chat.runs.answer_maker import ChatPorts
from footnote.chat.runs.answer_store import AnswerStore
from footnote.chat.runs.run_log import RunLog
from footnote.chat.runs.service import RunService
from footnote.db.engine import Database, open_database
from footnote.documents.ports import BlobStore, ErasureParticipant
from footnote.documents.service.collections import CollectionService
from footnote.documents.service.deletion import DeletionService
from footnote.documents.service.library import LibraryService
from footnote.documents.service.sources import SourceService
from footnote.documents.service.storing import StoringService
from footnote.documents.service.uploads import UploadService
from footnote.identity.schemas import Profile
from footnote.identity.service import IdentityService
from footnote.ingestion.handler import IngestHandler
from footnote.ingestion.ports import ParseOptions
from footnote.ingestion.reindex import ReindexHandler
from footnote.ingestion.retitle import RetitleHandler
from footnote.ingestion.service import IngestionService
from footnote.ingestion.steps import Step
from footnote.ingestion.steps.chunk import ChunkStep
from footnote.ingestion.steps.embed import EmbedStep
from footnote.ingestion.steps.index import IndexStep
from footnote.ingestion.steps.parse import ParseStep
from footnote.ingestion.steps.structure import StructureStep
from footnote.ingestion.vectors import VectorMaker
from footnote.jobs.events import ChangeFeed
from footnote.jobs.housekeeping import Housekeeping
from footnote.jobs.ports import JobHandler
from footnote.jobs.runner import InProcessJobQueue, JobRunner
from footnote.jobs.service import JobService
from footnote.kit.children import ChildPool
from footnote.kit.clock import Clock, SystemClock
from footnote.kit.events import EventBus
from footnote.kit.ids import OrganisationId, VersionId
from footnote.kit.settings import Settings
from footnote.llm.ports import ChatModel
from footnote.retrieval.chunks import VersionLabels
from footnote.retrieval.erasure import RetrievalErasure
from footnote.retrieval.index_versions import IndexVersions
from footnote.retrieval.outbox import IndexOutbox, LabelsOf
from footnote.retrieval.ports import Embedder, SearchIndex
from footnote.retrieval.search import HybridSearch
from footnote.retrieval.service import SearchService
from footnote.retrieval.store import ChunkStore

_EMBEDDING_NICENESS = 10
_EMBEDDING_IDLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Application:
    """The wired product, without any HTTP."""

    settings: Settings
    database: Database
    clock: Clock
    bus: EventBus
    feed: ChangeFeed
    identity: IdentityService
    jobs: JobService
    runner: JobRunner
    library: LibraryService
    collections: CollectionService
    uploads: UploadService
    deletion: DeletionService
    storing: StoringService
    search: SearchService
    index_versions: IndexVersions
    outbox: IndexOutbox
    index: SearchIndex
    ingestion: IngestionService
    conversations: ConversationService
    runs: RunService
    housekeeping: Housekeeping
    profile: Profile
    metrics: Metrics

    def provided(self) -> dict[type, object]:
        """Return what routers may ask for, by type."""
        instances: tuple[object, ...] = (
            self.bus, self.feed, self.identity, self.jobs, self.library, self.collections, self.uploads, self.deletion,
            self.search, self.ingestion, self.conversations, self.runs, self.profile,
        )  # fmt: skip
        return {type(instance): instance for instance in instances}


@asynccontextmanager
async def application(
    settings: Settings, *, clock: Clock | None = None, metrics: Metrics | None = None
) -> AsyncIterator[Application]:
    """Build everything, bring the database up to date, and take it all down again in the opposite order."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    all_tables()
    database = open_database(settings.database_url, settings.data_dir)
    parsers = create_parser_runner(
        children=settings.child_processes, memory_bytes=settings.child_memory_bytes,
        seconds_per_page=settings.child_task_seconds,
    )  # fmt: skip
    shaping = ChildPool(size=settings.child_processes, task_timeout_seconds=settings.child_task_seconds, nice=5)
    embedding = ChildPool(
        size=settings.child_processes, task_timeout_seconds=settings.child_task_seconds, nice=_EMBEDDING_NICENESS,
        idle_seconds=_EMBEDDING_IDLE_SECONDS,
    )  # fmt: skip
    embedder = _create(EMBEDDERS, settings.embedder, settings, embedding)
    index = _create(SEARCH_INDEXES, settings.search_index, settings)
    model: ChatModel | None = _create(CHAT_MODELS, "openai", settings) if settings.answers_with_model else None
    try:
        await migrate(database)
        yield _wire(
            settings, clock or SystemClock(), database, parsers, shaping, embedder, index, model, metrics or Metrics()
        )
    finally:
        if model is not None:
            await model.close()
        for pool in (embedding, shaping):
            await pool.close()
        await parsers.close()
        await index.close()
        await database.close()


def _wire(
    settings: Settings,
    clock: Clock,
    database: Database,
    parsers: Any,
    shaping: ChildPool,
    embedder: Embedder,
    index: SearchIndex,
    model: ChatModel | None,
    metrics: Metrics,
) -> Application:
    bus = EventBus()
    identity = IdentityService(database, clock)
    feed = ChangeFeed(database, clock, bus)
    handlers: dict[str, JobHandler] = {}
    jobs = JobService(
        database, clock, feed, bus, InProcessJobQueue(bus), handlers, max_attempts=settings.job_max_attempts
    )
    blobs: BlobStore = _create(BLOB_STORES, "folder", settings)
    blob_lock = asyncio.Lock()
    storing = StoringService(database, clock)
    library = LibraryService(database, clock, feed, jobs, blobs, parsers)
    participants: list[ErasureParticipant] = []
    deletion = DeletionService(database, clock, feed, jobs, blobs, blob_lock, participants)
    collections = CollectionService(database, clock, feed, deletion)
    chunks = ChunkStore(database)
    versions = IndexVersions(database, clock, index, embedder=embedder.identity.key)
    outbox = IndexOutbox(database, clock, index, versions, chunks, _labels(storing))
    participants.append(RetrievalErasure(outbox))
    search = SearchService(
        database, clock, HybridSearch(index, embedder), index, versions, outbox, chunks, library, collections, storing
    )
    shaper = create_shaper(settings, shaping)
    chunking = ChunkStep(storing, shaper, chunks, default_preset=settings.chunk_preset)
    vectors = VectorMaker(chunks, embedder)
    steps: dict[str, Step] = {
        "parse": ParseStep(database, storing, blobs, parsers, _parse_options(settings)),
        "structure": StructureStep(database, storing, shaper, ocr_languages=settings.ocr_languages),
        "chunk": chunking, "embed": EmbedStep(vectors), "index": IndexStep(storing, chunks, outbox, vectors),
    }  # fmt: skip
    reindexing = ReindexHandler(storing, versions, outbox, vectors)
    retitling = RetitleHandler(storing, chunking, chunks, embedder, outbox)
    for handler in (IngestHandler(storing, feed, steps), reindexing, retitling):
        handlers[handler.kind] = handler
    runner = JobRunner(
        database, clock, bus, feed, jobs, handlers, concurrency=settings.job_concurrency,
        lease_seconds=settings.job_lease_seconds, sole_owner=database.is_sqlite,
    )  # fmt: skip
    sources = SourceService(clock)
    participants.append(ChatErasure(sources))
    engines = _engines(model, embedder)
    chat_ports = ChatPorts(
        search, library, storing, engines, settings.retrieval_top_k, settings.unsupported_sentences == "drop"
    )
    run_log = RunLog(database, clock, sources, kept_for=timedelta(days=settings.run_log_days))
    answers = AnswerStore(database, clock, collections, sources, run_log)
    return Application(
        settings=settings, database=database, clock=clock, bus=bus, feed=feed, identity=identity, jobs=jobs,
        runner=runner, library=library, collections=collections,
        uploads=UploadService(
            database, clock, feed, jobs, blobs, blob_lock, parsers, settings.ocr_languages, settings.max_upload_bytes
        ),
        deletion=deletion,
        storing=storing,
        search=search,
        index_versions=versions,
        outbox=outbox,
        index=index,
        ingestion=IngestionService(database, library, jobs, outbox),
        conversations=ConversationService(database, clock, collections, sources),
        runs=RunService(database, clock, answers, chat_ports),
        housekeeping=_housekeeping(feed, run_log, identity),
        profile=_profile(settings, engines),
        metrics=metrics,
    )  # fmt: skip


def _housekeeping(feed: ChangeFeed, run_log: RunLog, identity: IdentityService) -> Housekeeping:
    return Housekeeping(
        {"change events": feed.prune, "run events": run_log.prune, "sessions and codes": identity.forget_expired}
    )


def _profile(settings: Settings, engines: dict[str, AnswerEngine]) -> Profile:
    return Profile(
        version=__version__, answer_model=engines["default"].name, ocr_languages=list(settings.ocr_languages)
    )


def _engines(model: ChatModel | None, embedder: Embedder) -> dict[str, AnswerEngine]:
    local = LocalAnswerEngine(LocalEngine(embedder=embedder.identity.name))
    return {LOCAL_MODEL_NAME: local, "default": ModelAnswerEngine(model, local) if model is not None else local}


def _labels(storing: StoringService) -> LabelsOf:
    async def labels_of(organisation_id: OrganisationId, version_id: VersionId) -> VersionLabels | None:
        version = await storing.labels(organisation_id, version_id)
        if version is None:
            return None
        return VersionLabels(version.document_id, version.id, version.collection_id, version.title, version.media_type)

    return labels_of


def _parse_options(settings: Settings) -> ParseOptions:
    return ParseOptions(ocr_languages=settings.ocr_languages, max_pages=settings.max_pages)


def _create(registry: Any, name: str, settings: Settings, *args: object) -> Any:
    """Import and build what the registry has under the name; SDKs are imported only here, when chosen."""
    if name not in registry:
        known = ", ".join(sorted(registry))
        raise ValueError(f"There is no adapter named {name!r}; there are: {known}.")
    module, _, function = registry[name].partition(":")
    create: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return create(settings, *args)
