"""`benchmarks.retrieval.systems.SearchSystem` over REST."""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from benchmarks.api.sets import IngestedSet, ingested
from benchmarks.retrieval.datasets import SourceDocument
from benchmarks.retrieval.systems import Hit


class ApiSearchSystem:
    """Searches with POST /api/v1/search; spans are told in the set's own texts."""

    def __init__(self, cache: Path, name: str) -> None:
        """cache: where ingested sets are kept. name: of the set."""
        self._cache = cache
        self._name = name
        self._stack = ExitStack()
        self._set: IngestedSet | None = None
        self._texts: dict[str, str] = {}
        self._places: dict[str, Places] = {}

    async def ingest(self, documents: Sequence[SourceDocument]) -> None:
        self._set = self._stack.enter_context(ingested(self._cache, self._name, documents))
        self._texts = {document.document_id: document.text for document in documents}

    async def search(self, question: str, top_k: int, mode: str) -> list[Hit]:
        assert self._set is not None, "ingest comes first"
        found = self._set.server.client.search(question, top_k=top_k, mode=mode)
        hits = []
        for result in found["results"]:
            document_id = self._set.documents[result["document_id"]]
            span = self._own_span(document_id, result["document_id"], tuple(result["span"]))
            hits.append(Hit(document_id, span, result["text"]))
        return hits

    async def close(self) -> None:
        self._stack.close()

    def _own_span(self, document_id: str, stored_id: str, span: tuple[int, int]) -> tuple[int, int]:
        assert self._set is not None, "ingest comes first"
        if document_id not in self._places:
            stored = self._set.server.client.get(f"/documents/{stored_id}/text")["text"]
            self._places[document_id] = Places(self._texts[document_id], stored)
        return self._places[document_id].own(span)


class Places:
    """From places in the stored text to places in the text as given.

    The product brings text into one form, which other tools need not do: white space may differ, ligatures may be
    taken apart, accents joined to their letters, invisible signs left out. Nothing else may.
    """

    def __init__(self, given: str, stored: str) -> None:
        """Raise ValueError if the two differ in what they say: then no span could be compared."""
        ours, places = _essence(given)
        theirs, stored_places = _essence(stored)
        if ours != theirs:
            raise ValueError("The stored text is not the text that was uploaded.")
        self._given = np.array(places, dtype=np.int64)
        # How many essential characters stand before each place of the stored text.
        self._before = np.searchsorted(np.array(stored_places), np.arange(len(stored) + 1))

    def own(self, span: tuple[int, int]) -> tuple[int, int]:
        """Return the half-open span in the given text that holds the same essential characters."""
        first, last = int(self._before[span[0]]), int(self._before[span[1]])
        if first >= last:
            return (0, 0)
        return int(self._given[first]), int(self._given[last - 1]) + 1


def _essence(text: str) -> tuple[str, list[int]]:
    """Return the text fully taken apart, without white space and invisible signs; and the place each part came from."""
    parts: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        for number, part in enumerate(unicodedata.normalize("NFKD", cluster)):
            if not part.isspace() and unicodedata.category(part) not in ("Cf", "Cc"):
                parts.append(part)
                places.append(start + min(number, len(cluster) - 1))
    return "".join(parts), places


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and text of each character with the marks on it, whose order does not matter."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, text[start:place]
            start = place
