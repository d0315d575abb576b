"""What stands in a chat's conversation and is not for its visitor (T082).

Mail can join the conversation of a chat: from a stranger who was sent its address, or from a service that mails a code to
whatever address it is given. A visitor sees what they wrote themselves and what the team answered, never other people's mail.
"""

from conversations.models import Direction, Message
from inboxes.kinds import get_kind


def is_hidden(message: Message, contact_id: int | None) -> bool:
    """Whether a visitor of this contact may not see it; a claimed address makes nobody a contact (TR-6)."""
    if message.redacted_at:
        return True
    if message.direction != Direction.IN or get_kind(message.channel_kind).visitors:
        return False
    mail = (message.extra or {}).get("mail") or {}
    return contact_id is None or message.contact_id != contact_id or bool(mail.get("new_participant"))


def gap_of(message: Message) -> dict:
    """What stands in its place: the number alone, since a missing one would be asked for again and again."""
    return {
        "seq": message.seq,
        "from": "hidden",
        "name": "",
        "initials": "",
        "hue": 0,
        "body": "",
        "at": message.created_at.isoformat(),
        "files": [],
    }
