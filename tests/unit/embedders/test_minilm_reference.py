"""Proof that the built graphs compute what the published model computes, against a plain forward pass in numpy."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tests.support.missing import lacking

from footnote.adapters.embedders.build_minilm import build_model, ensure_model, packaged_weights
from footnote.adapters.embedders.minilm import (
    MAX_TOKENS,
    MiniLmModel,
    MiniLmTokenCounter,
    load_tokenizer,
    model_folder,
    pack,
    unpack,
)
from footnote.kit.errors import InvalidInput, Unavailable

TEXTS = (
    "The pump must be drained before the first frost of the year.",
    "ü",
    "Invoices are paid within thirty days of receipt, unless both parties have agreed otherwise in writing.",
    "Wer die Wohnung verlässt, schließt die Fenster und stellt die Heizung auf die kleinste Stufe.",
    "def drain(valve: Valve) -> None:\n    valve.close()\n    return None",
    "Net weight | 12.5 kg\nGross weight | 14.0 kg\nPrice | 1,299.00 EUR",
    "What is the warranty period?",
    "Mitochondria are organelles that generate most of the chemical energy needed to power the cell. " * 12,
    "日本語の文書を検索する",
    "A",
)
HEADS, WIDTH, LAYERS = 12, 384, 6


@pytest.fixture(scope="module")
def source() -> Path:
    try:
        return packaged_weights()
    except InvalidInput:
        lacking("the package with the weights is not installed")


@pytest.fixture(scope="module")
def models(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for variant in ("int8", "fp32"):
        ensure_model(variant, source=source, models=folder)
    return folder


@pytest.fixture(scope="module")
def reference(source: Path) -> np.ndarray:
    weights = load_file(source / "model.safetensors")
    tokenizer = load_tokenizer(source)
    return np.stack([forward(weights, tokenizer.encode(text).ids) for text in TEXTS])


def forward(weights: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """BERT as published: embeddings, six layers of attention and feed-forward, mean over tokens, length 1."""
    names = ("word_embeddings", "position_embeddings", "token_type_embeddings")
    word, place, kind = (weights[f"embeddings.{name}.weight"] for name in names)
    value = norm(word[ids] + place[: len(ids)] + kind[0], weights, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        parts = (dense(value, weights, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
        query, key, content = (p.reshape(len(ids), HEADS, -1).transpose(1, 0, 2) for p in parts)
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(WIDTH // HEADS)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True) @ content).transpose(1, 0, 2).reshape(len(ids), WIDTH)
        mixed = dense(mixed, weights, f"{name}.attention.output.dense")
        value = norm(value + mixed, weights, f"{name}.attention.output.LayerNorm")
        wide = gelu(dense(value, weights, f"{name}.intermediate.dense"))
        value = norm(value + dense(wide, weights, f"{name}.output.dense"), weights, f"{name}.output.LayerNorm")
    pooled = value.mean(axis=0)
    return pooled / np.linalg.norm(pooled)


def dense(value: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    return value @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def norm(value: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    centred = value - value.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def gelu(value: np.ndarray) -> np.ndarray:
    """Exact GELU, by a rational approximation of the error function (Abramowitz and Stegun 7.1.26, error 1.5e-7)."""
    x = np.abs(value) / np.sqrt(2)
    t = 1 / (1 + 0.3275911 * x)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return 0.5 * value * (1 + np.sign(value) * (1 - series * np.exp(-(x**2))))


def cosines(models: Path, variant: str, reference: np.ndarray) -> np.ndarray:
    model = MiniLmModel(model_folder(variant, models), threads=1)
    return np.sum(np.stack([model.embed(text)[0] for text in SHORT]) * reference[: len(SHORT)], axis=1)


SHORT = TEXTS[:7]
"""Those below the limit of tokens, in the language and kinds of text that the model was made for, and German."""


def test_fp32_is_the_published_model(models: Path, reference: np.ndarray):
    assert cosines(models, "fp32", reference).min() > 0.99999


def test_int8_stays_close_to_the_published_model(models: Path, reference: np.ndarray):
    found = cosines(models, "int8", reference)
    assert found.mean() >= 0.99
    assert found.min() >= 0.98


def test_passages_travel_as_half_floats(models: Path):
    model = MiniLmModel(model_folder("int8", models), threads=1)
    packed = pack(model, TEXTS[:2])
    assert len(packed) == 2 * WIDTH * 2
    assert unpack(packed)[0] == pytest.approx(model.embed(TEXTS[0])[0], abs=1e-3)


def test_a_passage_over_the_limit_is_refused_and_a_question_cut(models: Path):
    model = MiniLmModel(model_folder("int8", models), threads=1)
    long = "word " * (MAX_TOKENS + 10)
    with pytest.raises(InvalidInput) as error:
        pack(model, [long])
    assert error.value.error_code == "passage_too_long"
    vector, tokens = model.embed(long)
    assert tokens > MAX_TOKENS
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_token_counts_leave_out_the_special_tokens(models: Path):
    counter = MiniLmTokenCounter(model_folder("int8", models))
    assert counter(["", "pump", "the pump"]) == [0, 1, 2]


def test_weights_that_are_not_the_published_ones_are_refused(source: Path, tmp_path: Path):
    wrong = tmp_path / "source"
    wrong.mkdir()
    (wrong / "tokenizer.json").write_bytes((source / "tokenizer.json").read_bytes())
    (wrong / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(InvalidInput) as error:
        build_model(wrong, tmp_path / "models" / "x", "fp32")
    assert error.value.error_code == "model_weights_changed"
    assert not (tmp_path / "models").exists()


def test_a_model_that_was_never_built_is_unavailable(tmp_path: Path):
    with pytest.raises(Unavailable) as error:
        MiniLmModel(tmp_path, threads=1)
    assert error.value.error_code == "model_missing"
