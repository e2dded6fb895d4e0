"""The relational database: engine, scopes, column types and migrations. Knows no domain's tables."""
