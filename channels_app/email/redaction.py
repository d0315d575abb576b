"""What was removed from a message is removed from the mail that it came in as well."""

from channels_app.models import InboundPayload
from conversations.models import Message


def forget_source(sender, message: Message, **told) -> None:
    """Empty the raw mail. Its row stays, so that the same mail fetched again is known as a copy (P2)."""
    InboundPayload.objects.filter(message=message).update(body=b"", headers={})
