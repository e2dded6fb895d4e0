"""Adapters of the BlobStore port."""
