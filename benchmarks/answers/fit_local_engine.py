"""Fits the local engine's weights on the labelled set and writes `chat/answering/selection/weights.json`.

    python -m benchmarks.answers.fit_local_engine --cache /tmp/embeddings.sqlite [--write]

Prints what the fit reaches on articles it has not seen (six folds by article) and on languages it has not seen, and
only with --write touches the shipped file.
"""

import argparse
import itertools
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.answers.answer_sets import (
    LANGUAGES,
    AnsweredQuestion,
    documents_of_topic,
    read_answer_set,
    without_answer,
)
from benchmarks.answers.fitting import Array, auroc, fit_logistic, fit_ranking
from benchmarks.answers.library import BenchLibrary
from benchmarks.retrieval.datasets import data_folder
from footnote.chat.answering import selection
from footnote.chat.answering.selection.candidates import Candidate, line_up
from footnote.chat.answering.selection.confidence import EVIDENCE, evidence
from footnote.chat.answering.selection.features import FEATURES, Measured
from footnote.chat.answering.selection.question import Question, read_question
from footnote.chat.passages import Passage
from footnote.kit.geometry import Span

EMBEDDER = "all-minilm-l6-v2"
EMBEDDER_LANGUAGES = ("en",)
SET_NAME = "xquad-half en de es ar"
FOLDS = 6
KINDS = {"answerable": 1.0, "topic_absent": 0.4, "paragraph_absent": 0.4, "fact_absent": 0.2}
"""What a question is tried against, and how much each try counts in fitting the confidence."""
LOST_ANSWERS = 0.01
"""The threshold is set where it costs this share of the right answers."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One question against one choice of passages."""

    language: str
    topic: str
    kind: str
    question: Question
    candidates: Sequence[Candidate]
    measured: Measured
    is_place: Array
    holds_answer: Array


