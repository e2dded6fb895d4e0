"""Adapters of the ChatModel port."""
