"""What every file of the project keeps to: documented, short, without loose ends."""

import ast
import json
import re

import pytest
from tests.architecture.sources import MIGRATIONS, PACKAGE, ROOT, definitions, everything, functions, package

LONGEST_FUNCTION = 80
LONGEST_MODULE = 400

BROAD_EXCEPTS = {
    "footnote.app.background": "the edge of endless work: whatever ended it is logged, told of, and it starts again",
    "footnote.chat.runs.service": "the edge of a run: whatever an engine raised becomes the run's problem, and is logged",
    "footnote.jobs.runner": "the edge of the worker: whatever a step raised becomes the job's reason, and is logged",
    "footnote.jobs.housekeeping": "the edge of the tidying: what one domain cannot prune stops no other's, and is logged",
    "footnote.db.sqlite": "waits for a statement whatever it raises; the error is raised right below",
    "footnote.retrieval.outbox": "the edge of the index feeder: one organisation's broken index stops no other's",
    "footnote.kit.children.child": "the edge of a child: whatever a task raised travels to the parent as a failure",
    "footnote.adapters.document_parsers.docx.parser": "the library raises anything at all on a damaged file; translated",
}
"""Modules that may catch everything, each with its reason; others may only to clean up and raise again."""


def test_the_sources_are_found():
    """Guards the other tests against reading an empty folder."""
    assert {"footnote.app.bootstrap", "footnote.chat.runs.service"} <= {source.name for source in package()}


def test_every_module_says_what_it_is_for():
    without = [source.where for source in everything() if not ast.get_docstring(source.tree)]
    assert without == []


def test_every_public_function_and_class_says_what_it_does():
    """Tables are described by their names and columns; a method that fulfils a port is described by the port."""
    without = [
        f"{source.at(node)} {node.name}"
        for source in package()
        if not source.name.endswith(".models") and not source.name.startswith(MIGRATIONS)
        for node in definitions(source)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert without == []


def test_every_method_of_a_port_says_what_it_promises():
    without = [
        f"{source.at(method)} {node.name}.{method.name}"
        for source in package()
        if source.name.endswith(".ports")
        for node in definitions(source)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        and not method.decorator_list
        and not ast.get_docstring(method)
    ]
    assert without == []


def test_no_function_is_longer_than_a_screen_or_two():
    long = [
        f"{source.at(node)} {node.name}: {length} lines"
        for source in package()
        if not source.name.startswith(MIGRATIONS)
        for node in functions(source)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_module_needs_a_table_of_contents():
    long = [
        f"{source.where}: {length} lines"
        for source in everything()
        if not source.name.startswith((MIGRATIONS, "tests/")) and (length := source.text.count("\n")) > LONGEST_MODULE
    ]
    assert long == []


def test_everything_is_caught_only_at_the_edges():
    """`except Exception` elsewhere hides a defect; a handler that cleans up and raises again hides nothing."""
    broad = {
        source.name: source.at(node)
        for source in package()
        for node in ast.walk(source.tree)
        if _catches_everything(node) and not _raises_again(node)
    }
    assert sorted(broad) == sorted(BROAD_EXCEPTS), broad


def test_services_never_answer_in_http():
    """HTTPException is translated at the border and raised nowhere."""
    raised = [
        source.at(node)
        for source in package()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "HTTPException" in ast.unparse(node.exc)
        and source.name != "footnote.app.web_files"
    ]  # fmt: skip
    assert raised == []


def test_nothing_is_left_for_later():
    mark = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")
    web = [path for end in ("ts", "tsx", "css") for path in (ROOT / "web" / "src").rglob(f"*.{end}")]
    texts = {source.where: source.text for source in everything()} | {str(p): p.read_text("utf-8") for p in web}
    left = [
        f"{where}: {line.strip()}" for where, text in texts.items() for line in text.splitlines() if mark.search(line)
    ]
    assert left == []


def test_the_package_prints_only_through_the_command_line():
    printing = [
        source.at(node)
        for source in package()
        if not source.name.startswith("footnote.cli")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.name)
def test_lock_files_pin_every_package_by_hash_and_name_no_address(path):
    text = path.read_text(encoding="utf-8")
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text))

    assert "://" not in text
    assert entries
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z0-9,._-]+\])?==\S+", entry) for entry in entries)
    assert hashes >= len(entries)


def test_the_web_lock_file_names_no_address():
    """A mirror must serve as well as the public registry; addresses of people to fund are not fetched."""
    locked = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, entry in locked.items() if "resolved" in entry] == []
    assert [
        name for name, entry in locked.items() if name.startswith("node_modules/") and "integrity" not in entry
    ] == []


def test_no_file_names_a_package_registry():
    names = ("py" + "pi.org", "pythonhosted" + ".org", "registry.npm" + "js.org")
    files = [
        ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / "requirements").iterdir(), *(ROOT / "tools").rglob("*.*"),
        *(ROOT / ".ci").iterdir(), *(ROOT / "web").glob("*.*"),
    ]  # fmt: skip
    naming = [
        f"{path}: {name}" for path in files for name in names if path.is_file() and name.encode() in path.read_bytes()
    ]
    assert naming == []


def test_the_package_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def _catches_everything(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func).rsplit(".", 1)[-1] == "suppress"
        and any(ast.unparse(kind) in ("Exception", "BaseException") for kind in node.args)
    )


def _raises_again(node: ast.AST) -> bool:
    return isinstance(node, ast.ExceptHandler) and isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
