"""What bots do after commit (config/reactions.py)."""

from django.utils import timezone, translation

from chatflows import meetings, session
from chatflows.hook import ask_server
from chatflows.models import Meeting
from events.dispatch import on_request
from events.models import Event
from workspaces.scope import workspace_scope

__all__ = ["answer", "ask_server", "greet", "invite"]


@on_request
def answer(event: Event) -> None:
    """Reaction to message.received: the bot answers whatever it has not answered. Twice is harmless."""
    if event.conversation_id is not None:
        with workspace_scope(event.workspace_id):
            session.hear(event.conversation_id)


def greet(event: Event) -> None:
    """Reaction to bot.started: the same, for the message that called it."""
    with workspace_scope(event.workspace_id):
        session.hear(event.conversation_id)


def invite(event: Event) -> None:
    """Reaction to meeting.booked: the invitations. No transaction waits for the mail."""
    with workspace_scope(event.workspace_id):
        rows = Meeting.objects.select_related("member__user", "member__workspace")
        meeting = rows.filter(pk=event.payload["meeting"], told_at=None).first()
        if meeting is None:
            return
        with translation.override(meeting.language or meeting.member.workspace.language):
            letters = meetings.letters(meeting)
    for letter in letters:
        letter.send()
    with workspace_scope(event.workspace_id):
        Meeting.objects.filter(pk=meeting.pk).update(told_at=timezone.now())
