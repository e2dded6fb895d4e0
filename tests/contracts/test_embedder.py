"""What every embedder must do; run on each registered one, with questions and passages alike."""

import importlib
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from tests.support.missing import lacking

from footnote.adapters.embedders.registry import EMBEDDERS
from footnote.kit.children import ChildPool
from footnote.kit.errors import InvalidInput, Unavailable
from footnote.kit.settings import load_settings
from footnote.retrieval.ports import Embedder

TEXTS = ("The pump is drained before the frost.", "Passwords need 14 characters.", "Empty the pump before winter.", "ö")
NOTHING_ELSE_DIFFERS = 1 - 1e-6


def made(name: str, pool: ChildPool, **settings: object) -> Embedder:
    module, _, function = EMBEDDERS[name].partition(":")
    return getattr(importlib.import_module(module), function)(load_settings(embedder=name, **settings), pool)


@pytest.fixture
async def pool() -> AsyncIterator[ChildPool]:
    children = ChildPool(size=1, task_timeout_seconds=120)
    yield children
    await children.close()


@pytest.fixture(params=sorted(EMBEDDERS))
async def embedder(request: pytest.FixtureRequest, pool: ChildPool) -> Embedder:
    embedder = made(request.param, pool)
    try:
        await embedder.embed_query("ready")
    except Unavailable:
        lacking(f"{request.param} is not built on this machine")
    return embedder


async def test_passages_become_unit_vectors_in_the_order_given(embedder: Embedder):
    vectors = await embedder.embed_passages(TEXTS)
    again = await embedder.embed_passages(TEXTS[::-1])

    assert vectors.shape == (len(TEXTS), embedder.identity.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert np.array_equal(vectors, again[::-1])


async def test_a_vector_depends_on_its_text_only(embedder: Embedder):
    together = await embedder.embed_passages(TEXTS)
    alone = np.concatenate([await embedder.embed_passages([text]) for text in TEXTS])

    assert np.array_equal(together, alone)


async def test_a_question_and_a_passage_of_the_same_words_meet(embedder: Embedder):
    question = await embedder.embed_query(TEXTS[0])
    (passage,) = await embedder.embed_passages(TEXTS[:1])

    assert question.shape == (embedder.identity.dimensions,)
    assert float(question @ passage) > NOTHING_ELSE_DIFFERS - 1e-3


async def test_like_meanings_are_nearer_than_unlike_ones(embedder: Embedder):
    frost, passwords, winter, _ = await embedder.embed_passages(TEXTS)
    assert frost @ winter > frost @ passwords


async def test_no_passages_are_no_vectors(embedder: Embedder):
    assert (await embedder.embed_passages([])).shape == (0, embedder.identity.dimensions)


async def test_a_passage_over_the_limit_is_refused_and_never_cut(embedder: Embedder):
    long = "pump " * embedder.identity.max_tokens
    with pytest.raises(InvalidInput) as refused:
        await embedder.embed_passages([long])
    assert refused.value.error_code == "passage_too_long"


async def test_a_long_question_is_cut_at_the_limit(embedder: Embedder):
    vector = await embedder.embed_query("pump " * embedder.identity.max_tokens * 2)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


async def test_tokens_are_counted_as_the_limit_counts_them(embedder: Embedder):
    room = embedder.identity.max_tokens - embedder.special_tokens
    assert embedder.count_tokens(["pump " * room]) == [room]

    assert (await embedder.embed_passages(["pump " * room])).shape[0] == 1


async def test_the_identity_names_embedder_variant_and_size(embedder: Embedder):
    identity = embedder.identity
    assert identity.key == f"{identity.name}/{identity.variant}/{identity.dimensions}"


async def test_variants_are_told_apart(pool: ChildPool):
    keys = [made(name, pool).identity.key for name in EMBEDDERS]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", sorted(EMBEDDERS))
async def test_a_missing_model_is_named_as_such(name: str, pool: ChildPool, tmp_path: Path):
    with pytest.raises(Unavailable) as missing:
        await made(name, pool, models_dir=tmp_path).embed_query("anything")
    assert missing.value.error_code == "model_missing"
