"""The versions of the schema, one file a change, oldest first; a released one is never edited."""
