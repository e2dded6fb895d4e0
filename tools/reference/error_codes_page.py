"""The page of error codes: collected from the error classes and from every place that gives an error its own code."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reference.markdown import cell, page

_INTRODUCTION = """
Every error of the API is `application/problem+json` (RFC 9457) with a stable `code`; the sentence in `detail` may be
reworded, the code may not. The same codes stand in the `error` of jobs, documents and runs, in a stream's `error` part,
and behind the sentence that the command line prints. `…` stands for a value of the moment. No status means that the
code is never an HTTP answer: it is the reason of a job or a run.
"""
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_PASSED_ON = frozenset({"kit/children/protocol.py", "ingestion/steps/parse.py"})
"""Files that hand on the code of an error made elsewhere."""


@dataclass(slots=True)
class _Entry:
    statuses: set[int] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)


def error_codes_page(source: Path) -> str:
    """Return the page for the package in `source`."""
    found: dict[str, _Entry] = {}
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(source.rglob("*.py"))}
    classes = _classes(trees.values())
    for kind in classes.values():
        entry = found.setdefault(kind.code, _Entry())
        entry.statuses.add(kind.status)
        entry.messages.append(f"*{kind.summary}*")
    for path, tree in trees.items():
        for code, status, message in _codes(tree, classes, str(path.relative_to(source))):
            entry = found.setdefault(code, _Entry())
            if status is not None:
                entry.statuses.add(status)
            if message and message not in entry.messages:
                entry.messages.append(message)
    rows = ["| code | status | what it says |", "| --- | --- | --- |"]
    for code, entry in sorted(found.items()):
        statuses = ", ".join(str(status) for status in sorted(entry.statuses))
        rows.append(f"| `{code}` | {statuses} | {'<br>'.join(cell(message) for message in entry.messages)} |")
    return page("Error codes", _INTRODUCTION, "\n".join(rows))


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    status: int
    summary: str


def _classes(trees: Iterable[ast.Module]) -> Mapping[str, _Kind]:
    """Return the error classes by name, with what they inherit."""
    nodes = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
    kinds: dict[str, _Kind] = {}

    def kind_of(name: str) -> _Kind | None:
        node = nodes.get(name)
        if name in kinds or node is None:
            return kinds.get(name)
        own = {
            target.id: value.value
            for target, value in _assignments(node)
            if isinstance(value, ast.Constant) and target.id in ("code", "status")
        }
        parents = [kind for base in node.bases if isinstance(base, ast.Name) and (kind := kind_of(base.id))]
        if name != "FootnoteError" and not parents:
            return None
        code = own.get("code") or parents[0].code
        status = own.get("status") or parents[0].status
        summary = (ast.get_docstring(node) or "").splitlines()[0]
        kinds[name] = _Kind(str(code), int(str(status)), summary)
        return kinds[name]

    for name in nodes:
        kind_of(name)
    return kinds


def _assignments(node: ast.ClassDef) -> Iterator[tuple[ast.Name, ast.expr]]:
    for item in node.body:
        target = (
            item.target
            if isinstance(item, ast.AnnAssign)
            else item.targets[0]
            if isinstance(item, ast.Assign)
            else None
        )
        value = getattr(item, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            yield target, value


def _codes(tree: ast.Module, classes: Mapping[str, _Kind], where: str) -> Iterator[tuple[str, int | None, str | None]]:
    listed = list(_listed(tree))
    yield from _with_status(listed, tree, classes)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        given = next((word.value for word in node.keywords if word.arg == "code"), None)
        if given is None or (name not in classes and name != "Problem"):
            continue
        status = classes[name].status if name in classes else None
        if isinstance(given, ast.Constant):
            yield str(given.value), status, _message(node)
        elif name in classes and not listed and where not in _PASSED_ON:
            raise ValueError(f"{where}:{node.lineno}: this error's code cannot be read off the source")


def _with_status(
    listed: list[tuple[str, int | None, str | None]], tree: ast.Module, classes: Mapping[str, _Kind]
) -> Iterator[tuple[str, int | None, str | None]]:
    """Give codes that stand in a table the status of the error that the module makes with them."""
    made = [
        classes[node.func.id].status
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes
        and any(word.arg == "code" and not isinstance(word.value, ast.Constant) for word in node.keywords)
    ]  # fmt: skip
    of_base = [
        classes[node.name].status for node in tree.body if isinstance(node, ast.ClassDef) and node.name in classes
    ]
    for code, status, message in listed:
        yield code, status or next(iter([*made, *of_base]), None), message


def _listed(tree: ast.Module) -> Iterator[tuple[str, int | None, str | None]]:
    """Find codes in a module's tables: `{status: (code, message)}`, `{…: (code, message)}`, `{code: message}`."""
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if not isinstance(value, ast.Dict):
            continue
        for key, item in zip(value.keys, value.values, strict=True):
            if isinstance(item, ast.Tuple) and len(item.elts) == 2 and (code := _code(item.elts[0])):
                status = key.value if isinstance(key, ast.Constant) and isinstance(key.value, int) else None
                yield code, status, _text(item.elts[1])
            elif key is not None and (code := _code(key)) and (text := _text(item)) and text.endswith("."):
                yield code, None, text


def _code(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
        return node.value
    return None


def _message(node: ast.Call) -> str | None:
    named = [word.value for word in node.keywords if word.arg == "message"]
    return _text((named or node.args or [ast.Constant("")])[0])


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return None