def main() -> None:
    """Fit, report, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="file that keeps embeddings between runs")
    parser.add_argument("--write", action="store_true", help="write the weights into the source tree")
    options = parser.parse_args()
    trials = [trial for language in LANGUAGES for trial in _trials(language, options.cache)]
    answerable = [t for t in trials if t.kind == "answerable"]
    _report_ranking(answerable)
    ranking = _ranking(answerable)
    calibrations = {
        EMBEDDER: _calibrate(trials, ranking, EMBEDDER_LANGUAGES),
        "": _calibrate(trials, ranking, [x for x in LANGUAGES if x not in EMBEDDER_LANGUAGES]),
    }
    if options.write:
        content = {
            "ranking": {name: round(float(w), 4) for name, w in zip(FEATURES, ranking, strict=True)},
            "embedder_languages": {EMBEDDER: list(EMBEDDER_LANGUAGES)},
            "calibrations": calibrations,
        }
        target = Path(next(iter(selection.__path__))) / "weights.json"
        target.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _trials(language: str, cache: Path) -> Iterator[Trial]:
    answers = read_answer_set(data_folder(), language)
    library = BenchLibrary(cache=cache)
    library.add(answers.documents, language=answers.language)
    for question in answers.questions:
        passages, found = library.find(question.text)
        choices = {
            "answerable": passages,
            "topic_absent": library.find(question.text, without=documents_of_topic(answers, question.topic))[0],
            "paragraph_absent": library.find(question.text, without=[question.document_id])[0],
            "fact_absent": without_answer(passages, question),
        }
        for kind, choice in choices.items():
            if (trial := _trial(question, language, found, kind, choice)) is not None:
                yield trial
    for text in answers.unanswerable:
        passages, found = library.find(text)
        blank = AnsweredQuestion(text, "\0", "", Span(0, 0), "")
        if (trial := _trial(blank, language, found, "unanswerable", passages)) is not None:
            yield trial


def _trial(
    asked: AnsweredQuestion, language: str, found: str | None, kind: str, passages: Sequence[Passage]
) -> Trial | None:
    question = read_question(asked.text, found)
    candidates = line_up(passages, found)
    if not candidates:
        return None
    measured = Measured(question, candidates, uses_dense=language in EMBEDDER_LANGUAGES)
    place = [
        c.passage.document_id == asked.document_id
        and c.span.start <= asked.place.start + 2
        and asked.place.end - 2 <= c.span.end
        for c in candidates
    ]
    holds = [asked.answer.lower() in c.text.lower() for c in candidates]
    return Trial(
        language, asked.topic, kind, question, candidates, measured, np.array(place, float), np.array(holds, float)
    )


def _ranking(trials: Sequence[Trial]) -> Array:
    return fit_ranking([(t.measured.features, t.is_place) for t in trials])


def _folds(trials: Sequence[Trial]) -> list[frozenset[str]]:
    topics = sorted({t.topic for t in trials if t.topic})
    np.random.default_rng(0).shuffle(topics)
    return [frozenset(topics[n::FOLDS]) for n in range(FOLDS)]


def _report_ranking(trials: Sequence[Trial]) -> None:
    print("share with the answer in the first 1 / 2 / 4 sentences, and anywhere")
    unseen: dict[str, list[list[float]]] = {language: [] for language in LANGUAGES}
    for held in _folds(trials):
        weights = _ranking([t for t in trials if t.topic not in held])
        for trial in trials:
            if trial.topic in held:
                unseen[trial.language].append(_hits(trial, weights))
    for language in LANGUAGES:
        weights = _ranking([t for t in trials if t.language != language])
        foreign = [_hits(t, weights) for t in trials if t.language == language]
        print(f"  {language}  unseen articles {np.mean(unseen[language], 0).round(3)}"
              f"  unseen language {np.mean(foreign, 0).round(3)}")  # fmt: skip


def _hits(trial: Trial, weights: Array) -> list[float]:
    order = np.argsort(-(trial.measured.features @ weights), kind="stable")
    return [float(trial.holds_answer[order[:n]].max()) for n in (1, 2, 4, len(order))]


def _calibrate(trials: Sequence[Trial], ranking: Array, languages: Collection[str]) -> dict[str, object]:
    """Fit the confidence: does the answer stand in the two best sentences?"""
    here = [t for t in trials if t.language in languages]
    uses_dense = set(languages) <= set(EMBEDDER_LANGUAGES)
    facts, hits = [], []
    for trial in here:
        scores = trial.measured.features @ ranking
        facts.append(evidence(trial.question, trial.candidates, trial.measured, scores, uses_dense=uses_dense))
        top = np.argsort(-scores, kind="stable")[:2]
        hits.append(float(trial.kind == "answerable" and trial.holds_answer[top].max() > 0))
    x, y = np.array(facts), np.array(hits)
    importance = np.array([KINDS.get(t.kind, 0.0) for t in here])
    unseen = np.zeros(len(here))
    for held in [*_folds(here), frozenset({""})]:
        learn = np.array([t.topic not in held and bool(t.topic) for t in here])
        weights, bias = fit_logistic(x[learn], y[learn], importance[learn])
        rest = np.array([t.topic in held for t in here])
        unseen[rest] = 100.0 / (1.0 + np.exp(-(x[rest] @ weights + bias)))
    threshold = float(np.quantile(unseen[y > 0], LOST_ANSWERS))
    _report_calibration(here, unseen, y, threshold)
    weights, bias = fit_logistic(x[importance > 0], y[importance > 0], importance[importance > 0])
    return {
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(EVIDENCE, weights, strict=True)},
        "threshold": round(threshold, 1),
        "fitted_on": SET_NAME,
        "fitted_at": datetime.now(UTC).date().isoformat(),
    }


def _report_calibration(trials: Sequence[Trial], confidence: Array, hits: Array, threshold: float) -> None:
    kinds = np.array([t.kind for t in trials])
    for language in sorted({t.language for t in trials}):
        here = np.array([t.language == language for t in trials])
        known = confidence[here & (kinds == "answerable")]
        line = [f"confidence {language}: threshold {threshold:.1f}, answerable kept {np.mean(known >= threshold):.3f}"]
        for kind in ("unanswerable", "topic_absent", "paragraph_absent", "fact_absent"):
            other = confidence[here & (kinds == kind)]
            if len(other):
                line.append(f"{kind} AUROC {auroc(known, other):.3f}, refused {np.mean(other < threshold):.3f}")
        print("; ".join(line))
    edges = [0, 20, 40, 60, 80, 101]
    for low, high in itertools.pairwise(edges):
        inside = (kinds == "answerable") & (confidence >= low) & (confidence < high)
        if inside.any():
            print(f"    said {low}-{min(high, 100)}: {inside.sum()} questions, right {hits[inside].mean():.2f}")


if __name__ == "__main__":
    main()
