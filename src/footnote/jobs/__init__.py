"""Durable jobs: what must be done, how far it is, who works on it; and the change feed that people watch."""
