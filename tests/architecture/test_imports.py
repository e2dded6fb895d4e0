"""Who may import whom: the layers, the privacy of storage, and where each library is at home."""

import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter

import grimp
import pytest
from importlinter import cli as importlinter
from tests.architecture.sources import ROOT

STANDARD = ("router", "dependencies", "tasks", "service", "repository", "models", "ports", "schemas", "errors")
"""The standard files of a domain, top to bottom; each may import only those to its right."""

AT_HOME = {
    # The language of the whole product.
    "sqlalchemy": ("footnote",),
    "structlog": ("footnote",),
    "numpy": ("footnote.retrieval", "footnote.chat", "footnote.ingestion", "footnote.adapters"),
    "msgspec": ("footnote.kit.children", "footnote.documents", "footnote.ingestion", "footnote.retrieval"),
    "uuid_utils": ("footnote.kit.ids",),
    # HTTP stays at the border.
    "fastapi": (
        "footnote.app", "footnote.kit.http", "footnote.kit.sse", "footnote.documents.upload_body", "*.router",
    ),
    "starlette": ("footnote.app", "footnote.documents.upload_body"),
    "sse_starlette": ("footnote.kit.sse", "*.router"),
    "python_multipart": ("footnote.documents.upload_body",),
    "pydantic": ("footnote.app", "footnote.kit.http", "footnote.kit.settings", "*.schemas"),
    "pydantic_settings": ("footnote.kit.settings",),
    "anyio": ("footnote.kit.sse", "*.router"),
    "uvicorn": ("footnote.cli.serve",),
    "prometheus_client": ("footnote.app.metrics",),
    "aiosqlite": ("footnote.db",),
    "alembic": ("footnote.app.migrate", "footnote.db.migrations"),
    # The command line is a client like any other.
    "httpx": ("footnote.cli",),
    "typer": ("footnote.cli",),
    "rich": ("footnote.cli",),
    # Language: analysis of words is the product's own, on top of two small libraries.
    "Stemmer": ("footnote.retrieval.analysis",),
    "py3langid": ("footnote.kit.language",),
    # Vendors live in adapters, all of them.
    "PIL": ("footnote.adapters",),
    "charset_normalizer": ("footnote.adapters",),
    "docx": ("footnote.adapters",),
    "liteparse": ("footnote.adapters",),
    "lxml": ("footnote.adapters",),
    "markdown_it": ("footnote.adapters",),
    "onnx": ("footnote.adapters",),
    "onnxruntime": ("footnote.adapters",),
    "openai": ("footnote.adapters",),
    "pypdfium2": ("footnote.adapters",),
    "safetensors": ("footnote.adapters",),
    "tokenizers": ("footnote.adapters",),
}  # fmt: skip
"""Library -> the modules, or folders of modules, that may import it; `*.x` is the standard file x of any domain."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("footnote", include_external_packages=True, cache_dir=None)


def test_folders_import_only_what_stands_below_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The layer list of pyproject.toml; a new folder must take its place there."""
    monkeypatch.chdir(ROOT)

    code = importlinter.lint_imports(no_cache=True)

    assert code == importlinter.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_no_modules_import_each_other_in_a_circle(graph: grimp.ImportGraph):
    uses: dict[str, set[str]] = {}
    for importer, module in _imports(graph):
        uses.setdefault(importer, set()).add(module)

    TopologicalSorter(uses).prepare()  # raises CycleError naming the circle


def test_models_and_repositories_are_private_to_their_domain(graph: grimp.ImportGraph):
    """Across domains one speaks by ids and services. Only the migrations' metadata needs every domain's tables."""
    strangers = [
        f"{importer} -> {module}"
        for importer, module in _imports(graph)
        if _last(module) in ("models", "repository")
        and _domain(module) != _domain(importer)
        and (importer, _last(module)) != ("footnote.app.migrate", "models")
    ]
    assert strangers == []


def test_only_the_wiring_knows_adapters(graph: grimp.ImportGraph):
    """Everybody else knows ports. Building a model, once, is a command of its own without the product around it."""
    known = {
        importer
        for importer, module in _imports(graph)
        if _domain(module) == "adapters" and _domain(importer) != "adapters"
    }
    assert known <= {"footnote.app.bootstrap", "footnote.cli.main"}
    assert [m for i, m in _imports(graph) if i == "footnote.cli.main" and _domain(m) == "adapters"] == [
        "footnote.adapters.embedders.build_minilm"
    ]


def test_adapters_see_ports_and_never_services_or_storage(graph: grimp.ImportGraph):
    forbidden = {"service", "repository", "models", "router", "dependencies", "tasks"}
    seen = [
        f"{importer} -> {module}"
        for importer, module in _imports(graph)
        if _domain(importer) == "adapters" and _domain(module) != "adapters" and forbidden & set(module.split(".")[2:])
    ]
    assert seen == []


def test_inside_a_domain_the_standard_files_stand_in_one_order(graph: grimp.ImportGraph):
    upwards = [
        f"{importer} -> {module}"
        for importer, module in _imports(graph)
        if _domain(importer) == _domain(module)
        and (ours := _standard_file(importer)) is not None
        and (theirs := _standard_file(module)) is not None
        and STANDARD.index(ours) > STANDARD.index(theirs)
    ]
    assert upwards == []


def test_every_library_is_imported_only_where_it_is_at_home(graph: grimp.ImportGraph):
    """A library that is new to the project gets a line in AT_HOME first."""
    astray = [
        f"{importer} imports {library}"
        for importer, library in _imports(graph)
        if not library.startswith("footnote") and library not in sys.stdlib_module_names
        and not any(_is_in(importer, place) for place in AT_HOME.get(library, ()))
    ]  # fmt: skip
    assert astray == []


def test_the_list_of_libraries_has_no_line_that_nothing_needs(graph: grimp.ImportGraph):
    imported = {library for _, library in _imports(graph)}
    assert set(AT_HOME) <= imported


def _imports(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    for importer in sorted(module for module in graph.modules if module.startswith("footnote")):
        for module in sorted(graph.find_modules_directly_imported_by(importer)):
            yield importer, module


def _domain(module: str) -> str:
    return [*module.split("."), ""][1]


def _last(module: str) -> str:
    return module.rsplit(".", 1)[-1]


def _standard_file(module: str) -> str | None:
    parts = module.split(".")
    return parts[2] if len(parts) > 2 and parts[2] in STANDARD else None


def _is_in(module: str, place: str) -> bool:
    if place.startswith("*."):
        return _standard_file(module) == place.removeprefix("*.")
    return module == place or module.startswith(place + ".")
