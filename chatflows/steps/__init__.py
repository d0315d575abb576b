"""The kinds of steps of a bot."""
