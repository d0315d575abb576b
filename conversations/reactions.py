"""What happens to conversations when something happens to people."""

from django.db import transaction

from conversations.actions import assign
from conversations.files import forget_bytes
from conversations.models import Attachment, Conversation


def release_conversations_of(member, by, **told) -> None:
    """AC-7: what somebody who left had open waits for anybody again, with a line that says so."""
    for conversation in Conversation.objects.open().assigned_to(member):
        assign(conversation, to=None, by=by, reason="member_left")


def forget_bytes_of(instance: Attachment, **told) -> None:
    """However a file's row goes (swept, or with its conversation), its bytes go once that is certain."""
    transaction.on_commit(lambda: forget_bytes(instance), robust=True)
