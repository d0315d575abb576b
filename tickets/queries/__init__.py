"""What the pages of tickets show."""
