"""Structured logs on standard error: one event name, facts as keywords, the request's id bound once."""

import logging
import sys

import structlog

from footnote.kit.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Set up structlog and let the libraries' own log lines flow through it."""
    is_terminal = sys.stderr.isatty()
    is_readable = settings.log_format == "console" or (settings.log_format == "auto" and is_terminal)
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=is_terminal) if is_readable else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in ("uvicorn.access", "alembic", "httpx", "httpx2", "aiosqlite", "sse_starlette"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
