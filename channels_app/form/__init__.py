"""Forms: they come in from a page, and are answered by mail."""
