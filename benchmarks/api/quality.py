"""Quality through the API: ranking on the labelled sets, and the local engine's answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.answers.answer_sets import LANGUAGES, AnswerSet, read_answer_set
from benchmarks.answers.citations import CitationChecker
from benchmarks.answers.fitting import auroc
from benchmarks.api.documents import ApiDocuments
from benchmarks.api.search import ApiSearchSystem
from benchmarks.api.sets import ingested
from benchmarks.context import BenchContext
from benchmarks.report import PartResult, Table
from benchmarks.retrieval.datasets import SourceDocument, load_set, load_spans, set_names
from benchmarks.retrieval.embedding_cache import CachedEmbedder
from benchmarks.retrieval.quality import MODES, measure_set, measure_spans
from footnote.adapters.embedders.minilm import MiniLmEmbedder, model_folder


async def run_retrieval(context: BenchContext) -> PartResult:
    """Measure every labelled set and the spans, with the plain baselines in the same run."""
    result = PartResult("retrieval", "Retrieval quality, through the API")
    inner = MiniLmEmbedder(model_folder("int8"))
    embedder = CachedEmbedder(inner, context.cache / "embeddings.sqlite")
    for name in ["xquad-en"] if context.quick else set_names():
        context.say(f"retrieval on {name}")
        system = ApiSearchSystem(context.cache, name)
        try:
            found = await measure_set(load_set(name, context.data), system, embedder, 40 if context.quick else None)
        finally:
            await system.close()
        result.figures[name] = found
        result.tables.append(_ranking_table(found))
    if not context.quick:
        context.say("retrieval of spans")
        system = ApiSearchSystem(context.cache, "chunk-spans")
        try:
            found = await measure_spans(*load_spans(context.data), system, inner.count_tokens)
        finally:
            await system.close()
        result.figures["chunk-spans"] = found
        result.tables.append(_span_table(found))
    return result


async def run_answers(context: BenchContext) -> PartResult:
    """Ask the local engine every question, answerable or not, and check each citation."""
    result = PartResult("answers", "Answers of the local engine, through the API")
    rows = []
    for language in LANGUAGES[:1] if context.quick else LANGUAGES:
        context.say(f"answers in {language}")
        figures = _answers(context, read_answer_set(context.data, language, titled=True))
        result.figures[language] = figures
        rows.append([language, *figures.values()])
    columns = ["language", "questions", "gold in first two sentences", "in any", "abstained, answerable",
               "abstained, unanswerable", "abstention AUROC", "citations checked", "quotes true"]  # fmt: skip
    result.tables.append(Table(columns, rows))
    return result


def _answers(context: BenchContext, answers: AnswerSet) -> dict[str, Any]:
    documents = [SourceDocument(d.document_id, d.title, d.text) for d in answers.documents]
    limit = 40 if context.quick else None
    questions, unanswerable = answers.questions[:limit], answers.unanswerable[:limit]
    with ingested(context.cache, f"xquad-{answers.language}", documents) as held:
        client = held.server.client
        messages = [client.ask(question.text) for question in questions]
        refused = [client.ask(text) for text in unanswerable]
        checker = CitationChecker(ApiDocuments(client))
        for message in (*messages, *refused):
            checker.check(message)
    pairs = list(zip(messages, [question.answer for question in questions], strict=True))
    known, unknown = (np.array([m["confidence"] or 0 for m in group], float) for group in (messages, refused))
    return {
        "questions": len(questions),
        "in_first_two": round(float(np.mean([_holds(m, gold, 2) for m, gold in pairs])), 4),
        "in_any": round(float(np.mean([_holds(m, gold, None) for m, gold in pairs])), 4),
        "abstained_answerable": round(float(np.mean([m["abstained"] for m in messages])), 4),
        "abstained_unanswerable": round(float(np.mean([m["abstained"] for m in refused])), 4) if refused else None,
        "auroc": round(auroc(known, unknown), 4) if refused else None,
        "citations": checker.count.citations,
        "quotes_true": checker.count.quotes_true,
    }


def _holds(message: Any, gold: str, sentences: int | None) -> bool:
    cited = [sentence["text"] for sentence in message["sentences"] if sentence["sources"]]
    return gold.casefold() in " ".join(cited[:sentences]).casefold()


def _ranking_table(found: dict[str, Any]) -> Table:
    rows = []
    for name, values in found["scores"].items():
        against = found["hybrid_against"].get(name)
        rows.append([name, *(f"{value:.3f}" for value in values), _interval(against) if against else ""])
    head = f"{found['set']}, {found['questions']} questions"
    columns = [head, "nDCG@10", "recall@5", "recall@10", "hybrid better by"]
    return Table(columns, rows)


def _span_table(found: dict[str, Any]) -> Table:
    depths = list(found[MODES[0]])
    rows = [[mode, *(" / ".join(f"{v:.3f}" for v in found[mode][depth]) for depth in depths)] for mode in MODES]
    columns = [f"spans, {found['questions']} questions", *(f"at {depth}" for depth in depths)]
    return Table(columns, rows, "Recall / precision / IoU of characters.")


def _interval(values: Sequence[float]) -> str:
    return f"{values[0]:+.3f} [{values[1]:+.3f}, {values[2]:+.3f}]"
