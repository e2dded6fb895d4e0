"""The parsers' runner for the server: every call goes to a child process with hard limits."""

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import structlog

from footnote.adapters.document_parsers import in_child
from footnote.ingestion.ports import ParsedHead, ParsedPage, ParseOptions
from footnote.kit.children import ChildDied, ChildPool
from footnote.kit.errors import Defect, InvalidInput

log = structlog.get_logger(__name__)

_MESSAGES = {
    "crashed": ("parser_crashed", "The file could not be read, because the reader crashed on it."),
    "out_of_memory": (
        "out_of_memory",
        "The file could not be read, because reading it takes more memory than allowed.",
    ),
    "time_limit": ("time_limit", "The file could not be read, because reading it takes longer than allowed."),
}


class SandboxedParserRunner:
    """Implements ParserRunner over three pools: reading whole documents, a first look at files, pictures of pages.

    A document occupies its child until its last page, and a hostile file its first look until the limit. Neither an
    upload nor someone who looks at a page waits for the first, and who looks at a page does not wait for the second.
    """

    def __init__(self, *, reading: ChildPool, first_look: ChildPool, viewing: ChildPool) -> None:
        self._reading = reading
        self._first_look = first_look
        self._viewing = viewing

    async def detect(self, path: Path, filename: str) -> str:
        """Return the media type by content; UnsupportedFormat, or InvalidInput for an empty or broken container."""
        with _refusals():
            return await self._first_look.run(in_child.detect, path, filename)

    async def head(self, path: Path, media_type: str, options: ParseOptions) -> ParsedHead:
        """Return the page count and the document's own metadata."""
        with _refusals():
            return await self._first_look.run(in_child.head, path, media_type, options)

    async def pages(
        self, path: Path, media_type: str, options: ParseOptions, *, first_page: int = 1
    ) -> AsyncIterator[ParsedPage]:
        """Yield pages in order from `first_page`; closing the iterator early kills the child that reads."""
        with _refusals():
            stream = self._reading.stream(in_child.pages, path, media_type, options, first_page)
            async with aclosing(stream):
                async for page in stream:
                    yield page

    async def render(self, path: Path, media_type: str, page: int, *, scale: float) -> bytes:
        """Return one page as PNG; NotFound `no_pages` or `no_such_page`."""
        with _refusals():
            return await self._viewing.run(in_child.render, path, media_type, page, scale)

    async def close(self) -> None:
        """End all children."""
        for pool in (self._reading, self._first_look, self._viewing):
            await pool.close()


def create_parser_runner(
    *,
    children: int = 2,
    memory_bytes: int = 2 * 1024**3,
    seconds_per_page: float = 120.0,
    seconds_for_first_look: float = 10.0,
    recycle_after_documents: int = 20,
    idle_seconds: float = 20.0,
) -> SandboxedParserRunner:
    """Return a runner with the product's usual limits.

    children: documents read at once. memory_bytes: address space of each child. seconds_per_page: wall clock, and
    CPU time, that one page may take. seconds_for_first_look: the same for telling a file's type or its metadata, which
    others wait for; a file that takes longer is refused with `time_limit`.
    """

    def pool(size: int, nice: int, seconds: float) -> ChildPool:
        return ChildPool(
            size=size,
            task_timeout_seconds=seconds,
            memory_bytes=memory_bytes,
            cpu_seconds=math.ceil(seconds),
            recycle_after_tasks=recycle_after_documents,
            nice=nice,
            idle_seconds=idle_seconds,
            without_network=True,
        )

    return SandboxedParserRunner(
        reading=pool(children, nice=5, seconds=seconds_per_page),
        first_look=pool(1, nice=0, seconds=min(seconds_for_first_look, seconds_per_page)),
        viewing=pool(1, nice=0, seconds=seconds_per_page),
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a child's death, or a fault of a parser, into the refusal of this one file."""
    try:
        yield
    except ChildDied as error:
        log.warning("document_parser.child_died", reason=error.reason)
        code, message = _MESSAGES[error.reason]
        raise InvalidInput(message, code=code) from error
    except Defect as error:
        log.exception("document_parser.failed", origin=" ".join(getattr(error, "__notes__", ())))
        raise InvalidInput(_MESSAGES["crashed"][1], code="parser_crashed") from error
