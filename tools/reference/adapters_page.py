"""The page of adapters: what each registry offers, read without importing any vendor's library."""

import ast
from pathlib import Path

from reference.markdown import page, table

_INTRODUCTION = """
A registry maps a name to an import path, so that a vendor's library is imported only when its adapter is chosen.
"""


def adapters_page(source: Path) -> str:
    """Return the page for the package in `source`."""
    parts = [_INTRODUCTION]
    for registry in sorted((source / "adapters").glob("*/registry.py")):
        tree = ast.parse(registry.read_text(encoding="utf-8"))
        for name, entries in registries(tree).items():
            rows = [[f"`{key}`", f"`{path}`", _summary(source, path)] for key, path in entries.items()]
            where = f"`{registry.relative_to(source.parent)}`"
            summary = (ast.get_docstring(tree) or "").splitlines()[0]
            parts += [f"## {name}", f"{where}: {summary}", table(["name", "made by", "what it is"], rows)]
    return page("Adapters", *parts)


def registries(tree: ast.Module) -> dict[str, dict[str, str]]:
    """Return constant name -> (registered name -> `module:attribute`) of one registry module."""
    constants = {
        name.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    found: dict[str, dict[str, str]] = {}
    for node in tree.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            continue
        for literal in ast.walk(node.value):
            if isinstance(literal, ast.Dict) and literal.keys:
                found[node.target.id] = {
                    str(key.value if isinstance(key, ast.Constant) else constants[key.id]): str(value.value)  # type: ignore[union-attr]
                    for key, value in zip(literal.keys, literal.values, strict=True)
                    if isinstance(value, ast.Constant)
                }
    return found


def _summary(source: Path, path: str) -> str:
    module = source.parent / (path.partition(":")[0].replace(".", "/") + ".py")
    return (ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or "").splitlines()[0]
