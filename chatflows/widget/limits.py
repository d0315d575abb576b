"""How much a visitor may do; the buckets themselves are in events/buckets.py."""

from events.buckets import HOUR, MINUTE, Limited, Rate, _local, ask, block_of, take

__all__ = ["Limited", "Rate", "_local", "ask", "block_of", "take"]

SESSION_BY_ADDRESS = Rate("session-ip", 20, MINUTE, 20)
SESSION_BY_CHANNEL = Rate("session-channel", 300, MINUTE, 300)
CONVERSATION_BY_VISITOR = Rate("conversation-visitor", 6, 12 * HOUR, 6)
CONVERSATION_BY_ADDRESS = Rate("conversation-ip", 30, HOUR, 30)
MESSAGE_BY_VISITOR = Rate("message-visitor", 20, MINUTE, 10)
UPLOAD_BY_VISITOR = Rate("upload-visitor", 10, HOUR, 10)
UPLOAD_BY_ADDRESS = Rate("upload-ip", 60, HOUR, 60)
READ_BY_VISITOR = Rate("read-visitor", 240, MINUTE, 120)
