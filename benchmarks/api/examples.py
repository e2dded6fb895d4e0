"""The example library through the API: are its questions answered, and is every citation of every answer true?"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.answers.citations import CitationChecker
from benchmarks.answers.fitting import auroc
from benchmarks.api.documents import ApiDocuments
from benchmarks.context import BenchContext
from benchmarks.machine import ROOT
from benchmarks.report import PartResult, Table
from benchmarks.server import Client, running_server

_LIBRARY = ROOT / "examples" / "library"
_QUESTIONS = ROOT / "examples" / "questions.jsonl"
_UNANSWERABLE = "unanswerable"


@dataclass(slots=True)
class _Kind:
    """Answers to one kind of question."""

    asked: int = 0
    in_first_two: int = 0
    abstained: int = 0
    confidences: list[float] = field(default_factory=list)


async def run(context: BenchContext) -> PartResult:
    """Read the example files, ask every question, and read every cited box of the printed PDFs by another parser."""
    result = PartResult("examples", "The example library, through the API")
    questions = [json.loads(line) for line in _QUESTIONS.read_text(encoding="utf-8").splitlines()]
    if context.quick:
        questions = questions[::6]
    context.say("asking about the example library")
    kinds: dict[str, _Kind] = defaultdict(_Kind)
    with TemporaryDirectory(prefix="footnote-bench-") as folder, running_server(Path(folder)) as server:
        printed = _read_library(server.client)
        checker = CitationChecker(ApiDocuments(server.client), digital_files=printed)
        for question in questions:
            message = server.client.ask(question["question"])
            checker.check(message)
            _count(kinds[question["kind"]], question, message)
    count = checker.count
    known = [c for name, kind in kinds.items() if name != _UNANSWERABLE for c in kind.confidences]
    score = auroc(np.array(known, float), np.array(kinds[_UNANSWERABLE].confidences, float))
    result.figures = {
        "kinds": {name: _figures(kind) for name, kind in sorted(kinds.items())}, "auroc": round(score, 4),
        "citations": count.citations, "quotes_true": count.quotes_true, "boxed": count.boxed,
        "boxes_true": count.boxes_true, "sentences_without_source": count.sentences_without_source,
    }  # fmt: skip
    rows = [[name, kind.asked, kind.in_first_two, kind.abstained] for name, kind in sorted(kinds.items())]
    note = f"Abstention AUROC over all kinds against the unanswerable ones: {score:.3f}."
    result.tables.append(Table(["kind of question", "asked", "gold in first two sentences", "abstained"], rows, note))
    cited = [count.sentences, count.sentences_without_source, count.citations, count.quotes_true, count.boxed,
             count.boxes_true]  # fmt: skip
    columns = ["sentences", "without a source", "citations", "quotes true", "with boxes on printed pages",
               "boxes true by pdfminer.six"]  # fmt: skip
    result.tables.append(Table(columns, [cited]))
    result.notes += count.wrong
    return result


def _read_library(client: Client) -> frozenset[str]:
    """Add every example file and return the names of the PDFs that are printed, not scanned."""
    ids = [client.upload(file.name, file.read_bytes()) for file in sorted(_LIBRARY.iterdir())]
    read = [client.wait_until_read(document_id) for document_id in ids]
    client.wait_until_idle()
    return frozenset(
        document.filename
        for document in read
        if document.filename.endswith(".pdf") and not document.filename.startswith("scan-")
    )


def _count(kind: _Kind, question: Mapping[str, Any], message: Mapping[str, Any]) -> None:
    shown = " ".join(sentence["text"] for sentence in message["sentences"][:2] if sentence["sources"]).casefold()
    kind.asked += 1
    kind.abstained += message["abstained"]
    kind.confidences.append(float(message["confidence"] or 0))
    kind.in_first_two += any(answer.casefold() in shown for answer in question.get("answers", []))


def _figures(kind: _Kind) -> dict[str, int]:
    return {"asked": kind.asked, "in_first_two": kind.in_first_two, "abstained": kind.abstained}
