"""Where conversations arrive and who works there: inboxes, channels, access, routing."""
