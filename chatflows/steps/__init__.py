"""The kinds of steps of a bot: their fields, how they are read, what each does."""
