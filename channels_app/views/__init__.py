"""Pages of channels: connecting a mailbox, its health, and what came in raw."""
