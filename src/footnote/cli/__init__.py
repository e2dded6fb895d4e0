"""The command line: a client of the REST API, and the command that serves it."""
