"""`benchmarks.answers.citations.CitingSystem` over REST."""

from collections.abc import Mapping
from typing import Any

from benchmarks.api.sets import IngestedSet


class ApiCitingSystem:
    """Asks with a conversation each, and gives texts and originals back."""

    def __init__(self, ingested_set: IngestedSet) -> None:
        self._set = ingested_set
        self._client = ingested_set.server.client

    def answer(self, question: str) -> Mapping[str, Any]:
        return self._client.ask(question)

    def text(self, document_id: str, version_id: str) -> str:
        text: str = self._client.get(f"/documents/{document_id}/text", version=version_id)["text"]
        return text

    def file(self, document_id: str, version_id: str) -> bytes:
        return self._client.content(f"/documents/{document_id}/file", version=version_id)

    def own_id(self, document_id: str) -> str:
        """Return the set's id of a document of the server."""
        return self._set.documents[document_id]
