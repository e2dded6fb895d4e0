"""Adapters: one folder per port, one file per vendor; the only place that imports vendor SDKs."""
