"""Small things every domain needs and that know no domain: errors, ids, time, principals, child processes."""
