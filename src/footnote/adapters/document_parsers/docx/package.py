"""Looking at a Word file's container before anything in it is parsed: size, encryption, entity declarations."""

import re
import zipfile
import zlib
from pathlib import Path

from footnote.ingestion.ports import ParseOptions
from footnote.kit.errors import InvalidInput, TooLarge

_MAX_XML_PART_BYTES = 120_000_000
_MAX_ENTRIES = 20_000
_PROLOGUE_BYTES = 4096
_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_package(path: Path, options: ParseOptions) -> None:
    """Raise TooLarge, or InvalidInput with code `damaged_file`, `encrypted_file` or `unsafe_content`.

    Entity declarations are refused because no word processor writes them, and a parser that drops them would
    silently lose text.
    """
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            _check_sizes(entries, options)
            if any(entry.flag_bits & 0x1 for entry in entries):
                raise InvalidInput(
                    "The file is protected by a password; remove it and add the file again.", code="encrypted_file"
                )
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with package.open(entry) as part:
                        _check_prologue(part.read(_PROLOGUE_BYTES))
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise InvalidInput("The Word file is damaged: its container cannot be opened.", code="damaged_file") from error


def _check_sizes(entries: list[zipfile.ZipInfo], options: ParseOptions) -> None:
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > options.max_unpacked_bytes:
        raise TooLarge("The Word file unpacks to more than is accepted.")
    if any(entry.file_size > _MAX_XML_PART_BYTES for entry in entries if entry.filename.endswith(".xml")):
        raise TooLarge("The Word file holds more text than is accepted; split it.")


def _check_prologue(beginning: bytes) -> None:
    # UTF-16 parts are legal and hide the words behind zero bytes.
    if _DECLARATIONS.search(beginning.replace(b"\0", b"")):
        raise InvalidInput("The Word file declares XML entities, which is not safe to read.", code="unsafe_content")
