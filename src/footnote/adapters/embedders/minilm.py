"""all-MiniLM-L6-v2 on ONNX Runtime: 384 dimensions, 256 tokens, English; no torch, no network.

Every text is embedded alone. Dynamic int8 quantisation takes its scales from the whole batch, so a text's vector would
otherwise depend on its batch mates; alone it costs about 4% and makes a vector a pure function of its text.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from footnote.kit.children import ChildDied
from footnote.kit.errors import InvalidInput, Unavailable
from footnote.kit.settings import Settings
from footnote.retrieval.ports import Embedder, EmbedderIdentity, Vector

MODEL_NAME = "all-minilm-l6-v2"
DIMENSIONS = 384
MAX_TOKENS = 256
SPECIAL_TOKENS = 2
MANIFEST_NAME = "manifest.json"
VARIANTS = {"int8": "int8-1", "fp32": "fp32-1"}
"""Short name -> variant as stored with vectors; the number rises whenever the build changes a vector."""

_PASSAGES_PER_CALL = 64


class ChildRunner(Protocol):
    """Runs a named function in a child process; the pool of child processes fits."""

    async def run(self, function: str, /, *args: object) -> object:
        """Call `module:function` with plain arguments and return its plain result."""
        ...


def model_folder(variant: str = "int8", models: Path | None = None) -> Path:
    """Return where a variant lives: below `models`, or the user's cache folder (XDG_CACHE_HOME is obeyed)."""
    if models is None:
        models = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "footnote" / "models"
    return models / f"{MODEL_NAME}-{VARIANTS[variant]}"


class MiniLmModel:
    """The loaded model, for one process: tokenizer and session. Thread-safe, as both of its parts are."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load from a built folder. Raises Unavailable with code `model_missing` if it was never built."""
        if not (folder / MANIFEST_NAME).is_file():
            raise Unavailable(
                "The embedding model is not built yet: run `footnote models build`.", code="model_missing"
            )
        # Imported here, because who only counts tokens (a chunking child) must not pay 50 MB for the runtime.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning threads would take the machine from everybody else between two texts.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        self._tokenizer = load_tokenizer(folder)

    def embed(self, text: str) -> tuple[Vector, int]:
        """Return float32[384] of length 1 and the number of tokens the text has; what exceeds the limit is cut."""
        ids = self._tokenizer.encode(text).ids
        length = len(ids)
        if length > MAX_TOKENS:
            ids = [*ids[: MAX_TOKENS - 1], ids[-1]]
        (vector,) = self._session.run(["embedding"], {"input_ids": np.array([ids], dtype=np.int64)})
        return np.asarray(vector[0], dtype=np.float32), length


def load_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer without the padding and the cut at 128 tokens that its file asks for."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


class MiniLmTokenCounter:
    """Counts word pieces; a `TokenCounter` that needs the tokenizer's file only."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = load_tokenizer(folder)

    def __call__(self, texts: Sequence[str]) -> list[int]:
        return [len(e.ids) for e in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]


class MiniLmEmbedder:
    """The embedder of the product: questions in this process, passages in a child process."""

    special_tokens = SPECIAL_TOKENS

    def __init__(self, folder: Path, children: ChildRunner | None = None, *, variant: str = "int8") -> None:
        """folder: the built model. children: where passages are embedded; None embeds them on a thread here."""
        self._folder = folder
        self._children = children
        self._model: MiniLmModel | None = None
        self._counter: MiniLmTokenCounter | None = None
        self._loading = asyncio.Lock()
        self.identity = EmbedderIdentity(MODEL_NAME, VARIANTS[variant], DIMENSIONS, MAX_TOKENS)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        if self._counter is None:
            self._counter = MiniLmTokenCounter(self._folder)
        return self._counter(texts)

    async def embed_query(self, text: str) -> Vector:
        model = await self._loaded()
        vector, _ = await asyncio.to_thread(model.embed, text)
        return vector

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        starts = range(0, len(texts), _PASSAGES_PER_CALL)
        parts = [await self._embed_some(list(texts[start : start + _PASSAGES_PER_CALL])) for start in starts]
        return np.concatenate([np.zeros((0, DIMENSIONS), np.float32), *parts])

    async def _embed_some(self, texts: list[str]) -> Vector:
        if self._children is None:
            model = await self._loaded()
            return await asyncio.to_thread(embed_all, model, texts)
        function = "footnote.adapters.embedders.child:embed_passages"
        try:
            packed = await self._children.run(function, str(self._folder), texts)
        except ChildDied as error:
            # Texts within the token limit break nothing: the machine was out of memory, or somebody killed the child.
            raise Unavailable("The embedding process ended before its work.", code="embedder_failed") from error
        if not isinstance(packed, bytes):
            raise Unavailable("The embedding process gave no vectors.", code="embedder_failed")
        return unpack(packed)

    async def _loaded(self) -> MiniLmModel:
        async with self._loading:
            if self._model is None:
                # One thread: a question takes 3 ms anyway, and a second thread would fight the child for its core.
                self._model = await asyncio.to_thread(MiniLmModel, self._folder, threads=1)
            return self._model


def embed_all(model: MiniLmModel, texts: Sequence[str]) -> Vector:
    """Return float32[N, 384], rounded to what float16 keeps. Raises InvalidInput if a text exceeds the limit."""
    return unpack(pack(model, texts))


def pack(model: MiniLmModel, texts: Sequence[str]) -> bytes:
    """Return N * 384 float16, little endian. Raises InvalidInput with code `passage_too_long`, never cuts."""
    rows = np.zeros((len(texts), DIMENSIONS), dtype="<f2")
    for row, text in enumerate(texts):
        vector, tokens = model.embed(text)
        if tokens > MAX_TOKENS:
            raise InvalidInput(f"A passage has {tokens} tokens; {MAX_TOKENS} is the limit.", code="passage_too_long")
        rows[row] = vector
    return rows.tobytes()


def unpack(packed: bytes) -> Vector:
    """Return float32[N, 384] from what `pack` made."""
    halves: npt.NDArray[np.float16] = np.frombuffer(packed, dtype="<f2").reshape(-1, DIMENSIONS)
    return halves.astype(np.float32)


def create(settings: Settings, children: ChildRunner) -> Embedder:
    """Make the embedder that the settings name: `minilm` is int8, `minilm-fp32` the unquantised one."""
    variant = variant_of(settings)
    return MiniLmEmbedder(model_folder(variant, settings.models_dir), children, variant=variant)


def variant_of(settings: Settings) -> str:
    """Return the short name of the variant in use."""
    return "fp32" if settings.embedder == "minilm-fp32" else "int8"
