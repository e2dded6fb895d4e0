"""Reads the labelled sets from a folder outside the project: documents, questions and what answers them."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DATA_VARIABLE = "FOOTNOTE_BENCH_DATA"
LANGUAGES = ("en", "de", "es", "ar")


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as a person would put it in."""

    document_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its judged documents: id -> grade above 0."""

    question_id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """One test collection; language is ISO 639-1."""

    name: str
    language: str
    documents: Sequence[SourceDocument]
    questions: Sequence[Question]


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    """A question with the half-open character ranges of one document that answer it."""

    text: str
    document_id: str
    spans: Sequence[tuple[int, int]]


def data_folder() -> Path:
    """Return where the sets are: $FOOTNOTE_BENCH_DATA, or ../shared/data beside the project."""
    stated = os.environ.get(DATA_VARIABLE)
    return Path(stated) if stated else Path(__file__).resolve().parents[3] / "shared" / "data"


def set_names() -> list[str]:
    """Return the names of all sets of documents."""
    return ["scifact", "cranfield", *(f"xquad-{language}" for language in LANGUAGES)]


def load_set(name: str, folder: Path) -> LabelledSet:
    """Read one set by name."""
    retrieval = folder / "retrieval"
    if name.startswith("xquad-"):
        return _xquad(retrieval / "xquad-half", name.removeprefix("xquad-"))
    source = retrieval / {"scifact": "scifact-train", "cranfield": "cranfield-even"}[name]
    documents = _documents(source)
    known = {document.document_id for document in documents}
    judged: dict[str, dict[str, int]] = {}
    for line in (source / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")
        if grade.isdigit() and int(grade) > 0 and document in known:
            judged.setdefault(query, {})[document] = int(grade)
    questions = [
        Question(row["_id"], row["text"], judged[row["_id"]])
        for row in _rows(source / "queries.jsonl")
        if row["_id"] in judged
    ]
    return LabelledSet(name, "en", documents, questions)


def load_spans(folder: Path) -> tuple[list[SourceDocument], list[SpanQuestion]]:
    """Read the chunk-span set: five long texts, and questions with exact spans."""
    source = folder / "retrieval" / "chunk-spans"
    documents = [
        SourceDocument(path.stem, "", path.read_text(encoding="utf-8"))
        for path in sorted((source / "corpora").glob("*.md"))
    ]
    questions = [
        SpanQuestion(row["question"], row["corpus"], [(r["start_index"], r["end_index"]) for r in row["references"]])
        for row in _rows(source / "questions.jsonl")
    ]
    return documents, questions


def _xquad(source: Path, language: str) -> LabelledSet:
    documents = _documents(source / language)
    questions = [
        Question(row["_id"], row["text"], {row["doc"]: 1}) for row in _rows(source / language / "questions.jsonl")
    ]
    return LabelledSet(f"xquad-{language}", language, documents, questions)


def _documents(source: Path) -> list[SourceDocument]:
    return [
        SourceDocument(row["_id"], row.get("title", "").replace("_", " "), row["text"])
        for row in _rows(source / "corpus.jsonl")
    ]


def _rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
