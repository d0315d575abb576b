"""What is still owed to somebody: tickets, their pipelines, and what happens to them by themselves."""
