"""Retrieval: hybrid dense and keyword search inside one organisation, fused, explained and cited by chunk."""
