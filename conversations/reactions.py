"""What happens to conversations when something happens to people."""

from conversations.actions import assign
from conversations.models import Conversation


def release_conversations_of(member, by, **told) -> None:
    """AC-7: what somebody who left had open waits for anybody again, with a line that says so."""
    for conversation in Conversation.objects.open().assigned_to(member):
        assign(conversation, to=None, by=by, reason="member_left")
