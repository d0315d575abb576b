"""The log of what happened: record, replay, and dispatch after commit."""
