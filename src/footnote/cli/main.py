"""The `footnote` command: data on standard output, everything else on standard error, stable exit codes.

0 ok, 1 failure, 2 usage, 3 not signed in, 4 not found, 5 refused input or a document that could not be read,
6 server unreachable, 130 interrupted.
"""

import json
import sys
import time
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from footnote import __version__
from footnote.cli.client import ApiClient, ApiError, ServerUnreachable, connect
from footnote.cli.watching import wait_until_read
from footnote.kit.errors import FootnoteError
from footnote.kit.settings import Settings, SettingsError, load_settings

app = typer.Typer(
    help="Answers about your documents, each sentence with the exact spot it came from.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
index_app = typer.Typer(help="The search index.", no_args_is_help=True)
models_app = typer.Typer(help="Local models.", no_args_is_help=True)
app.add_typer(index_app, name="index")
app.add_typer(models_app, name="models")

_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Data folder; default from FOOTNOTE_DATA_DIR.")]


class Exit(IntEnum):
    """Exit codes; part of the public interface."""

    FAILURE = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    REFUSED = 5
    UNREACHABLE = 6
    INTERRUPTED = 130


_EXIT_OF_STATUS = {401: Exit.NOT_SIGNED_IN, 403: Exit.NOT_SIGNED_IN, 404: Exit.NOT_FOUND, 409: Exit.REFUSED,
                   413: Exit.REFUSED, 415: Exit.REFUSED, 422: Exit.REFUSED}  # fmt: skip


def main() -> None:
    """Run the command and turn every expected failure into one sentence and its exit code."""
    try:
        app()
    except SettingsError as error:
        _fail(f"Settings: {error}", Exit.USAGE)
    except ApiError as error:
        _fail(f"{error.detail} [{error.code}]", _EXIT_OF_STATUS.get(error.status, Exit.FAILURE))
    except ServerUnreachable as error:
        _fail(str(error), Exit.UNREACHABLE)
    except httpx.TransportError as error:
        _fail(f"The server does not answer ({error}).", Exit.UNREACHABLE)
    except FootnoteError as error:
        _fail(f"{error.message} [{error.error_code}]", Exit.FAILURE)
    except KeyboardInterrupt:
        _fail("Interrupted.", Exit.INTERRUPTED)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Footnote."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def serve(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback unless told.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    examples: Annotated[Path | None, typer.Option(help="A folder of files to add once the server is up.")] = None,
    until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but log lines.")] = False,
) -> None:
    """Run the server."""
    from footnote.cli.examples import add_examples_in_background
    from footnote.cli.serve import run_server

    settings = _settings(data_dir, host=host, port=port)

    def announce(url: str) -> None:
        if examples is not None:
            add_examples_in_background(settings, url, examples)
        if not quiet:
            _announce(settings, url)

    run_server(settings, announce=announce, stop_with_stdin=until_stdin_closes)


@app.command("sign-in")
def sign_in(data_dir: DataDir = None) -> None:
    """Print a new one-time link that signs a browser in."""
    with connect(_settings(data_dir)) as client:
        typer.echo(client.post("/session/links")["url"])


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Files, or folders to take every file from.")],
    collection: Annotated[str | None, typer.Option(help="Name or id of the collection.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait until every file is read.")] = True,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Add files to the library and watch them being read."""
    with connect(_settings(data_dir)) as client:
        collection_id = _collection_id(client, collection)
        results = [_add_one(client, file, collection_id) for file in _files(files)]
        if wait:
            wait_until_read(client, results, _err, animated=not as_json and _err.is_terminal)
    failed = [result for result in results if result["status"] in ("refused", "failed", "cancelled")]
    if as_json:
        _print_json({"files": results})
    else:
        for result in results:
            _out.print(_line_of(result))
    if failed:
        raise typer.Exit(Exit.REFUSED)


@app.command()
def docs(
    query: Annotated[str | None, typer.Argument(help="Part of a file name or title.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """List documents."""
    with connect(_settings(data_dir)) as client:
        found = list(_all(client, "/documents", q=query))
    if as_json:
        _print_json({"items": found})
        return
    table = Table("id", "file", "status", "pages", box=None, pad_edge=False)
    for item in found:
        table.add_row(item["id"], Text(item["filename"]), item["status"], str(item["page_count"] or ""))
    _out.print(table)


@app.command()
def delete(
    document_id: str,
    force: Annotated[bool, typer.Option("--force", help="Do not ask.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Remove a document for good and print the receipt."""
    if not force:
        typer.confirm(f"Remove {document_id} with everything made from it?", abort=True, err=True)
    with connect(_settings(data_dir)) as client:
        receipt = client.delete(f"/documents/{document_id}")
    if as_json:
        _print_json(receipt)
        return
    _out.print(f"Removed {document_id}: " + ", ".join(f"{count} {kind}" for kind, count in receipt["counts"].items()))


