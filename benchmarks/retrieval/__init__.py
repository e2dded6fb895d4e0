"""Retrieval quality and speed on labelled public sets, with plain baselines in the same run."""
