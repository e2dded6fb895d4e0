"""The commands in README and how-tos, run as they stand: `sh` blocks, in one shell a page, on a real server.

`serve` would not return, so its options are only checked; `make` is asked what it would do. The address and the data
folder of the pages are replaced by the test server's.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.pages import PAGES, ROOT, blocks, words_in_backticks
from tests.factories import files
from tests.support.missing import is_ci
from tests.support.server import Server, running

RUNNABLE = [page for page in PAGES if blocks(page, "sh")]
OUTSIDE = ("make", "ollama", "sudo", "systemctl", "tar", ".venv/bin/python")
"""What `console` blocks may call: programs that the tests do not have, or that would run the tests inside the tests."""

_FOOTNOTE = """#!/bin/sh
case "$1" in
  serve) shift; exec "{python}" -m footnote.cli.main serve "$@" --help >/dev/null ;;
  *) exec "{python}" -m footnote.cli.main "$@" ;;
esac
"""
_PRELUDE = """set -euo pipefail
make() {{ command make -n -C "{root}" "$@" >/dev/null; }}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(Server(tmp_path_factory.mktemp("docs") / "data")) as started:
        yield started


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None and not is_ci(), reason="the pages call curl")
@pytest.mark.parametrize("page", RUNNABLE, ids=str)
def test_the_commands_of_a_page_work_as_written(page: Path, server: Server, tmp_path: Path):
    command = tmp_path / ".venv" / "bin" / "footnote"
    command.parent.mkdir(parents=True)
    command.write_text(_FOOTNOTE.format(python=sys.executable))
    command.chmod(0o755)
    (tmp_path / "report.pdf").write_bytes(files.paged_pdf(3))
    script = _PRELUDE.format(root=ROOT) + "\n".join(blocks(page, "sh"))
    script = script.replace("http://127.0.0.1:8765", server.url).replace(
        "~/.local/share/footnote", str(server.data_dir)
    )

    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        cwd=tmp_path,
        env=server.environment(),
        text=True,
        timeout=280,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_is_not_run_here_needs_something_from_outside(page: Path):
    commands = [line for body in blocks(page, "console") for line in body.splitlines() if line.strip()]
    assert all(command.startswith(OUTSIDE) for command in commands), commands


def test_every_make_target_that_a_page_names_exists():
    named = {
        word.split()[1]
        for page in PAGES
        for word in (
            *words_in_backticks(page),
            *(line for body in blocks(page, "console") for line in body.splitlines()),
        )
        if word.startswith("make ") and len(word.split()) == 2
    }
    assert {"run", "test", "docs"} <= named
    for target in sorted(named):
        done = subprocess.run(
            ["make", "-n", "-C", str(ROOT), target], capture_output=True, env=os.environ, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
