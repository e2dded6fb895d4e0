"""What writes an answer: the local engine, which selects and quotes, or a model, which is told what to do."""
