"""Measures a system's ranking on labelled sets and its spans on long texts; prints one table.

Run as `python -m benchmarks.retrieval.quality [--sets cranfield,xquad-en] [--chunking kb] [--cache FILE]`.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.retrieval.baselines import baseline_rankings
from benchmarks.retrieval.datasets import (
    LabelledSet,
    SourceDocument,
    SpanQuestion,
    data_folder,
    load_set,
    load_spans,
    set_names,
)
from benchmarks.retrieval.embedding_cache import CachedEmbedder
from benchmarks.retrieval.metrics import bootstrap, ndcg, recall, span_scores
from benchmarks.retrieval.systems import Hit, InProcessSystem, SearchSystem
from footnote.adapters.embedders.minilm import MiniLmEmbedder, model_folder
from footnote.retrieval.ports import Embedder

MODES = ("keyword", "dense", "hybrid")
_CHUNKS_FOR_DOCUMENTS = 100
_TOKEN_BUDGET = 1_000


async def measure_set(
    labelled: LabelledSet, system: SearchSystem, embedder: Embedder, limit: int | None = None
) -> dict[str, object]:
    """Ingest one set, ask every question in every mode, and compare with the baselines of the same run."""
    if limit is not None:
        questions = list(labelled.questions)[:: max(1, len(labelled.questions) // limit)]
        labelled = LabelledSet(labelled.name, labelled.language, labelled.documents, questions)
    await system.ingest(labelled.documents)
    rankings = await baseline_rankings(labelled, embedder)
    for mode in MODES:
        rankings[mode] = [
            _documents(await system.search(question.text, _CHUNKS_FOR_DOCUMENTS, mode))
            for question in labelled.questions
        ]
    scores = {name: _scores(labelled, ranked) for name, ranked in rankings.items()}
    hybrid = scores["hybrid"][:, 0]
    return {
        "set": labelled.name,
        "questions": len(labelled.questions),
        "scores": {name: [round(float(v), 4) for v in rows.mean(axis=0)] for name, rows in scores.items()},
        "hybrid_against": {
            name: [
                round(float((hybrid - rows[:, 0]).mean()), 4),
                *(round(v, 4) for v in bootstrap(hybrid - rows[:, 0])),
            ]
            for name, rows in scores.items()
            if name != "hybrid"
        },
    }


async def measure_spans(
    documents: Sequence[SourceDocument],
    questions: Sequence[SpanQuestion],
    system: SearchSystem,
    count_tokens: Callable[[Sequence[str]], list[int]],
) -> dict[str, object]:
    """Return recall, precision and IoU of characters per mode at 5 and 10 chunks and at 1,000 tokens."""
    await system.ingest(documents)
    result: dict[str, object] = {"set": "chunk-spans", "questions": len(questions)}
    for mode in MODES:
        rows: dict[str, list[tuple[float, float, float]]] = {"5": [], "10": [], "1000 tokens": []}
        for question in questions:
            hits = await system.search(question.text, 50, mode)
            tokens = np.cumsum(count_tokens([hit.text for hit in hits]))
            affordable = max(1, int((tokens <= _TOKEN_BUDGET).sum()))
            for name, depth in (("5", 5), ("10", 10), ("1000 tokens", affordable)):
                rows[name].append(_span_scores(hits[:depth], question))
        result[mode] = {name: [round(float(v), 4) for v in np.mean(values, axis=0)] for name, values in rows.items()}
    return result


def _span_scores(hits: Sequence[Hit], question: SpanQuestion) -> tuple[float, float, float]:
    # Characters of other documents were read in vain: they lie where no answer is.
    far = 10**9
    found = [
        hit.span if hit.document_id == question.document_id else (far, far + hit.span[1] - hit.span[0]) for hit in hits
    ]
    return span_scores(found, question.spans)


def _documents(hits: Sequence[Hit]) -> list[str]:
    return list(dict.fromkeys(hit.document_id for hit in hits))[:10]


def _scores(labelled: LabelledSet, rankings: Sequence[Sequence[str]]) -> np.ndarray:
    return np.array(
        [
            (ndcg(ranked, q.relevant), recall(ranked, q.relevant, 5), recall(ranked, q.relevant, 10))
            for q, ranked in zip(labelled.questions, rankings, strict=True)
        ]
    )


def table(results: Sequence[dict]) -> str:
    """Return the results as text: nDCG@10 / recall@5 / recall@10, then the spans."""
    lines = []
    for result in results:
        lines.append(f"{result['set']} ({result['questions']} questions)")
        if "scores" in result:
            for name, values in result["scores"].items():
                against = result["hybrid_against"].get(name)
                note = f"   hybrid {against[0]:+.4f} [{against[1]:+.4f}, {against[2]:+.4f}]" if against else ""
                lines.append(f"  {name:16s} {' / '.join(f'{v:.4f}' for v in values)}{note}")
        for mode in MODES if "scores" not in result else ():
            cells = " | ".join(f"@{n} " + " ".join(f"{v:.4f}" for v in vs) for n, vs in result[mode].items())
            lines.append(f"  {mode:16s} {cells}")
    return "\n".join(lines)


async def run(names: Sequence[str], chunking: str, cache: Path | None, limit: int | None) -> list[dict]:
    """Measure the in-process system on the named sets; `spans` is one of them."""
    inner = MiniLmEmbedder(model_folder())
    results = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            embedder = CachedEmbedder(inner, cache or Path(folder) / "embeddings.sqlite")
            system = InProcessSystem(embedder, Path(folder) / "index", chunking=chunking)
            if name == "spans":
                documents, questions = load_spans(data_folder())
                results.append(await measure_spans(documents, questions, system, inner.count_tokens))
            else:
                results.append(await measure_set(load_set(name, data_folder()), system, embedder, limit))
            await system.close()
        print(table(results[-1:]), flush=True)
    return results


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(["spans", *set_names()]))
    parser.add_argument("--chunking", default="kb", choices=["kb", "pdf"])
    parser.add_argument("--cache", type=Path, help="file that keeps embeddings from run to run")
    parser.add_argument("--limit", type=int, help="at most about so many questions per set")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    results = asyncio.run(run(options.sets.split(","), options.chunking, options.cache, options.limit))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
