"""A notification in words, drawn from what it speaks of, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from conversations.append import preview_of
from notifications.models import Notification
from notifications.topics import Topic

ICONS = {
    Topic.CHAT: "chat",
    Topic.UNASSIGNED: "inbox",
    Topic.ASSIGNED: "user",
    Topic.MESSAGE: "mail",
    Topic.REPLY: "reply",
    Topic.MENTION: "at",
    Topic.COMMENT: "note",
    Topic.RATED: "star",
    Topic.FAILED: "warn",
    Topic.DUE: "clock",
    Topic.ATTENTION: "plug",
}
RELATED = ("conversation", "ticket", "message", "comment", "channel", "actor")


@dataclass(frozen=True)
class Told:
    """One line of the bell, a pop-up, a push."""

    pk: int
    topic: str
    icon: str
    title: str
    text: str
    url: str
    conversation: int | None
    created_at: object
    is_unread: bool
    hue_of: str


def described(rows: Iterable[Notification], slug: str) -> list[Told]:
    """`rows` come with RELATED."""
    return [_told(row, slug) for row in rows]


def _told(row: Notification, slug: str) -> Told:
    return Told(
        pk=row.pk,
        topic=row.topic,
        icon=ICONS[Topic(row.topic)],
        title=title_of(row),
        text=text_of(row),
        url=reverse("notifications:go", args=[slug, row.pk]),
        conversation=row.conversation_id,
        created_at=row.created_at,
        is_unread=row.read_at is None,
        hue_of=row.actor.display_name if row.actor else who(row),
    )


def who(row: Notification) -> str:
    """The customer, as lists call them."""
    return (row.conversation.contact_name if row.conversation else "") or _("A visitor")


def title_of(row: Notification) -> str:
    """One sentence that says who did what."""
    name = row.actor.display_name if row.actor else ""
    told = {"name": name, "contact": who(row), "channel": row.channel.name if row.channel else ""}
    told["number"] = str(row.ticket.number) if row.ticket else ""
    return _sentence(row, bool(name)) % told


def _sentence(row: Notification, by_somebody: bool) -> str:
    match row.topic, row.about:
        case Topic.CHAT, _about:
            return _("%(contact)s waits in the chat")
        case Topic.UNASSIGNED, _about:
            return _("New conversation with %(contact)s")
        case Topic.ASSIGNED, "woken":
            return _("Back from its snooze: conversation with %(contact)s")
        case Topic.ASSIGNED, "team":
            return _("For your team: conversation with %(contact)s")
        case Topic.ASSIGNED, "owner":
            return _("%(contact)s wrote, whose owner you are. It waits for anybody")
        case Topic.ASSIGNED, _about if by_somebody:
            return _("%(name)s gave you the conversation with %(contact)s")
        case Topic.ASSIGNED, _about:
            return _("Yours now: conversation with %(contact)s")
        case Topic.MENTION, _about:
            return _("%(name)s mentioned you")
        case Topic.COMMENT, _about:
            return _("%(name)s commented on the conversation with %(contact)s")
        case Topic.RATED, _about:
            return _("%(contact)s was not content")
        case Topic.FAILED, "held":
            return _("Your answer to %(contact)s waits for you")
        case Topic.FAILED, _about:
            return _("Your answer to %(contact)s did not arrive")
        case Topic.DUE, about if row.ticket:
            return _("Overdue: ticket #%(number)s") if about == "late" else _("Due soon: ticket #%(number)s")
        case Topic.DUE, "late":
            return _("Overdue: ticket of %(contact)s")
        case Topic.DUE, _about:
            return _("Due soon: ticket of %(contact)s")
        case Topic.ATTENTION, "figures":
            return _("Some numbers of the reports did not agree with what happened")
        case Topic.ATTENTION, _about:
            return _("%(channel)s needs attention")
        case _topic, _about if by_somebody:
            return _("%(name)s answered %(contact)s")
    return _("%(contact)s wrote")


def text_of(row: Notification) -> str:
    """The words it is about; when there are none, what the conversation is about."""
    said = row.comment or row.message
    if row.topic == Topic.ATTENTION and row.about == "figures":
        return _("They have been counted again. “About these figures” says which.")
    if row.topic == Topic.ATTENTION:
        return _("Mail neither comes in nor leaves by it.")
    if row.ticket:
        return row.ticket.name
    conversation = row.conversation
    words = preview_of(said.body) if said else ""
    return words or ((conversation.subject or conversation.preview) if conversation else "")
