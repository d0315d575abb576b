"""Measurements. Each command prints a table and writes its samples as JSON to var/bench/."""
