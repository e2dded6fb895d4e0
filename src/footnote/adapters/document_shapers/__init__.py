"""Adapters of the DocumentShaper port."""
