"""What the pages point at is there: files, settings, commands, sections."""

import re
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT, links, text_of, words_in_backticks
from typer.main import get_command

from footnote.cli.main import app
from footnote.kit.settings import PREFIX, Settings

NOT_SETTINGS = {"FOOTNOTE_CONFIG", "FOOTNOTE_SECRETS_DIR", "FOOTNOTE_OWNER_KEY", "FOOTNOTE_URL", "FOOTNOTE_"}
_FILE = re.compile(r"[\w./-]+\.(py|ts|md|toml|json|ya?ml|sh)")
_OTHERS = {"server.json", "footnote.yaml"}
"""Files that a running server or an operator makes."""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_to_a_file(page: Path):
    broken = [target for target in links(page) if not ((ROOT / page).parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_is_named_exists(page: Path):
    """A path may be given from the root, from the package, or as a file's bare name."""
    named = {word for word in words_in_backticks(page) if _FILE.fullmatch(word)} - _OTHERS
    missing = [name for name in sorted(named) if not _exists(name)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_setting_that_is_named_exists(page: Path):
    known = {PREFIX + name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    assert set(re.findall(r"\bFOOTNOTE_[A-Z_]*", text_of(page))) <= known


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_is_named_exists(page: Path):
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = {word.split()[1] for word in words_in_backticks(page) if re.match(r"footnote [a-z]", word)}
    assert named <= commands


def test_every_page_of_the_documentation_is_in_its_index():
    index = text_of(Path("docs/README.md")) + text_of(Path("docs/decisions/README.md"))
    pages = [
        path.name for folder in ("how-to", "reference", "decisions") for path in (ROOT / "docs" / folder).glob("*.md")
    ]
    assert [name for name in pages if name not in index and name != "README.md"] == []


def test_decisions_are_numbered_without_gaps_and_keep_to_a_page():
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}. ")
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## Context", "## Decision", "## Consequences", "## Rejected",
        ]  # fmt: skip
        assert text.count("\n") <= 42


def _exists(name: str) -> bool:
    if "NNNN" in name or any((folder / name).exists() for folder in (ROOT, ROOT / "src", ROOT / "src" / "footnote")):
        return True
    return any((ROOT / "src" / "footnote").glob(f"*/{name}")) or ("/" not in name and any((ROOT / "src").rglob(name)))
