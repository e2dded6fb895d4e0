"""Sets of documents ingested through the API once, and kept as data folders until the code that read them changes."""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.retrieval.datasets import SourceDocument
from benchmarks.server import Client, RunningServer, running_server
from benchmarks.speed.fingerprint import fingerprint

_UPLOADS_AT_ONCE = 4
_DEPENDS_ON = (
    "benchmarks/api/sets.py", "src/footnote/ingestion", "src/footnote/documents", "src/footnote/retrieval",
    "src/footnote/adapters/document_parsers", "src/footnote/adapters/document_shapers",
    "src/footnote/adapters/embedders", "src/footnote/adapters/search_indexes", "src/footnote/db",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IngestedSet:
    """A server that holds one set. documents: the server's document id -> the set's."""

    server: RunningServer
    documents: dict[str, str]


@contextmanager
def ingested(
    cache: Path, name: str, documents: Sequence[SourceDocument], *, suffix: str = "txt"
) -> Iterator[IngestedSet]:
    """Serve the set from its kept folder, ingesting it first where there is none.

    Files are named after the set's document ids and carry its titles; suffix is txt or md. What the kept folder holds
    depends on the code that reads and finds documents; it is made anew whenever that changes.
    """
    kept = cache / f"set-{name}-{len(documents)}-{fingerprint(_DEPENDS_ON)}"
    if not (kept / "documents.json").exists():
        for outdated in cache.glob(f"set-{name}-{len(documents)}-*"):
            shutil.rmtree(outdated)
        with running_server(kept) as server:
            ids = _ingest(server.client, documents, suffix)
        (kept / "documents.json").write_text(json.dumps(ids), encoding="utf-8")
    ids = json.loads((kept / "documents.json").read_text(encoding="utf-8"))
    with running_server(kept) as server:
        yield IngestedSet(server, ids)


def _ingest(client: Client, documents: Sequence[SourceDocument], suffix: str) -> dict[str, str]:
    """Upload all documents, several at once, and return the server's id of each when all can be found."""
    started = time.monotonic()

    def add(document: SourceDocument) -> tuple[str, str]:
        content = document.text.encode("utf-8")
        return client.upload(f"{document.document_id}.{suffix}", content, title=document.title), document.document_id

    # An empty text is no document: the product refuses it, as it should, and so it cannot be found.
    with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as uploads:
        ids = dict(uploads.map(add, [document for document in documents if document.text.strip()]))
    client.wait_until_idle()
    failed = client.get("/documents", status="failed", limit=5)["items"]
    if failed:
        raise RuntimeError(f"{failed[0]['filename']} could not be read: {failed[0]['error']}")
    print(f"  {len(ids):,} documents ingested in {time.monotonic() - started:.0f} s", flush=True)
    return ids
