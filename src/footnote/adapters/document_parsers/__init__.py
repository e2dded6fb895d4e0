"""A file or a folder per kind of document; each parser runs inside a child process and never in the server's own."""
