"""Live chat: the visitor reads from the same database, so delivering is waiting for them to look."""
