"""Plain baselines on whole documents: bm25s, the embedder alone, and both fused plainly."""

from collections.abc import Sequence

import bm25s
import numpy as np
import Stemmer

from benchmarks.retrieval.datasets import LabelledSet
from footnote.retrieval.languages import STEMMERS
from footnote.retrieval.ports import Embedder

_STOP_WORDS = {"en": "en", "de": "german", "es": "spanish"}
_CANDIDATES = 100


async def baseline_rankings(labelled: LabelledSet, embedder: Embedder) -> dict[str, list[list[str]]]:
    """Return, per baseline, each question's ranked document ids."""
    keyword = _bm25s_scores(labelled)
    dense = await _dense_scores(labelled, embedder)
    names = [document.document_id for document in labelled.documents]
    return {
        "bm25s": [_ranked(row, names) for row in keyword],
        "embedder alone": [_ranked(row, names) for row in dense],
        "plain min-max": [_ranked(_min_max(k, d), names) for k, d in zip(keyword, dense, strict=True)],
        "plain RRF": [_ranked(_reciprocal(k, d), names) for k, d in zip(keyword, dense, strict=True)],
    }


def _bm25s_scores(labelled: LabelledSet) -> np.ndarray:
    stemmer = Stemmer.Stemmer(STEMMERS[labelled.language])
    options = {"stemmer": stemmer, "stopwords": _STOP_WORDS.get(labelled.language), "show_progress": False}
    corpus = bm25s.tokenize([f"{d.title} {d.text}" for d in labelled.documents], **options)
    retriever = bm25s.BM25(k1=1.2, b=0.75)
    retriever.index(corpus, show_progress=False)
    questions = bm25s.tokenize([q.text for q in labelled.questions], return_ids=False, **options)
    empty = np.zeros(len(labelled.documents), np.float32)
    return np.stack([retriever.get_scores(words) if words else empty for words in questions])


async def _dense_scores(labelled: LabelledSet, embedder: Embedder) -> np.ndarray:
    limit = embedder.identity.max_tokens - embedder.special_tokens
    texts = [_cut(f"{d.title}\n{d.text}", limit, embedder) for d in labelled.documents]
    documents = await embedder.embed_passages(texts)
    questions = np.stack([await embedder.embed_query(question.text) for question in labelled.questions])
    return questions @ documents.T


def _cut(text: str, limit: int, embedder: Embedder) -> str:
    """Return the longest beginning, word by word, that the embedder takes: what a plain script would lose."""
    words = text.split(" ")
    counts = embedder.count_tokens(words)
    kept = int(np.searchsorted(np.cumsum(counts), limit, side="right"))
    return " ".join(words[:kept])


def _ranked(scores: np.ndarray, names: Sequence[str]) -> list[str]:
    order = np.argsort(-scores, kind="stable")[:10]
    return [names[i] for i in order if scores[i] > 0]


def _min_max(*legs: np.ndarray) -> np.ndarray:
    total = np.zeros_like(legs[0])
    for leg in legs:
        best = np.argsort(-leg, kind="stable")[:_CANDIDATES]
        low, high = leg[best].min(), leg[best].max()
        total[best] += 0.5 * (leg[best] - low) / max(high - low, 1e-9)
    return total


def _reciprocal(*legs: np.ndarray) -> np.ndarray:
    total = np.zeros(len(legs[0]))
    for leg in legs:
        best = np.argsort(-leg, kind="stable")[:_CANDIDATES]
        total[best] += 1.0 / (60 + np.arange(1, len(best) + 1))
    return total
