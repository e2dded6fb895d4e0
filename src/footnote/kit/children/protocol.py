"""What travels between parent and child: length-prefixed MessagePack frames with types from the function's annotations.

Nothing is ever unpickled. A child that read a hostile file may be under its control, so the parent decodes only into
the declared types, bounds the size of a frame and rebuilds only errors of the product's own tree.
"""

import importlib
import os
import struct
import typing
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath

import msgspec

from footnote.kit.errors import Defect, FootnoteError

HEADER = struct.Struct("!I")
MAX_FRAME_BYTES = 256 * 1024 * 1024
"""The largest frame either side accepts."""

OUT_OF_MEMORY_EXIT_CODE = 87
"""How a child says that an allocation failed: at that point it may be unable to say anything longer."""

_MAX_MESSAGE_CHARACTERS = 500


class Settings(msgspec.Struct):
    """What a child applies to itself before its first task."""

    parent_pid: int
    memory_bytes: int | None
    nice: int
    without_network: bool
    import_path: list[str]


class Task(msgspec.Struct):
    """One call: the function's import path and its arguments, each already encoded."""

    function: str
    arguments: list[msgspec.Raw]
    cpu_seconds: int | None


class Item(msgspec.Struct, tag="item"):
    """One item of a generator."""

    value: msgspec.Raw


class Result(msgspec.Struct, tag="result"):
    """The return value of a plain function."""

    value: msgspec.Raw


class Done(msgspec.Struct, tag="done"):
    """The generator is exhausted."""


class Failure(msgspec.Struct, tag="failure"):
    """The function raised; `kinds` are the class names from the most to the least specific."""

    kinds: list[str]
    message: str
    code: str
    retry_after_seconds: float | None
    origin: str


Reply = Item | Result | Done | Failure


@dataclass(frozen=True, slots=True)
class Function:
    """A function that may run in a child, with the types it takes and gives."""

    reference: str
    call: Callable[..., object]
    parameter_types: tuple[object, ...]
    variadic_type: object | None
    value_type: object
    is_stream: bool


def reference_of(function: Callable[..., object] | str) -> str:
    """Return `module:function`; ValueError for anything that cannot be imported by name."""
    if isinstance(function, str):
        return function
    if "." in function.__qualname__ or "<" in function.__qualname__:
        raise ValueError(f"{function.__qualname__} is not a module-level function")
    return f"{function.__module__}:{function.__qualname__}"


@lru_cache(maxsize=256)
def resolve(reference: str) -> Function:
    """Import a function by `module:function` and read its types; ValueError if it is not fully annotated."""
    module_name, _, name = reference.partition(":")
    function = getattr(importlib.import_module(module_name), name)
    hints = typing.get_type_hints(function)
    if "return" not in hints:
        raise ValueError(f"{reference} has no return annotation")
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    has_variadic = bool(code.co_flags & 0x04)
    variadic = hints[code.co_varnames[code.co_argcount + code.co_kwonlyargcount]] if has_variadic else None
    value_type = hints["return"]
    is_stream = typing.get_origin(value_type) in {Iterator, Iterable, Generator, AsyncIterator}
    return Function(
        reference,
        function,
        tuple(hints[n] for n in names),
        variadic,
        typing.get_args(value_type)[0] if is_stream else value_type,
        is_stream,
    )


def encode(value: object) -> bytes:
    """Encode a dataclass, Struct or builtin; paths become strings."""
    return msgspec.msgpack.encode(value, enc_hook=_encode_other)


def decode(data: bytes | msgspec.Raw, value_type: object) -> object:
    """Decode into the declared type; msgspec.DecodeError if the data does not fit it."""
    return _decoder(value_type).decode(data)


def encode_arguments(arguments: tuple[object, ...]) -> list[msgspec.Raw]:
    """Encode each argument by itself, so that each is decoded into its own parameter's type."""
    return [msgspec.Raw(encode(argument)) for argument in arguments]


def decode_arguments(function: Function, arguments: list[msgspec.Raw]) -> list[object]:
    """Undo `encode_arguments` in the child."""
    types = list(function.parameter_types[: len(arguments)])
    types += [function.variadic_type] * (len(arguments) - len(types))
    return [decode(data, value_type) for data, value_type in zip(arguments, types, strict=True)]


def failure_of(error: Exception) -> Failure:
    """Describe an exception for the parent; of foreign ones only type and place: their text may quote the input."""
    origin = _origin_of(error)
    if isinstance(error, FootnoteError):
        kinds = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, FootnoteError)]
        return Failure(kinds, error.message, error.error_code, error.retry_after_seconds, origin)
    return Failure([], "", "", None, f"{type(error).__name__} at {origin}")


def error_from(failure: Failure) -> FootnoteError:
    """Rebuild the error in the parent: the most specific class known here, or Defect for a foreign exception."""
    known = _known_errors()
    for kind in failure.kinds:
        if kind in known:
            error = known[kind].__new__(known[kind])
            FootnoteError.__init__(
                error,
                failure.message[:_MAX_MESSAGE_CHARACTERS],
                code=failure.code,
                retry_after_seconds=failure.retry_after_seconds,
            )
            return error
    defect = Defect("The work failed inside a child process because of a fault in the program.", code="child_failed")
    defect.add_note(failure.origin)
    return defect


def _known_errors() -> dict[str, type[FootnoteError]]:
    known: dict[str, type[FootnoteError]] = {}
    pending: list[type[FootnoteError]] = [FootnoteError]
    while pending:
        kind = pending.pop()
        known.setdefault(kind.__name__, kind)
        pending.extend(kind.__subclasses__())
    return known


def _origin_of(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown place"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


@lru_cache(maxsize=256)
def _decoder(value_type: object) -> "msgspec.msgpack.Decoder[object]":
    return msgspec.msgpack.Decoder(typing.cast("type[object]", value_type), dec_hook=_decode_other)


def _encode_other(value: object) -> object:
    if isinstance(value, PurePath):
        # A child has another working folder.
        return os.path.abspath(value)  # noqa: PTH100  # Path.absolute keeps "..", which is harmless but unlike elsewhere
    raise NotImplementedError(f"{type(value).__name__} cannot cross to a child process")


def _decode_other(value_type: type, value: object) -> object:
    if issubclass(value_type, PurePath) and isinstance(value, str):
        return value_type(value)
    raise NotImplementedError(f"{value_type} cannot cross from a child process")
