"""The product behind its REST API as a system under test: what the quality benches drive."""
