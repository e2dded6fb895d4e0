"""What the chat domain knows of human languages, kept as data: one JSON file per language."""
