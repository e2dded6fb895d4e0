"""Texts and vectors for large libraries: real ones of the labelled sets, and as many more blended from near neighbours.

A made-up chunk takes its sentences in turn from a real chunk and one of that chunk's nearest neighbours, and its vector
from between the two; so words stay as frequent, and vectors as crowded, as in a real library on these subjects.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.retrieval.datasets import LANGUAGES, load_set, load_spans
from benchmarks.retrieval.embedding_cache import CachedEmbedder
from benchmarks.retrieval.plain_documents import plain_document
from footnote.adapters.embedders.minilm import MiniLmEmbedder, model_folder
from footnote.ingestion.chunking import chunk_document, preset

Vectors = npt.NDArray[np.float32]

_PRESET = "pdf"
_ABSTRACTS = 1_000
_NEIGHBOURS = 12
_CHUNKS_PER_DOCUMENT = (12, 60)
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+")


@dataclass(frozen=True, slots=True, eq=False)
class RealChunks:
    """Real chunks with their vectors, float32[N, 384], and the places of each one's nearest of the same language."""

    texts: Sequence[str]
    languages: Sequence[str]
    vectors: Vectors
    neighbours: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class MadeDocument:
    """A made-up document: chunks in order, all of one language, and their vectors, float32[N, 384]."""

    language: str
    chunks: Sequence[str]
    vectors: Vectors


async def real_chunks(data: Path, cache: Path) -> RealChunks:
    """Return a few thousand real chunks, cut by the product's chunker and embedded once. cache: embeddings' file."""
    texts, languages = [], []
    embedder = CachedEmbedder(MiniLmEmbedder(model_folder("int8")), cache)
    limits = preset(_PRESET, max_tokens=embedder.identity.max_tokens - embedder.special_tokens)
    for text, language in _documents(data):
        for chunk in chunk_document(plain_document(text), title="", limits=limits, count_tokens=embedder.count_tokens):
            texts.append(chunk.text)
            languages.append(language)
    vectors = await embedder.embed_passages(texts)
    return RealChunks(texts, languages, vectors, _nearest(vectors, languages))


def made_documents(real: RealChunks, chunks: int, *, seed: int = 11) -> Iterator[MadeDocument]:
    """Yield documents with so many chunks in all; the same arguments give the same documents."""
    generator = np.random.default_rng(seed)
    sentences = [_SENTENCE_END.split(text) for text in real.texts]
    left = chunks
    while left > 0:
        count = min(left, int(generator.integers(*_CHUNKS_PER_DOCUMENT)))
        yield _document(real, sentences, count, generator)
        left -= count


def _document(
    real: RealChunks, sentences: Sequence[Sequence[str]], count: int, generator: np.random.Generator
) -> MadeDocument:
    place = int(generator.integers(len(real.texts)))
    texts, vectors = [], np.empty((count, real.vectors.shape[1]), np.float32)
    for number in range(count):
        other = int(generator.choice(real.neighbours[place]))
        share = generator.uniform(0.35, 0.75)
        blend = share * real.vectors[place] + (1 - share) * real.vectors[other]
        blend += generator.normal(0.0, 0.012, len(blend)).astype(np.float32)
        vectors[number] = blend / np.linalg.norm(blend)
        texts.append(_mixed(sentences[place], sentences[other], share, len(real.texts[place]), generator))
        # The next chunk stays on the subject more often than not.
        place = other if generator.random() < 0.8 else int(generator.choice(real.neighbours[other]))
    return MadeDocument(real.languages[place], texts, vectors)


def _mixed(own: Sequence[str], other: Sequence[str], share: float, length: int, generator: np.random.Generator) -> str:
    """Return sentences of both up to a length; each source gives in its own order, from a place of its own."""
    sources = [list(own), list(other)]
    for source in sources:
        turn = int(generator.integers(len(source)))
        source[:] = source[turn:] + source[:turn]
    taken: list[str] = []
    size = 0
    while size < length and any(sources):
        source = sources[0] if sources[0] and (not sources[1] or generator.random() < share) else sources[1]
        taken.append(source.pop(0))
        size += len(taken[-1]) + 1
    return " ".join(taken)


def _documents(data: Path) -> Iterator[tuple[str, str]]:
    for name in ("scifact", "cranfield"):
        for document in load_set(name, data).documents[:_ABSTRACTS]:
            yield document.text, "en"
    for language in LANGUAGES:
        for document in load_set(f"xquad-{language}", data).documents:
            yield document.text, language
    for document in load_spans(data)[0]:
        yield document.text, "en"


def _nearest(vectors: Vectors, languages: Sequence[str]) -> npt.NDArray[np.int64]:
    codes = np.array(languages)
    cosines = vectors @ vectors.T
    cosines[codes[:, None] != codes[None, :]] = -2.0
    np.fill_diagonal(cosines, -3.0)
    return np.argpartition(-cosines, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS].astype(np.int64)
