"""A mailbox at a provider: reached by IMAP and SMTP with a password or by OAuth, read at once when mail arrives."""
