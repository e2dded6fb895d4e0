"""Measures answers: found, abstained, checked; and fits the local engine's numbers."""
