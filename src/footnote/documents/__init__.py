"""The library: collections, documents, their versions, pages and blocks, and the Sources that point into them."""
