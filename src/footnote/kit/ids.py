"""Typed public ids: a short prefix that names the kind and a UUIDv7, so ids sort by time of making.

The prefixed string is the primary key itself: the same word stands in the database, logs, addresses and pages.
"""

from typing import NewType

import uuid_utils

OrganisationId = NewType("OrganisationId", str)
UserId = NewType("UserId", str)
CollectionId = NewType("CollectionId", str)
DocumentId = NewType("DocumentId", str)
VersionId = NewType("VersionId", str)
ChunkId = NewType("ChunkId", str)
SourceId = NewType("SourceId", str)
JobId = NewType("JobId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
RunId = NewType("RunId", str)

ID_LENGTH = 40
"""Room for any id, in characters: the longest prefix, an underscore and 32 hexadecimal digits."""


def new_id(prefix: str) -> str:
    """Return `<prefix>_<32 hex digits>`, later calls sorting after earlier ones (UUIDv7, RFC 9562)."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"
