"""The labelled questions with answers, and the harder unanswerable ones made from them."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers.library import LibraryDocument
from footnote.chat.passages import Passage
from footnote.chat.sentences import split_sentences
from footnote.kit.geometry import Span

LANGUAGES = ("en", "de", "es", "ar")


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with its answer's words and their half-open place in one document; `topic` groups documents."""

    text: str
    answer: str
    document_id: str
    place: Span
    topic: str


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """One language's documents and questions; unanswerable ones have their paragraphs in no document here."""

    language: str
    documents: Sequence[LibraryDocument]
    questions: Sequence[AnsweredQuestion]
    unanswerable: Sequence[str]


def read_answer_set(data: Path, language: str, *, titled: bool = False) -> AnswerSet:
    """Read one language of `retrieval/xquad-half`. titled: give documents their article's title, not a number."""
    folder = data / "retrieval" / "xquad-half" / language
    documents = [
        LibraryDocument(row["_id"], row["title"].replace("_", " ") if titled else row["_id"], row["text"])
        for row in _rows(folder / "corpus.jsonl")
    ]
    topics = {row["_id"]: row["title"] for row in _rows(folder / "corpus.jsonl")}
    questions = [
        AnsweredQuestion(
            row["text"], row["answer"], row["doc"],
            Span(row["answer_start"], row["answer_start"] + len(row["answer"])), topics[row["doc"]],
        )
        for row in _rows(folder / "questions.jsonl")
    ]  # fmt: skip
    extra = folder / "unanswerable.jsonl"
    return AnswerSet(language, documents, questions, [row["text"] for row in _rows(extra)] if extra.exists() else [])


def documents_of_topic(answers: AnswerSet, topic: str) -> frozenset[str]:
    """Return the documents of one article."""
    return frozenset(question.document_id for question in answers.questions if question.topic == topic)


def without_answer(passages: Sequence[Passage], question: AnsweredQuestion) -> list[Passage]:
    """Return the passages with the sentence taken out that answers: all is there but the fact."""
    return [p for p in (_cut(passage, question) for passage in passages) if p is not None]


def _cut(passage: Passage, question: AnsweredQuestion) -> Passage | None:
    if passage.document_id != question.document_id:
        return passage
    start = passage.span.start
    kept = [
        passage.text[s.start : s.end]
        for s in split_sentences(passage.text)
        if start + s.end <= question.place.start or start + s.start >= question.place.end
    ]
    text = "".join(kept)
    if not text.strip():
        return None
    return dataclasses.replace(passage, text=text, span=Span(start, start + len(text)), before="", after="")


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
