"""Embedders: models that turn a text into one vector."""
