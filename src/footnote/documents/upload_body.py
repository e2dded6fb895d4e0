"""Reads a multipart upload as it arrives: the file goes straight to the blob store, never into memory as a whole."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from footnote.documents.ports import StagedBlob
from footnote.documents.service.uploads import UploadService
from footnote.kit.errors import InvalidInput, TooLarge
from footnote.kit.principal import Principal

_MAX_FIELD_BYTES = 10_000
_MAX_PARTS = 10
_MAX_TITLE = 400


@dataclass(frozen=True, slots=True)
class ReceivedUpload:
    """One uploaded file and the fields beside it."""

    staged: StagedBlob
    filename: str
    collection_id: str | None
    title: str | None


async def receive_upload(request: Request, principal: Principal, uploads: UploadService) -> ReceivedUpload:
    """Read the body; InvalidInput `bad_upload` unless it is a form with exactly one file, TooLarge beyond the limit."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise InvalidInput("Send the file as multipart/form-data, in a part named file.", code="bad_upload")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > uploads.limit_bytes + 100_000:
        raise TooLarge(
            f"The file is larger than the {uploads.limit_bytes // 1_000_000} MB allowed.", code="file_too_large"
        )
    form = _Form(boundary)
    body = request.stream()
    staged: StagedBlob | None = None
    try:
        while not form.has_file and not form.is_done and (chunk := await anext(body, None)) is not None:
            form.feed(chunk)
        if form.has_file:
            staged = await uploads.stage(principal, form.file_bytes(body))
        async for chunk in body:
            form.feed(chunk)
        form.finish()
        if staged is None or form.filename is None:
            raise InvalidInput("There is no part named file in this form.", code="bad_upload")  # noqa: TRY301  # discards
        title = _clean_title(form.fields.get("title"))
    except ClientDisconnect as error:
        await _discard(uploads, staged)
        raise _cut_off() from error
    except BaseException:
        await _discard(uploads, staged)
        raise
    return ReceivedUpload(staged, form.filename, form.fields.get("collection_id"), title)


async def _discard(uploads: UploadService, staged: StagedBlob | None) -> None:
    if staged is not None:
        await uploads.discard(staged)


def _clean_title(title: str | None) -> str | None:
    if title is None:
        return None
    title = "".join(character for character in title if character.isprintable()).strip()
    if len(title) > _MAX_TITLE:
        raise InvalidInput(f"The title is longer than {_MAX_TITLE} characters.", code="bad_upload")
    return title


def _cut_off() -> InvalidInput:
    return InvalidInput("The upload broke off before its end.", code="upload_cut_off")


class _Form:
    """State of one multipart body; file bytes wait in `_pending` only until the next read."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.filename: str | None = None
        self.has_file = False
        self.is_done = False
        self._file_ended = False
        self._pending: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._header_name = b""
        self._header_value = b""
        self._field: str | None = None
        self._value = b""
        self._in_file = False
        self._parts = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_part,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._ends,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes of the body."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidInput("The multipart form is damaged.", code="bad_upload") from error

    def finish(self) -> None:
        """Raise InvalidInput when the body ended before the form did."""
        if not self.is_done:
            raise _cut_off()

    async def file_bytes(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield the file's bytes, reading on from the body until the file's part has ended."""
        while True:
            while self._pending:
                yield self._pending.pop(0)
            if self._file_ended:
                return
            chunk = await anext(body, None)
            if chunk is None:
                raise _cut_off()
            self.feed(chunk)

    def _part_begins(self) -> None:
        self._headers, self._field, self._value, self._in_file = {}, None, b"", False
        self._parts += 1
        if self._parts > _MAX_PARTS:
            raise InvalidInput("The form has too many parts.", code="bad_upload")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_part(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_ends(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            self._field = name
            return
        if name != "file" or self.has_file:
            raise InvalidInput("Send exactly one file, in a part named file.", code="bad_upload")
        self.filename = options[b"filename"].decode("utf-8", "replace")
        self.has_file = self._in_file = True

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pending.append(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > _MAX_FIELD_BYTES:
            raise InvalidInput("A field of the form is too long.", code="bad_upload")

    def _part_ends(self) -> None:
        if self._in_file:
            self._file_ended = True
        elif self._field is not None:
            self.fields[self._field] = self._value.decode("utf-8", "replace")

    def _ends(self) -> None:
        self.is_done = True
