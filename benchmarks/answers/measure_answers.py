"""Measures whole answers on the labelled set: found, abstained, cited; through anything that can be asked.

python -m benchmarks.answers.measure_answers --cache /tmp/embeddings.sqlite
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.answers.answer_sets import LANGUAGES, AnswerSet, read_answer_set
from benchmarks.answers.fitting import auroc
from benchmarks.answers.library import BenchLibrary
from benchmarks.retrieval.datasets import data_folder
from footnote.chat.answering.local_engine import LocalEngine
from footnote.chat.checking.verification import CitationCheck
from footnote.chat.passages import Verdict
from footnote.kit.geometry import Span


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """One shown sentence: its text, and per source the document, the span in its text and the quote."""

    text: str
    verdict: str
    sources: Sequence[tuple[str, Span, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came back for one question; confidence 0..100; milliseconds without the search."""

    sentences: Sequence[CitedSentence]
    abstained: bool
    confidence: float
    answer_ms: float


class AnswerSystem(Protocol):
    """Whatever answers questions over one set's documents: in process, or a server over REST."""

    def ask(self, question: str) -> Asked:
        """Answer one question."""
        ...


class LocalSystem:
    """The product's search, local engine and check, in this process."""

    def __init__(self, library: BenchLibrary) -> None:
        self._library = library
        self._engine = LocalEngine(embedder=library.embedder_name)

    def ask(self, question: str) -> Asked:
        passages, language = self._library.find(question)
        started = time.perf_counter()
        answer = self._engine.answer(question, passages, language=language)
        check = CitationCheck(passages)
        checked = [check.verify(draft) for draft in answer.sentences]
        spent = (time.perf_counter() - started) * 1000.0
        documents = {p.number: p.document_id for p in passages}
        sentences = [
            CitedSentence(
                c.text,
                c.verdict.value,
                [(documents[x.passage_number], x.span, x.quote) for x in c.citations if x.span is not None],
            )
            for c in checked
            if c.verdict is not Verdict.UNSUPPORTED
        ]
        return Asked(sentences, answer.abstained, answer.confidence, spent)


def measure(answers: AnswerSet, system: AnswerSystem) -> dict[str, float]:
    """Return the figures of one language: shares in 0..1, times in milliseconds."""
    texts = {document.document_id: document.text for document in answers.documents}
    known = [system.ask(question.text) for question in answers.questions]
    unknown = [system.ask(text) for text in answers.unanswerable]
    found = [
        any(question.answer.lower() in sentence.text.lower() for sentence in asked.sentences[:2])
        for question, asked in zip(answers.questions, known, strict=True)
    ]
    quotes = [source for asked in known for sentence in asked.sentences for source in sentence.sources]
    figures = {
        "answer_in_first_two": float(np.mean(found)),
        "answerable_refused": float(np.mean([asked.abstained for asked in known])),
        "citation_precision": _share_true(quotes, texts),
        "sentences_without_source": float(np.mean([not s.sources for asked in known for s in asked.sentences])),
        "answer_and_check_ms_p50": float(np.quantile([asked.answer_ms for asked in known], 0.5)),
        "answer_and_check_ms_p95": float(np.quantile([asked.answer_ms for asked in known], 0.95)),
    }
    if unknown:
        confidences = [np.array([asked.confidence for asked in group]) for group in (known, unknown)]
        figures["abstention_auroc"] = auroc(confidences[0], confidences[1])
        figures["unanswerable_refused"] = float(np.mean([asked.abstained for asked in unknown]))
    return figures


def _share_true(quotes: Sequence[tuple[str, Span, str]], texts: Mapping[str, str]) -> float:
    return float(np.mean([texts[document][span.start : span.end] == quote for document, span, quote in quotes]))


def main() -> None:
    """Print one line per language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="file that keeps embeddings between runs")
    parser.add_argument("--preset", default="kb")
    parser.add_argument("--titled", action="store_true", help="give documents their article's title")
    options = parser.parse_args()
    for language in LANGUAGES:
        answers = read_answer_set(data_folder(), language, titled=options.titled)
        library = BenchLibrary(cache=options.cache, preset_name=options.preset)
        library.add(answers.documents, language=answers.language)
        figures = measure(answers, LocalSystem(library))
        print(language, "  ".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
