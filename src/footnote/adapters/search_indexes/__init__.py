"""Search indexes: where chunks are found by meaning and by word."""
