"""What one answer takes apart from a model: finding, assembling, quoting and checking, with the local engine."""

import time

from benchmarks.context import BenchContext
from benchmarks.report import PartResult, Table, as_figures, spread_of
from benchmarks.server import RunningServer, running_server
from benchmarks.speed.filling import filled_folder
from benchmarks.speed.searching import copied, questions

_STEPS = ("retrieve", "assemble", "answer", "verify", "total")
_CHUNKS = 100_000
_QUESTIONS = 150
_WARM_UP = 10


async def run(context: BenchContext) -> PartResult:
    """Ask questions one after the other and collect the timings that each answer carries."""
    size = 10_000 if context.quick else _CHUNKS
    folder = await filled_folder(context.cache, context.data, size)
    asked = questions(context.data, 30 if context.quick else _QUESTIONS)
    context.say(f"answers at {size:,} chunks")
    with copied(folder) as data_dir, running_server(data_dir) as server:
        for text in asked[:_WARM_UP]:
            server.client.ask(text)
        messages, stored = [], []
        for text in asked:
            started = time.perf_counter()
            messages.append(server.client.ask(text))
            stored.append((time.perf_counter() - started) * 1_000)
        streamed = [first_and_last(server, text) for text in asked[: len(asked) // 3]]
    spreads = {step: spread_of([message["timings_ms"][step] for message in messages]) for step in _STEPS}
    spreads["first sentence on screen"] = spread_of([first for first, _ in streamed])
    spreads["whole stream"] = spread_of([last for _, last in streamed])
    spreads["asked until stored"] = spread_of(stored)
    abstained = sum(bool(message["abstained"]) for message in messages)
    result = PartResult("answer-steps", "Steps of one answer, without a model")
    result.figures = {"chunks": size, "abstained": abstained, "ms": as_figures(spreads)}
    rows = [[name, *spread.cells()] for name, spread in spreads.items()]
    note = (
        f"{len(messages)} questions, {abstained} abstained. `total` holds the four steps; the last three rows are "
        "what a client sees; `asked until stored` has a new conversation before and the message read after. "
        "Aim: total p95 <= 60 ms."
    )
    result.tables.append(Table([f"{size:,} chunks", "p50 ms", "p95 ms", "p99 ms"], rows, note))
    return result


def first_and_last(server: RunningServer, text: str) -> tuple[float, float]:
    """Return milliseconds from asking to the first part with text (or the end), and to the end of the stream."""
    conversation = server.client.post("/conversations", {})["id"]
    started = time.perf_counter()
    first: float | None = None
    for line in server.client.stream(f"/conversations/{conversation}/messages", {"text": text, "stream": True}):
        if first is None and '"text-delta"' in line:
            first = (time.perf_counter() - started) * 1_000
    last = (time.perf_counter() - started) * 1_000
    return first or last, last
