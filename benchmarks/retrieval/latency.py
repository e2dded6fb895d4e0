"""Measures how long a search takes on an index of a given size, alone and while documents are being added.

Texts are sentences of the labelled sets put together anew, so that words are as frequent as in real text; vectors are
random. Embedding the question is left out. Run as `python -m benchmarks.retrieval.latency --entries 100000`.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.retrieval.datasets import data_folder, load_set
from footnote.adapters.search_indexes.sqlite import SqliteSearchIndex
from footnote.ingestion.sentences import sentences
from footnote.kit.geometry import Span
from footnote.retrieval.embedder_profiles import profile_of
from footnote.retrieval.languages import languages_of_question
from footnote.retrieval.ports import IndexChange, IndexEntry, SearchRequest
from footnote.retrieval.query import process_query
from footnote.retrieval.search import DENSE_NEARBY_SHARE, KEYWORD_NEARBY_SHARE, SearchMode, leg_weights, rank

_DIMENSIONS = 384
_PER_CHANGE = 200
_SETS = {"en": "scifact", "de": "xquad-de", "es": "xquad-es", "ar": "xquad-ar"}


def entries(count: int, language: str, generator: random.Random) -> Iterator[IndexEntry]:
    """Yield entries of about 450 characters, 50 to a document."""
    documents = load_set(_SETS[language], data_folder()).documents
    pool = [d.text[s.start : s.end] for d in documents for s in sentences(d.text, Span(0, len(d.text)))]
    vectors = np.random.default_rng(3)
    for number in range(count):
        body = ""
        while len(body) < 350:
            body += generator.choice(pool)
        vector = vectors.standard_normal(_DIMENSIONS).astype(np.float32)
        document = f"doc_{number // 50}"
        yield IndexEntry(
            f"chk_{number}", document, document, f"col_{number % 10}", number % 50, documents[number % 100].title, "",
            body[:500], vector / np.linalg.norm(vector), language, "application/pdf",
        )  # fmt: skip


async def timings(index: SqliteSearchIndex, language: str, count: int) -> dict[str, float]:
    """Return percentiles in milliseconds over `count` different questions, one at a time."""
    questions = [q.text for q in load_set(_SETS[language], data_folder()).questions][:count]
    vectors = np.random.default_rng(5).standard_normal((count, _DIMENSIONS)).astype(np.float32)
    profile = profile_of("all-minilm-l6-v2")
    languages_of_question("the first call loads the model", {})
    taken = []
    for text, vector in zip(questions, vectors, strict=True):
        started = time.perf_counter()
        query = await asyncio.to_thread(process_query, text, await index.languages("org", "idx"))
        request = SearchRequest(
            terms=query.terms, phrases=query.phrases, vector=vector / np.linalg.norm(vector),
            dense_nearby_share=DENSE_NEARBY_SHARE, keyword_nearby_share=KEYWORD_NEARBY_SHARE,
        )  # fmt: skip
        found = await index.search("org", "idx", request)
        rank(found, leg_weights(SearchMode.HYBRID, query, profile), profile, 10)
        taken.append((time.perf_counter() - started) * 1e3)
        await asyncio.sleep(0.01)
    return {f"p{p}": round(float(np.percentile(taken, p)), 1) for p in (50, 95, 99)}


async def run(count: int, language: str, searches: int) -> dict[str, object]:
    """Fill an index, search it alone, and again while another document is added slice by slice."""
    generator = random.Random(1)
    made = list(entries(count + 20 * _PER_CHANGE, language, generator))
    with tempfile.TemporaryDirectory() as folder:
        index = SqliteSearchIndex(Path(folder))
        started = time.perf_counter()
        for start in range(0, count, 2_000):
            await index.apply("org", "idx", IndexChange(f"c{start}", upserts=made[start : min(count, start + 2_000)]))
        filled = time.perf_counter() - started
        started = time.perf_counter()
        await index.count("org", "idx")
        loaded = time.perf_counter() - started
        result: dict[str, object] = {
            "entries": count, "language": language, "fill_seconds": round(filled, 1),
            "first_read_seconds": round(loaded, 2), "alone_ms": await timings(index, language, searches),
        }  # fmt: skip
        adding = asyncio.create_task(_add(index, made[count:]))
        result["while_adding_ms"] = await timings(index, language, searches)
        adding.cancel()
        await asyncio.gather(adding, return_exceptions=True)
        result["size_bytes"] = (await index.status("org", "idx")).size_bytes
        await index.close()
    return result


async def _add(index: SqliteSearchIndex, more: list[IndexEntry]) -> None:
    number = 0
    while True:
        for start in range(0, len(more), _PER_CHANGE):
            number += 1
            await index.apply("org", "idx", IndexChange(f"more{number}", upserts=more[start : start + _PER_CHANGE]))
            await asyncio.sleep(0.2)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--language", choices=sorted(_SETS), default="en")
    parser.add_argument("--searches", type=int, default=200)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(run(options.entries, options.language, options.searches))))


if __name__ == "__main__":
    main()
