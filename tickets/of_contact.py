"""What the timeline of a contact hears of tickets."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from contacts.models import Contact
from contacts.timeline import Item, Mark, Source, behind, register
from tickets.models import Ticket
from tickets.queries.cards import tone_of
from workspaces.models import Member


def connect() -> None:
    """Called once at start."""
    register(Source("tickets", gettext_lazy("Tickets"), tickets_of, place=20))


def tickets_of(contact: Contact, member: Member, mark: Mark | None, most: int) -> list[Item]:
    """Those that the reader may see, by when they were made."""
    rows = Ticket.objects.visible_to(member).present().filter(contact=contact)
    found = behind(rows, "created_at", "ticket", mark).select_related("stage", "owner__user")
    return [
        Item(
            row.created_at,
            f"ticket-{row.pk}",
            "ticket",
            f"#{row.number} {row.name}",
            row.owner.display_name if row.owner else "",
            row.description[:400],
            reverse("tickets:show", args=[member.workspace.slug, row.number]),
            badge=row.stage.name,
            tone=tone_of(row.stage),
        )
        for row in found[:most]
    ]
