"""Everything that happened around a contact, newest first. Each room adds a source of its own; the page mixes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from contacts.models import About, Contact, PropertyChange, PropertyDefinition, Visitor
from contacts.properties import BY_KEY
from workspaces.models import Member

PAGE = 30


@dataclass(frozen=True)
class Item:
    """One line: when, what (an icon and a sentence in parts), and where it leads. `lead` is drawn strong."""

    at: datetime
    key: str  # unlike any other of the contact's: "conversation-7"
    icon: str
    lead: str = ""
    text: str = ""
    body: str = ""
    url: str = ""
    channel: str = ""  # its colour
    lang: str = ""
    badge: str = ""
    tone: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)


# (contact, reader, before, most) -> the newest `most` that the reader may see, none of `before` or later.
Read = Callable[[Contact, Member, datetime | None, int], list[Item]]


@dataclass(frozen=True)
class Source:
    """A kind of thing that happens: its key in the address, its tab, and how it is read."""

    key: str
    label: str
    read: Read
    place: int = 50


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add what a room above knows of a contact. Registering twice is registering once."""
    _sources[source.key] = source


def sources() -> list[Source]:
    return sorted(_sources.values(), key=lambda one: one.place)


@dataclass(frozen=True)
class Page:
    items: list[Item]
    before: str  # the mark of the next page; "" at the end


def page_of(contact: Contact, member: Member, *, only: str = "", before: str = "") -> Page:
    """The newest of everything, or of one source, behind a mark. Each source is read once."""
    asked = [_sources[only]] if only in _sources else sources()
    mark = _moment(before)
    items = [one for source in asked for one in source.read(contact, member, mark, PAGE + 1)]
    items.sort(key=lambda one: (one.at, one.key), reverse=True)
    return Page(items[:PAGE], items[PAGE - 1].at.isoformat() if len(items) > PAGE else "")


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def changes(contact: Contact, member: Member, before: datetime | None, most: int) -> list[Item]:
    """What was written on the card, by whom; and that it was made."""
    rows = PropertyChange.objects.filter(contact=contact).select_related("by")
    if before:
        rows = rows.filter(at__lt=before)
    found = list(rows.order_by("-at", "-pk")[:most])
    labels = _labels(found)
    items = [_change(row, labels) for row in found]
    if len(found) < most and (before is None or contact.created_at < before):
        items.append(Item(contact.created_at, "made", "user-plus", text=_("Became a contact")))
    return items


def _labels(rows: list[PropertyChange]) -> dict[str, str]:
    own = {int(row.key[1:]) for row in rows if row.key[:1] == "p" and row.key[1:].isdecimal()}
    named = PropertyDefinition.objects.filter(about=About.CONTACT, pk__in=own) if own else []
    return {key: str(one.label) for key, one in BY_KEY.items()} | {one.key: one.label for one in named}


def _change(row: PropertyChange, labels: dict[str, str]) -> Item:
    who = row.by.display_name if row.by else str(HOW.get(row.how, ""))
    kinds = {"blocked": (_("Blocked"), _("Unblocked")), "deleted": (_("Deleted"), _("Back again"))}
    if row.key in kinds:
        lead, text = kinds[row.key][0 if row.after else 1], ""
    elif row.key == "address":
        lead = _("Address added") if row.after else _("Address removed")
        text = row.after or row.before
    else:
        lead = labels.get(row.key, row.key)
        text = _arrow(row)
    said = ", ".join(filter(None, [text, who]))
    return Item(row.at, f"change-{row.pk}", "pencil", lead, said)


def _arrow(row: PropertyChange) -> str:
    if not row.before:
        return row.after
    return f"{row.before} → {row.after or '–'}"


HOW = {
    "bot": pgettext_lazy("who did it", "a bot"),
    "form": pgettext_lazy("who did it", "a form"),
    "site": pgettext_lazy("who did it", "your site"),
    "merge": pgettext_lazy("who did it", "a merge"),
}


def pages(contact: Contact, member: Member, before: datetime | None, most: int) -> list[Item]:
    """Where each of their browsers was last."""
    rows = Visitor.objects.filter(contact=contact).exclude(page_url="")
    if before:
        rows = rows.filter(last_seen_at__lt=before)
    found = rows.order_by("-last_seen_at")[:most]
    return [
        Item(row.last_seen_at, f"page-{row.pk}", "globe", row.page_url, _("was looked at"), channel="chat")
        for row in found
    ]
