"""Everything that happened around a contact, newest first. Each room adds a source of its own; the page mixes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from contacts.models import About, Contact, PropertyChange, PropertyDefinition, Visitor
from contacts.properties import BY_KEY
from workspaces import numbers
from workspaces.models import Member

PAGE = 30
BROWSERS = 50
VISIT_ENDS = timedelta(minutes=30)  # without a page; what comes later is another visit


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

    @property
    def order(self) -> tuple[datetime, str, int]:
        """Things of one moment have an order too, so that a page can end between them."""
        kind, _dash, number = self.key.rpartition("-")
        return (self.at, kind, int(number))


@dataclass(frozen=True)
class Mark:
    """The last line of a page: what comes after is earlier, or of the same moment with a smaller kind or number."""

    at: datetime
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.kind}-{self.number}"


Row = TypeVar("Row", bound=Model)


def behind(rows: QuerySet[Row], moment: str, kind: str, mark: Mark | None) -> QuerySet[Row]:
    """Rows of one kind of item, newest first, that come after a mark; `moment` is the field of their time."""
    rows = rows.order_by(f"-{moment}", "-pk")
    if mark is None or kind == mark.kind:
        return rows if mark is None else _before(rows, moment, mark)
    return rows.filter(**{f"{moment}__{'lte' if kind < mark.kind else 'lt'}": mark.at})


def _before(rows: QuerySet[Row], moment: str, mark: Mark) -> QuerySet[Row]:
    """The first comparison bounds the index."""
    tie = Q(**{f"{moment}__lt": mark.at}) | Q(pk__lt=mark.number)
    return rows.filter(tie, **{f"{moment}__lte": mark.at})


# (contact, reader, mark, most) -> the newest `most` behind the mark that the reader may see, each "kind-number".
Read = Callable[[Contact, Member, Mark | None, int], list[Item]]


@dataclass(frozen=True)
class Source:
    """A kind of thing that happens: its key in the address, its tab, and how it is read; `seldom`: its tab is gathered with others."""

    key: str
    label: str
    read: Read
    place: int = 50
    seldom: bool = False


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
    mark = mark_of(before)
    items = [one for source in asked for one in source.read(contact, member, mark, PAGE + 1)]
    items.sort(key=lambda one: one.order, reverse=True)
    return Page(items[:PAGE], str(Mark(*items[PAGE - 1].order)) if len(items) > PAGE else "")


def mark_of(text: str) -> Mark | None:
    """A mark as it stands in an address; one that cannot be read is none."""
    said, _line, key = text.partition("_")
    kind, _dash, number = key.rpartition("-")
    at = numbers.moment(said)
    if at is None or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return Mark(at, kind, int(number))


def changes(contact: Contact, member: Member, mark: Mark | None, most: int) -> list[Item]:
    """What was written on the card, by whom; and that it was made."""
    rows = PropertyChange.objects.filter(contact=contact).select_related("by")
    found = list(behind(rows, "at", "change", mark)[:most])
    labels = _labels(found)
    items = [line_of_change(row, labels) for row in found]
    made = Item(contact.created_at, f"became-{contact.pk}", "user-plus", text=_("Became a contact"))
    if len(found) < most and (mark is None or made.order < (mark.at, mark.kind, mark.number)):
        items.append(made)
    return items


def _labels(rows: list[PropertyChange]) -> dict[str, str]:
    own = {int(row.key[1:]) for row in rows if row.key[:1] == "p" and row.key[1:].isdecimal()}
    named = PropertyDefinition.objects.filter(about=About.CONTACT, pk__in=own) if own else []
    return {key: str(one.label) for key, one in BY_KEY.items()} | {one.key: one.label for one in named}


def line_of_change(row: PropertyChange, labels: dict[str, str]) -> Item:
    """One change, of a contact or a company; `labels` are the words of its keys."""
    who = ", ".join(filter(None, [row.by.display_name if row.by else "", str(HOW.get(row.how, ""))]))
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
    "import": pgettext_lazy("who did it", "an import"),
    "api": pgettext_lazy("who did it", "a program"),
    "messenger": pgettext_lazy("who did it", "Messenger"),
}


def pages(contact: Contact, member: Member, mark: Mark | None, most: int) -> list[Item]:
    """What their browsers looked at, a visit a line; of whom nothing is noted, the page that they were on last."""
    rows = Visitor.objects.filter(contact=contact).exclude(page_url="").select_related("seen")
    found = [item for row in rows.order_by("-last_seen_at", "-pk")[:BROWSERS] for item in _visits(row)]
    if mark is not None:
        found = [item for item in found if item.order < (mark.at, mark.kind, mark.number)]
    return sorted(found, key=lambda item: item.order, reverse=True)[:most]


def _visits(row: Visitor) -> list[Item]:
    if not hasattr(row, "seen"):
        text = _("was looked at")
        return [Item(row.last_seen_at, f"page-{row.pk * 100}", "globe", row.page_url, text, channel="chat")]
    visits: list[list[tuple[datetime, str]]] = []
    for moment, page in reversed(row.seen.pages):
        at = datetime.fromisoformat(moment)
        if not visits or at - visits[-1][-1][0] > VISIT_ENDS:
            visits.append([])
        visits[-1].append((at, page))
    return [_visit(row, n, looks) for n, looks in enumerate(visits)]


def _visit(row: Visitor, n: int, looks: list[tuple[datetime, str]]) -> Item:
    at, last = looks[-1]
    if len(looks) == 1:
        text = _("was looked at")
    else:
        text = ngettext("last of %(n)s page", "last of %(n)s pages", len(looks)) % {"n": len(looks)}
    before = "\n".join(page for _at, page in reversed(looks[:-1]))
    return Item(at, f"page-{row.pk * 100 + n}", "globe", last, text, before, channel="chat")
