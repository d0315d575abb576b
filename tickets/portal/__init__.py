"""What a customer sees of their own ticket by a signed link, where its pipeline allows it. Nothing internal stands here."""
