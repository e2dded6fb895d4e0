"""How the local engine chooses: read the question, line up the sentences, measure each, score by fitted weights."""
