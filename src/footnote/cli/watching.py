"""Watching files being read, with true counts."""

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from footnote.cli.client import ApiClient

_FINAL = frozenset({"ready", "failed", "cancelled", "refused"})
_LOOK_SECONDS = 0.4


def wait_until_read(client: ApiClient, results: list[dict[str, Any]], console: Console, *, animated: bool) -> None:
    """Wait until every accepted file is ready, failed or cancelled, and write that into its result."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
    )
    with Progress(*columns, console=console, disable=not animated, transient=True) as bars:
        tasks: dict[str, TaskID] = {}
        while waiting := [result for result in results if result["status"] not in _FINAL]:
            for result in waiting:
                document = client.get(f"/documents/{result['document_id']}")
                result["status"], result["error"] = document["status"], document["error"]
                _show(bars, tasks, result, document["job"])
            if any(result["status"] not in _FINAL for result in results):
                time.sleep(_LOOK_SECONDS)


def _show(bars: Progress, tasks: dict[str, TaskID], result: dict[str, Any], job: dict[str, Any] | None) -> None:
    if job is None:
        return
    task = tasks.get(result["file"])
    if task is None:
        task = tasks[result["file"]] = bars.add_task(result["file"], total=None, unit="")
    progress = job["progress"]
    bars.update(
        task, description=f"{result['file']} · {job['step'] or 'waiting'}", completed=progress["done"],
        total=progress["total"], unit=progress["unit"],
    )  # fmt: skip
    if result["status"] in _FINAL:
        bars.remove_task(task)
