"""Registries lead somewhere, importing does no work, the schema fits its models, generated pages are fresh."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.architecture.sources import PACKAGE, ROOT

from footnote.app.migrate import migrate, schema_differences
from footnote.app.server import create_app
from footnote.db.engine import open_database
from footnote.kit.settings import Settings

REGISTRIES = {
    "BLOB_STORES": "footnote.adapters.blob_stores.registry",
    "CHAT_MODELS": "footnote.adapters.chat_models.registry",
    "DOCUMENT_PARSERS": "footnote.adapters.document_parsers.registry",
    "EMBEDDERS": "footnote.adapters.embedders.registry",
    "OCR_ENGINES": "footnote.adapters.ocr_engines.registry",
    "SEARCH_INDEXES": "footnote.adapters.search_indexes.registry",
}
ENTRIES = [
    pytest.param(path, id=f"{name}[{key}]")
    for name, module in REGISTRIES.items()
    for key, path in getattr(importlib.import_module(module), name).items()
]

NOT_CHOSEN = ("asyncpg", "docx", "liteparse", "lxml", "markdown_it", "onnx", "onnxruntime", "openai", "PIL",
              "pypdfium2", "safetensors", "torch")  # fmt: skip
"""Libraries that cost memory and start-up time, and that the server's own process needs only once asked, or never."""

_IMPORT = """
import json, os, sys, threading
files = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
import footnote.app.server
print(json.dumps({
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    "threads": threading.active_count(),
    "open": len(set(os.listdir("/proc/self/fd")) - files) if files else 0,
    "made": sorted(os.listdir(os.environ["HOME"])),
}))
"""


def test_every_registry_is_known_here():
    found = {f"footnote.adapters.{path.parent.name}.registry" for path in (PACKAGE / "adapters").glob("*/registry.py")}
    assert found == set(REGISTRIES.values())


@pytest.mark.parametrize("path", ENTRIES)
def test_every_registered_adapter_can_be_made_from_its_path(path: str):
    module, separator, name = path.partition(":")
    assert separator
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("registry", REGISTRIES)
def test_every_port_has_a_contract_that_reads_its_registry(registry: str):
    """So that an adapter which is registered is tested, without anyone remembering to."""
    suites = [
        path.name for path in (ROOT / "tests" / "contracts").glob("test_*.py") if registry in path.read_text("utf-8")
    ]
    assert suites


def test_importing_the_server_does_no_work(tmp_path: Path):
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT], capture_output=True, check=True, cwd=tmp_path, env=environment, text=True
    )
    seen = json.loads(done.stdout)

    assert seen["threads"] == 1
    assert seen["open"] == 0
    assert seen["made"] == []
    assert set(seen["modules"]).isdisjoint(NOT_CHOSEN)


def test_making_the_application_opens_nothing(tmp_path: Path):
    """Only its lifespan does."""
    create_app(Settings(data_dir=tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


async def test_the_migrated_schema_is_the_models_schema(tmp_path: Path):
    database = open_database(None, tmp_path)
    try:
        await migrate(database)
        assert await schema_differences(database) == []
    finally:
        await database.close()


def test_generated_reference_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "generate_reference.py"), "--check"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_route_is_named_described_and_refuses_in_one_shape(tmp_path: Path):
    """What client generators and people read: unique names, a sentence each, problem details for what goes wrong."""
    described = create_app(Settings(data_dir=tmp_path)).openapi()
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]

    assert len(names) == len(set(names)) > 30
    assert all(operation["description"].strip() for operation in operations)
    for operation in operations:
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")):
                assert list(response["content"]) == ["application/problem+json"], operation["operationId"]


def test_every_setting_is_described():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
