"""HTML pages: the main content, nothing fetched and nothing run."""
