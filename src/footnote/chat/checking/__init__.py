"""How a sentence is checked against its source: by rules on words, numbers, names and negations, the same each time."""
