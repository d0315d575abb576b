"""What stands on a status page: number, name, where it is, and what both sides wrote to each other in that person's own
conversations. Comments, owners, other tickets and other people's conversations are not even asked for.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conversations.envelope import BY_ONE_OF_US
from conversations.models import AuthorKind, Conversation, Direction, Message, MessageKind
from tickets.models import Role, Stage, TicketPass

MOST = 100


@dataclass(frozen=True)
class Said:
    """One message, as the customer may read it."""

    ours: bool
    name: str
    body: str
    files: list[str]
    at: datetime


def stage_words(stage: Stage) -> str:
    """The customer's words for a stage: the team's, else ours for what it stands for. A name made for colleagues is not shown."""
    if stage.customer_name:
        return stage.customer_name
    if stage.is_closed:
        return pgettext("status page", "Settled")
    return {
        Role.NEW: pgettext("status page", "Received"),
        Role.CONTACT: _("Waiting for your answer"),
        Role.US: _("We are on it"),
    }.get(stage.role, _("We are on it"))


def conversations_of(one: TicketPass):
    """Only that person's own of the ticket."""
    rows = Conversation.objects.present().filter(ticket_tie__ticket=one.ticket_id, contact=one.contact_id)
    return rows.select_related("channel__inbox", "channel__workspace")


def said(one: TicketPass) -> list[Said]:
    """The newest, oldest first; what a stranger mailed into it and what a machine noted is left out (T069, T082)."""
    written = (AuthorKind.CONTACT, AuthorKind.VISITOR, AuthorKind.MEMBER, AuthorKind.BOT)
    rows = Message.objects.filter(
        BY_ONE_OF_US,
        conversation__in=conversations_of(one).values("pk"),
        kind=MessageKind.MESSAGE,
        author_kind__in=written,
        redacted_at=None,
    )
    newest = rows.prefetch_related("attachments").order_by("-created_at", "-pk")[:MOST]
    return [
        Said(
            row.direction == Direction.OUT,
            row.author_name if row.direction == Direction.OUT else _("You"),
            row.body,
            [file.name for file in row.attachments.all()],
            row.created_at,
        )
        for row in reversed(list(newest))
    ]