@app.command()
def search(
    query: str,
    top_k: Annotated[int, typer.Option("--top", min=1, max=200)] = 5,
    collection: Annotated[str | None, typer.Option(help="Name or id of the collection.")] = None,
    explain: Annotated[bool, typer.Option(help="Show how each result was scored.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Find passages."""
    with connect(_settings(data_dir)) as client:
        body = {"query": query, "top_k": top_k, "explain": explain, "collection_id": _collection_id(client, collection)}
        found = client.post("/search", body)
    if as_json:
        _print_json(found)
        return
    for rank, result in enumerate(found["results"], start=1):
        _out.print(f"[bold]{rank}. {escape(_place(result))}[/bold]  {result['score']:.2f}")
        _out.print("   " + " ".join(result["text"].split())[:400], markup=False)
        if explain:
            _out.print(f"   {json.dumps(result['explain'])}", style="dim", markup=False)
    if not found["results"]:
        _err.print("Nothing was found.")


@app.command()
def ask(
    question: str,
    collection: Annotated[str | None, typer.Option(help="Name or id of the collection.")] = None,
    local: Annotated[bool, typer.Option("--local", help="Quote without a model, even when one is set up.")] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Ask a question and read the answer with its footnotes."""
    with connect(_settings(data_dir)) as client:
        conversation = client.post("/conversations", {"collection_id": _collection_id(client, collection)})
        message_id = ""
        for part in client.ask(conversation["id"], question, model="local" if local else "default"):
            if part["type"] == "start":
                message_id = part["messageId"]
            elif part["type"] == "data-sentence" and not as_json:
                _print_sentence(part["data"])
        message = client.get(f"/messages/{message_id}")
    if as_json:
        _print_json(message)
    else:
        _print_notes(message)
    if message["status"] == "failed":
        _fail("The answer could not be finished.", Exit.FAILURE)


@index_app.command("status")
def index_status(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show how the search index stands."""
    with connect(_settings(data_dir)) as client:
        state = client.get("/index")
    if as_json:
        _print_json(state)
        return
    for name, value in state.items():
        _out.print(f"{name}: {value}", markup=False)


@index_app.command("rebuild")
def index_rebuild(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Build the search index anew from the database; after a change of the embedder its vectors too."""
    with connect(_settings(data_dir)) as client:
        job = client.post("/index/rebuild")
        while job["status"] in ("queued", "running"):
            time.sleep(0.2)
            job = client.get(f"/jobs/{job['id']}")
    if as_json:
        _print_json(job)
    if job["status"] != "succeeded":
        _fail(f"The rebuild ended as {job['status']}.", Exit.FAILURE)
    if not as_json:
        _out.print("The index was rebuilt.")


@models_app.command("build")
def models_build() -> None:
    """Build the local embedding model from its packaged weights, once per machine."""
    try:
        from footnote.adapters.embedders.build_minilm import ensure_model
    except ImportError:
        _fail("This needs the extra footnote[model-build].", Exit.FAILURE)
    settings = _settings(None)
    variant = "fp32" if settings.embedder == "minilm-fp32" else "int8"
    _out.print(str(ensure_model(variant, models=settings.models_dir)), markup=False)


@app.command()
def openapi() -> None:
    """Print the description of the REST API."""
    from footnote.app.server import create_app

    _print_json(create_app(_settings(None)).openapi())


def _announce(settings: Settings, url: str) -> None:
    from footnote.cli.examples import sign_in_link

    link = sign_in_link(settings, url)
    _err.print(f"\n[bold]Footnote is ready[/bold] at {url}")
    _err.print(f"Sign in once with: [link={link}]{link}[/link]", soft_wrap=True)
    _err.print(f"Data: {settings.data_dir} · stop with Ctrl-C\n", markup=False)


def _settings(data_dir: Path | None, **overrides: Any) -> Settings:
    given = {name: value for name, value in {"data_dir": data_dir, **overrides}.items() if value is not None}
    return load_settings(**given)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        else:
            yield path


def _add_one(client: ApiClient, file: Path, collection_id: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {"file": str(file), "document_id": None, "outcome": None, "error": None}
    try:
        sent = client.upload(file, collection_id)
    except OSError as error:
        return result | {"status": "refused", "error": {"code": "unreadable_file", "message": str(error.strerror)}}
    except ApiError as error:
        if error.status in (401, 403):
            raise
        return result | {"status": "refused", "error": {"code": error.code, "message": error.detail}}
    document = sent["document"]
    return result | {
        "outcome": sent["outcome"], "document_id": document["id"], "status": document["status"],
        "error": document["error"],
    }  # fmt: skip


def _line_of(result: dict[str, Any]) -> str:
    file = escape(result["file"])
    if result["error"]:
        return f"[red]✗[/red] {file}: {escape(result['error']['message'])} ({result['error']['code']})"
    return f"[green]✓[/green] {file}: {result['outcome']}, {result['status']}  {result['document_id']}"


def _collection_id(client: ApiClient, wanted: str | None) -> str | None:
    if wanted is None:
        return None
    for item in _all(client, "/collections"):
        if wanted in (item["id"], item["name"]):
            return str(item["id"])
    raise ApiError(404, "collection_not_found", f"There is no collection named {wanted!r}.")


def _all(client: ApiClient, path: str, **params: Any) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = client.get(path, cursor=cursor, limit=200, **params)
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


def _print_sentence(sentence: dict[str, Any]) -> None:
    marks = "".join(f"[{source['number']}]" for source in sentence["sources"])
    unsupported = " (no source found)" if sentence["verdict"] == "unsupported" else ""
    _out.print(f"{sentence['text']} {marks}{unsupported}".rstrip(), markup=False)


def _print_notes(message: dict[str, Any]) -> None:
    if message["abstained"]:
        _out.print("The documents do not answer this.")
    shown: dict[int, dict[str, Any]] = {}
    for sentence in message["sentences"]:
        shown.update({source["number"]: source for source in sentence["sources"]})
    for number, source in sorted(shown.items()):
        _out.print(f"  [{number}] {_place(source)}", style="dim", markup=False)
    for note in message["notes"]:
        _err.print(note, style="yellow", markup=False)


def _place(item: dict[str, Any]) -> str:
    pages = item.get("pages") or []
    return f"{item['filename']}, page {', '.join(map(str, pages))}" if pages else str(item["filename"])


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _fail(message: str, code: Exit) -> NoReturn:
    _err.print(f"footnote: {message}", markup=False, soft_wrap=True)
    raise SystemExit(int(code))


if __name__ == "__main__":
    main()
