"""The project's own source files, parsed once, for tests that read them instead of running them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "footnote"
MIGRATIONS = "footnote.db.migrations.versions"


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file. name: its dotted name for a module of the package, else its path."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def where(self) -> str:
        """The path below the project, for messages."""
        return str(self.path.relative_to(ROOT))

    def at(self, node: ast.stmt | ast.expr | ast.ExceptHandler) -> str:
        """Return path and line of a node."""
        return f"{self.where}:{node.lineno}"


@cache
def package() -> tuple[Source, ...]:
    """Return every module of the package."""
    return tuple(_read(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def everything() -> tuple[Source, ...]:
    """Return every Python file of the project, tests and examples among them."""
    folders = ("tools", "benchmarks", "examples", "tests")
    others = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return (*package(), *(_read(path) for path in others))


def definitions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield what a module defines at its top."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def functions(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, however deep."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path, _name(path), text, ast.parse(text))


def _name(path: Path) -> str:
    if not path.is_relative_to(PACKAGE):
        return str(path.relative_to(ROOT))
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
