"""What bots do after commit (config/reactions.py)."""

from django.utils import timezone, translation

from chatflows import meetings, messenger, session
from chatflows.actions import default_flow
from chatflows.hook import ask_server
from chatflows.models import Meeting
from chatflows.satisfaction import ask_how_it_was
from events.dispatch import first, on_request
from events.models import Event
from events.retry import retried
from inboxes.models import Channel
from workspaces.scope import workspace_scope

__all__ = ["answer", "ask_how_it_was", "ask_server", "connected", "greet", "invite", "meet", "refer"]


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


def connected(event: Event) -> None:
    """Reaction to channel.connected: a Messenger page answers at once from its first day (FM-2)."""
    if event.payload["kind"] == messenger.KIND:
        with workspace_scope(event.workspace_id):
            default_flow(Channel.objects.select_related("inbox").get(pk=event.payload["channel"]))


# Nobody is given the conversation while this is owed: one that keeps failing must not hold it for minutes.
@first
@retried(delays=(1, 5, 15))
@on_request
def meet(event: Event) -> None:
    """Reaction to conversation.started, where a page is connected; before anybody is given it."""
    if event.actor_id is None:
        with workspace_scope(event.workspace_id):
            messenger.meet(event.conversation_id)


def refer(event: Event) -> None:
    """Reaction to messenger.referred."""
    with workspace_scope(event.workspace_id):
        messenger.refer(event)


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
