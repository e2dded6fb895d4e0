"""Every call that reads or writes rows says for whom: there is no way to forget whose they are."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import Source, package

DOMAINS = ("documents", "jobs", "retrieval", "ingestion", "chat")
SAYS_FOR_WHOM = ("Principal", "OrganisationId", "organisation_id", "StepContext", "ClaimedJob")

FOR_ALL = {
    "chat.erasure": {"withdraw_from_log": "called inside the erasing transaction, for the Sources found in it"},
    "chat.runs.answer_store": {
        "abandoned": "looks for runs of whoever's, whose process is gone",
        "keep_alive": "the runs that live in this process",
        "fail_from_log": "ends what `abandoned` found",
    },
    "chat.runs.run_log": {
        "grow": "the log of a run in the making, by its own task",
        "add": "as grow, in the transaction that holds the run's row",
        "logged": "of a run that the caller has found by its principal",
        "replay": "of a run that the caller has found by its principal",
        "last_seq": "of a run that the caller has found by its principal",
        "prune": "what is old enough, of whoever it is",
    },
    "chat.runs.service": {
        "recover_at_start": "what a crash left, of whoever it is",
        "watch": "signs of life of this process",
        "close": "everything that runs in this process",
    },
    "documents.service.uploads": {"discard": "a staged file is nobody's yet"},
    "jobs.events": {"prune": "what is old enough, of whoever it is"},
    "jobs.repository": {
        "views": "rows that the caller has found by its principal",
        "claim_next": "the worker takes the next job, of whoever it is, in fair order",
        "update_step": "the worker's own job, fenced by its lease",
        "update_job": "the worker's own job, fenced by its lease",
        "steps_of": "the worker's own job",
    },
    "jobs.runner": {
        "run": "the worker itself",
        "progress": "the worker's own job, fenced by its lease",
        "writing": "the worker's own job, fenced by its lease",
        "write_counts": "the worker's own job, fenced by its lease",
    },
    "jobs.service": {
        "end": "a row that the caller holds",
        "emit": "a job that the caller holds",
        "counts": "figures for the operator, without whose they are",
    },
    "retrieval.index_versions": {
        "abandon": "called for an index version that the caller's job is about",
        "limit_to_words": "takes the index version itself",
        "organisations": "the feeder's list of whose index may lag",
        "count_by_words_only": "a figure for the operator, without whose they are",
    },
    "retrieval.outbox": {
        "run": "the feeder itself",
        "behind": "figures for the operator, without whose they are",
    },
}
"""Module -> what in it is for no one organisation, each with its reason."""


def test_what_touches_rows_is_told_whose() -> None:
    astray = {
        (source.name.removeprefix("footnote."), function.name)
        for source in _storing()
        for function in _public(source)
        if not any(word in _signature(function) for word in SAYS_FOR_WHOM)
    }
    allowed = {(module, name) for module, names in FOR_ALL.items() for name in names}
    assert sorted(astray - allowed) == []
    assert sorted(allowed - astray) == [], "an exception that nothing needs"


def _storing() -> Iterator[Source]:
    for source in package():
        parts = source.name.split(".")
        is_storing = any(
            isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith(("sqlalchemy.ext.asyncio", "footnote.db.engine"))
            for node in ast.walk(source.tree)
        )
        if (
            len(parts) > 1
            and parts[1] in DOMAINS
            and is_storing
            and parts[-1] not in ("models", "ports", "schemas", "router")
        ):
            yield source


def _public(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield functions and methods that somebody else may call and that can wait for the database."""
    for node in source.tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for found in inside:
            if isinstance(found, ast.AsyncFunctionDef) and not found.name.startswith("_"):
                yield found


def _signature(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return ast.unparse(function.args)
