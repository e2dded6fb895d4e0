"""Blob stores by name; each is imported only when chosen."""

BLOB_STORES: dict[str, str] = {"folder": "footnote.adapters.blob_stores.folder:create"}
