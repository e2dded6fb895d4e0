"""The `footnote` command: the same product from the terminal, with a running server and without one."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.conftest import MakeServer
from tests.support.client import Json
from tests.support.samples import PARKING_MARKDOWN, PARKING_QUESTION, pump_pdf
from tests.support.server import Server, running


def footnote(server: Server, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the command on the server's data folder."""
    environment = {**server.environment(), **variables}
    return subprocess.run(
        [sys.executable, "-m", "footnote.cli.main", *arguments], env=environment, capture_output=True, text=True,
        timeout=240, check=False, cwd=server.data_dir.parent,
    )  # fmt: skip


def told(server: Server, *arguments: str) -> Any:
    """Run the command with --json and return what it printed; AssertionError unless it succeeded."""
    result = footnote(server, *arguments, "--json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that the commands find by its data folder."""
    with running(Server(tmp_path_factory.mktemp("cli") / "data")) as found:
        yield found


@pytest.fixture
def server(shared_server: Server) -> Server:
    """The module's server with an empty library."""
    for document in shared_server.client.all("/documents"):
        shared_server.client.delete(f"/documents/{document['id']}")
    return shared_server


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "kestrel.pdf").write_bytes(pump_pdf())
    (folder / "parking.md").write_bytes(PARKING_MARKDOWN)
    (folder / ".hidden").write_bytes(b"not to be sent")
    return folder


def _add(server: Server, files: Path) -> list[Json]:
    added: list[Json] = told(server, "add", str(files))["files"]
    assert [(Path(item["file"]).name, item["status"], item["outcome"]) for item in added] == [
        ("kestrel.pdf", "ready", "created"), ("parking.md", "ready", "created"),
    ]  # fmt: skip
    return added


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def test_files_are_added_and_asked_without_a_server(make_server: MakeServer, files: Path) -> None:
    server = make_server()
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    _add(server, files)
    answer = told(server, "ask", PARKING_QUESTION)
    assert "nine in the evening" in answer["text"]
    left = [p for p in psutil.Process().children(recursive=True) if p.pid not in before and "footnote" in _command(p)]
    assert not left, "a temporary server ends with its command"


def test_every_command_works_through_a_running_server(server: Server, files: Path) -> None:
    added = _add(server, files)
    assert {item["filename"] for item in told(server, "docs")["items"]} == {"kestrel.pdf", "parking.md"}
    assert told(server, "search", "operating pressure", "--top", "1")["results"][0]["filename"] == "kestrel.pdf"
    spoken = footnote(server, "ask", PARKING_QUESTION)
    assert spoken.returncode == 0
    assert "nine in the evening" in spoken.stdout
    assert "[1]" in spoken.stdout
    assert "parking.md" in spoken.stdout
    assert told(server, "index", "status")["chunks"] > 0
    assert told(server, "index", "rebuild")["status"] == "succeeded"
    receipt = told(server, "delete", "--force", added[0]["document_id"])
    assert receipt["counts"]["versions"] == 1
    assert server.process is not None
    assert server.process.poll() is None
    assert [d["filename"] for d in server.client.all("/documents")] == ["parking.md"], "it was the same library"


def test_refusals_have_their_exit_codes_and_one_sentence(server: Server, tmp_path: Path) -> None:
    binary = tmp_path / "program.bin"
    binary.write_bytes(bytes(range(256)) * 8)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nthis is not really one")
    cases: list[tuple[tuple[str, ...], dict[str, str], int, str]] = [
        (("add", str(binary)), {}, 5, "unsupported_format"),
        (("add", str(broken)), {}, 5, "broken.pdf"),
        (("add", str(tmp_path / "nowhere.txt")), {}, 5, "nowhere.txt"),
        (("delete", "--force", "doc_missing"), {}, 4, "document_not_found"),
        (("search", "x", "--collection", "Nobody's"), {}, 4, "collection_not_found"),
        (("ask", ""), {}, 5, "invalid_input"),
        (("docs",), {"FOOTNOTE_OWNER_KEY": "fnk_wrong"}, 3, "bad_key"),
        (("docs",), {"FOOTNOTE_URL": "http://127.0.0.1:9"}, 6, ""),
        (("docs",), {"FOOTNOTE_NO_SUCH_SETTING": "1"}, 2, "FOOTNOTE_NO_SUCH_SETTING"),
        (("frobnicate",), {}, 2, "frobnicate"),
    ]
    for arguments, variables, code, words in cases:
        result = footnote(server, *arguments, **variables)
        assert result.returncode == code, (arguments, variables, result.returncode, result.stdout, result.stderr)
        assert words in result.stdout + result.stderr, (arguments, result.stdout, result.stderr)
        assert "Traceback" not in result.stderr, (arguments, result.stderr)


def test_a_pile_with_one_bad_file_adds_the_others_and_says_which_failed(server: Server, files: Path) -> None:
    (files / "program.bin").write_bytes(bytes(range(256)) * 8)
    result = footnote(server, "add", str(files), "--json")
    assert result.returncode == 5
    by_name: dict[str, Json] = {Path(item["file"]).name: item for item in json.loads(result.stdout)["files"]}
    assert {name: item["status"] for name, item in by_name.items()} == {
        "kestrel.pdf": "ready", "parking.md": "ready", "program.bin": "refused",
    }  # fmt: skip
    assert by_name["program.bin"]["error"]["code"] == "unsupported_format"


def test_names_with_brackets_are_printed_as_they_are(server: Server, tmp_path: Path) -> None:
    name = "report [draft] [red]v2.md"
    (tmp_path / name).write_bytes(PARKING_MARKDOWN)
    for arguments in (("add", str(tmp_path / name)), ("docs",), ("search", "parking")):
        result = footnote(server, *arguments, COLUMNS="300")
        assert result.returncode == 0, result.stderr
        assert name in result.stdout
    missing = footnote(server, "add", "missing [/x].txt")
    assert missing.returncode == 5
    assert "missing [/x].txt" in missing.stdout


def test_only_its_user_can_read_what_a_server_writes(server: Server, files: Path) -> None:
    _add(server, files)
    written = [file for file in server.data_dir.rglob("*") if file.is_file() and file.parent != server.data_dir.parent]
    assert {"footnote.db", "owner.key"} <= {file.name for file in written}
    assert [str(file) for file in written if file.stat().st_mode & 0o077] == []


def test_sign_in_prints_a_link_that_works_once(server: Server) -> None:
    result = footnote(server, "sign-in")
    assert result.returncode == 0
    code = result.stdout.strip().partition("#code=")[2]
    with server.anonymous() as http:
        assert http.post("/api/v1/session", json={"code": code}).status_code == 200
        assert http.post("/api/v1/session", json={"code": code}).status_code == 401


def test_commands_that_start_at_the_same_moment_share_one_server_or_say_why_not(make_server: MakeServer) -> None:
    server = make_server()
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "footnote.cli.main", "docs", "--json"], env=server.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in running:
        out, err = process.communicate(timeout=240)
        assert process.returncode in (0, 6), (process.returncode, err)
        assert "Traceback" not in err
        if process.returncode == 0:
            assert json.loads(out) == {"items": []}
