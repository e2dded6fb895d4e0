"""Ingestion: parse, structure, chunk, embed and index one version of a document, as a durable job."""
