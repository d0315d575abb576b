"""What the rooms above may hear of conversations inside the same transaction."""

from django.dispatch import Signal

# A message's words are taken out for good: whoever holds a copy of them lets go of it. Sent with `message`.
message_redacted = Signal()

# Somebody has seen a conversation up to its end. Sent with `conversation` and `by`.
conversation_read = Signal()
