"""What the timeline of a contact hears of tickets."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy

from contacts.beside import Section, register_section, up_to
from contacts.models import Contact
from contacts.timeline import Item, Mark, Source, behind, register
from conversations.due import due_of
from tickets.models import Ticket
from tickets.queries.cards import tone_of
from workspaces.models import Member

BESIDE = 5


def connect() -> None:
    """Called once at start."""
    register(Source("tickets", gettext_lazy("Tickets"), tickets_of, place=20))
    register_section(beside)


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


def beside(contact: Contact, member: Member) -> Section:
    """The open ones that the reader may see, what is due first on top; below them the last closed, where there is room."""
    theirs = Ticket.objects.visible_to(member).present().filter(contact=contact).select_related("stage")
    soonest = (F("due_at").asc(nulls_last=True), "-created_at", "-pk")
    still = list(theirs.filter(closed_at=None).order_by(*soonest)[: BESIDE + 1])
    past = list(theirs.exclude(closed_at=None).order_by("-created_at", "-pk")[:BESIDE])
    shown = (still + past)[:BESIDE]
    lines = [{"row": row, "tone": tone_of(row.stage), "due": due_of(row)} for row in shown]
    context = {
        "lines": lines,
        "n": up_to(len(still), BESIDE) if still else "",
        "more": len(still) + len(past) > BESIDE,
    }
    return Section("tickets/_of_contact.html", context, place=20)
