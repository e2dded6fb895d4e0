"""Footnote: answers about an organisation's documents, each sentence with the exact spot it came from."""

__version__ = "0.1.0"
