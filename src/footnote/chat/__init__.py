"""Conversations and answers: select or write sentences, check each against its source, remember both."""
