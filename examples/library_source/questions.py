"""Reads the question set and checks that each answer stands where the question says.

A scan has no text layer, so its answers are looked for in the text from which it was made.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pypdfium2
from docx import Document

from library_source.catalogue import TEXTS

KINDS = ("fact", "table", "list", "scan", "cross-language", "multi-sentence", "unanswerable")
_TEXT_BEHIND_SCAN = {
    "scan-skellig-bearings-letter.pdf": "skellig-letter.txt",
    "scan-weserlicht-brief.pdf": "weserlicht-brief.txt",
}
# For these kinds every answer string is a part of the full answer; for the others any single one will do.
_NEEDS_ALL = ("list", "multi-sentence")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of questions.jsonl; page counts from 1 and is None for formats without pages."""

    id: str
    question: str
    language: str
    answers: tuple[str, ...]
    document: str | None
    page: int | None
    kind: str


def read_questions(path: Path) -> list[Question]:
    """All questions in order. Raises msgspec.ValidationError on a line of another shape."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [msgspec.convert(json.loads(line), type=Question) for line in lines if line.strip()]


def find_problems(path: Path, library: Path) -> list[str]:
    """One sentence for each question that is not right; empty if all are."""
    questions = read_questions(path)
    problems = []
    if len({question.id for question in questions}) != len(questions):
        problems.append("Two questions share an id.")
    for question in questions:
        problems += [f"{question.id}: {problem}" for problem in _problems_of(question, library)]
    return problems


def _problems_of(question: Question, library: Path) -> list[str]:
    if question.kind not in KINDS:
        return [f"the kind {question.kind!r} is unknown."]
    if question.kind == "unanswerable":
        return [] if not question.answers and question.document is None else ["an unanswerable question has no answer."]
    if question.document is None or not (library / question.document).exists():
        return [f"the document {question.document!r} does not exist."]
    if (question.page is None) == question.document.endswith(".pdf"):
        return ["a question on a PDF names a page, and only such a question does."]
    text = _normalise(_text_of(library / question.document, question.page))
    found = [_normalise(answer) in text for answer in question.answers]
    if not found or not (all(found) if question.kind in _NEEDS_ALL else any(found)):
        missing = [answer for answer, is_found in zip(question.answers, found, strict=True) if not is_found]
        return [f"not found in {question.document}, page {question.page}: {missing}"]
    return []


def _text_of(path: Path, page: int | None) -> str:
    if path.name in _TEXT_BEHIND_SCAN:
        return (TEXTS / _TEXT_BEHIND_SCAN[path.name]).read_text(encoding="utf-8")
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        try:
            return str(document[(page or 1) - 1].get_textpage().get_text_range())
        finally:
            document.close()
    if path.suffix == ".docx":
        body = Document(str(path)).element.body
        return "\n".join(
            "".join(node.text or "" for node in block.iter() if node.tag.endswith("}t"))
            for block in body.iter()
            if block.tag.endswith("}p")
        )
    text = path.read_text(encoding="utf-8")
    return re.sub(r"<[^>]+>", " ", text) if path.suffix == ".html" else text


def _normalise(text: str) -> str:
    """Lower case, one blank between words, words joined that were broken at the end of a line."""
    # PDFium reports a hyphen at the end of a line as U+FFFE or U+0002.
    joined = re.sub(r"[\ufffe\u0002\u00ad]\s*|(?<=\w)-\r?\n(?=[a-zäöüáéíóúñ])", "", text)
    plain = (
        joined.replace("&nbsp;", " ").replace("&deg;", "°").replace("&middot;", "·").replace("**", "").replace("`", "")
    )
    return re.sub(r"\s+", " ", plain).strip().lower()
