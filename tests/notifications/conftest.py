"""Acme with two more agents, and reactions that run when the test says so."""

import pytest

from conversations.models import Conversation
from events.models import Event, ReactionDue
from notifications.models import Notification
from notifications.reactions import notify, stand_down
from tests.factories import make_member, make_visitor
from workspaces.models import Member

OURS = {f"{function.__module__}.{function.__name__}": function for function in (notify, stand_down)}


@pytest.fixture
def yann(acme) -> Member:
    return make_member(acme.workspace, "yann@acme.example", "Yann Le Goff")


@pytest.fixture
def react():
    """Run our reactions to everything that happened since the last time, in order."""

    def run() -> None:
        for due in ReactionDue.objects.filter(name__in=OURS).select_related("event").order_by("event", "pk"):
            OURS[due.name](due.event)
            due.delete()

    return run


@pytest.fixture
def told(react):
    """What each member is told after all reactions: {(name, topic)}."""

    def look(conversation: Conversation | None = None) -> set[tuple[str, str]]:
        react()
        rows = Notification.objects.select_related("member")
        if conversation:
            rows = rows.filter(conversation=conversation)
        return {(row.member.display_name.split()[0], row.topic) for row in rows}

    return look


@pytest.fixture
def a_chat(acme):
    """A chat that a visitor begins: `a_chat(body)`."""
    from conversations.receive import Inbound, receive

    def begin(body: str = "Is anybody there?") -> Conversation:
        with acme.scope():
            visitor = make_visitor(acme)
            appended = receive(Inbound(channel=acme.chat, body=body, visitor=visitor))
            return Conversation.objects.get(pk=appended.conversation_id)

    return begin


def events(type: str) -> list[Event]:
    return list(Event.objects.filter(type=type).order_by("pk"))
