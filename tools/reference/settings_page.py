"""The page of settings: names, defaults and descriptions of `footnote.kit.settings`."""

import ast
import inspect
import os
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from footnote.kit import settings
from footnote.kit.settings import PREFIX, Settings
from reference.markdown import page, table

_INTRODUCTION = """
Settings are read from four places; a later one wins: the defaults below, a YAML file, the environment, secret files.

- **YAML**: the file named by `FOOTNOTE_CONFIG`, else `footnote.yaml` in the working folder. Keys are the names below.
- **Environment**: the name in capitals with the prefix `FOOTNOTE_`.
- **Secret files**: one file per setting in the folder named by `FOOTNOTE_SECRETS_DIR`, as Docker and Kubernetes mount
  them. The file's name is the setting's.

An unknown name, a value that does not fit, a secret that stands in two places with different values, and settings that
contradict each other stop the start with one sentence each.

Two more variables are for the command line as a client: `FOOTNOTE_URL` (a server elsewhere) and `FOOTNOTE_OWNER_KEY`
(its key).
"""
_HOME = "/a-home"
_WORDS: Mapping[object, str] = {
    str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path", SecretStr: "secret",
    types.NoneType: "",
}  # fmt: skip


def settings_page() -> str:
    """Return the page."""
    parts = [_INTRODUCTION]
    for group, names in _groups().items():
        rows = [_row(name, Settings.model_fields[name]) for name in names]
        parts += [f"## {group}", table(["setting", "environment", "default", "kind", "what it does"], rows)]
    return page("Settings", *parts)


def _groups() -> Mapping[str, list[str]]:
    """Return heading -> settings, from the comments that stand between the fields of the class."""
    lines = inspect.getsource(settings).splitlines()
    tree = ast.parse("\n".join(lines))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    groups: dict[str, list[str]] = {}
    heading = "General"
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if node.target.id not in Settings.model_fields:
                continue
            above = lines[node.lineno - 2].strip()
            heading = above.removeprefix("#").strip() if above.startswith("#") else heading
            groups.setdefault(heading, []).append(node.target.id)
    return groups


def _row(name: str, field: FieldInfo) -> list[str]:
    limits = ", ".join(_limits(field))
    kind = _kind(field.annotation) + (f", {limits}" if limits else "")
    return [f"`{name}`", f"`{PREFIX}{name.upper()}`", _default(field), kind, field.description or ""]


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        with _plain_home():
            path = typing.cast("Callable[[], object]", field.default_factory)()
        return f"`{str(path).replace(_HOME, '~')}`"
    if field.default is None:
        return "none"
    value = "+".join(field.default) if isinstance(field.default, tuple) else field.default
    return f"`{value}`"


@contextmanager
def _plain_home() -> Iterator[None]:
    """Show folders as `~/…`, whoever generates the page."""
    kept = dict(os.environ)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ.pop(name, None)
    os.environ["HOME"] = _HOME
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _kind(annotation: object) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(word for word in map(_kind, arguments) if word)
    if origin is tuple:
        return "list"
    return _WORDS[annotation]


def _limits(field: FieldInfo) -> Iterator[str]:
    for name, words in (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below")):
        for item in field.metadata:
            if (value := getattr(item, name, None)) is not None:
                yield f"{words} {value}"
