"""`benchmarks.answers.citations.DocumentSource` over REST."""

from benchmarks.server import Client


class ApiDocuments:
    """Gives texts and originals back."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def text(self, document_id: str, version_id: str) -> str:
        text: str = self._client.get(f"/documents/{document_id}/text", version=version_id)["text"]
        return text

    def file(self, document_id: str, version_id: str) -> bytes:
        return self._client.content(f"/documents/{document_id}/file", version=version_id)
