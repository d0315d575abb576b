"""The properties of a ticket that people read and write one at a time, and how what they typed is checked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contacts.models import Company, Contact
from contacts.search import find_contacts
from contacts.sight import visible_to
from tickets.models import Source, Ticket
from workspaces.models import Member, Team


@dataclass(frozen=True)
class Fact:
    """One property: what sort of field it is (line, text, choice, many, contact, company, ticket), how it is read from
    what was typed (raises ValidationError) and how it stands on the page."""

    key: str
    label: Any
    sort: str
    read: Callable[[str, list[str], Ticket, Member], Any]
    show: Callable[[Ticket], str]
    write: Callable[[Ticket], str] = lambda ticket: ""
    choices: Callable[[Ticket], list[tuple[str, str]]] = lambda ticket: []


def _text(most: int, required: bool = False) -> Callable:
    def read(typed: str, many: list[str], ticket: Ticket, member: Member) -> str:
        typed = typed.strip()
        if required and not typed:
            raise ValidationError(_("Write a name."))
        if len(typed) > most:
            raise ValidationError(_("Use %(most)s characters at most.") % {"most": most})
        return typed

    return read


def _source(typed: str, many: list[str], ticket: Ticket, member: Member) -> str:
    if typed not in Source.values:
        raise ValidationError(_("Choose one of the list."))
    return typed


def _contact(typed: str, many: list[str], ticket: Ticket, member: Member) -> Contact | None:
    """Whoever is meant by a name or an address; one alone, or a list of those who could be."""
    typed = typed.strip()
    if not typed:
        return None
    found = find_contacts(typed, member)
    exact = [one for one in found if typed.lower() in (one.email.lower(), one.name.lower())]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise ValidationError(_("No contact like this."))
    names = ", ".join(f"{one.called} ({one.email})" if one.email else one.called for one in found[:5])
    raise ValidationError(_("Several fit: %(names)s. Write the address.") % {"names": names})


def _company(typed: str, many: list[str], ticket: Ticket, member: Member) -> Company | None:
    typed = typed.strip()
    if not typed:
        return None
    found = Company.objects.filter(name__iexact=typed).order_by("pk").first()
    if found is None:
        raise ValidationError(_("No company has this name."))
    return found


def _parent(typed: str, many: list[str], ticket: Ticket, member: Member) -> Ticket | None:
    return by_number(typed, member) if typed.strip() else None


def by_number(typed: str, member: Member) -> Ticket:
    """The ticket that "#12" or "12" names, as far as the member may read it. Raises ValidationError."""
    bare = typed.strip().removeprefix("#")
    rows = Ticket.objects.visible_to(member).present()
    number = int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else 0
    found = rows.filter(number=number).first()
    if found is None:
        raise ValidationError(_("No ticket has this number."))
    return found


def _teams(typed: str, many: list[str], ticket: Ticket, member: Member) -> list[Team]:
    return list(Team.objects.filter(pk__in=[int(one) for one in many if one.isdecimal() and len(one) < 18]))


def _sources(ticket: Ticket) -> list[tuple[str, str]]:
    return [(key, str(words)) for key, words in Source.choices]


def _all_teams(ticket: Ticket) -> list[tuple[str, str]]:
    return [(str(team.pk), team.name) for team in Team.objects.order_by("name")]


def _own_teams(ticket: Ticket) -> str:
    return ", ".join(sorted(team.name for team in ticket.teams.all()))


FACTS = [
    Fact("name", gettext_lazy("Name"), "line", _text(300, True), lambda t: t.name, lambda t: t.name),
    Fact("category", gettext_lazy("Category"), "line", _text(60), lambda t: t.category, lambda t: t.category),
    Fact(
        "source",
        gettext_lazy("Came by"),
        "choice",
        _source,
        lambda t: str(Source(t.source).label),
        lambda t: t.source,
        _sources,
    ),
    Fact(
        "contact",
        gettext_lazy("Contact"),
        "line",
        _contact,
        lambda t: t.contact.called if t.contact else "",
        lambda t: t.contact.email or t.contact.name if t.contact else "",
    ),
    Fact(
        "company",
        gettext_lazy("Company"),
        "line",
        _company,
        lambda t: t.company.name if t.company else "",
        lambda t: t.company.name if t.company else "",
    ),
    Fact(
        "teams",
        gettext_lazy("Teams"),
        "many",
        _teams,
        _own_teams,
        lambda t: ",".join(str(team.pk) for team in t.teams.all()),
        _all_teams,
    ),
    Fact(
        "parent",
        gettext_lazy("Part of"),
        "line",
        _parent,
        # Its number alone: whether the reader may know its name is asked beside the ticket (page.parent_of).
        lambda t: f"#{t.parent.number}" if t.parent else "",
        lambda t: f"#{t.parent.number}" if t.parent else "",
    ),
    Fact(
        "description",
        gettext_lazy("Description"),
        "text",
        _text(20_000),
        lambda t: t.description,
        lambda t: t.description,
    ),
    Fact(
        "resolution",
        gettext_lazy("Resolution"),
        "text",
        _text(5000),
        lambda t: t.resolution,
        lambda t: t.resolution,
    ),
]
BY_KEY = {fact.key: fact for fact in FACTS}
OTHER_LABELS = {
    "custom": gettext_lazy("Properties"),
    "pipeline": pgettext_lazy("ticket", "Pipeline"),
    "comment": gettext_lazy("Comment"),
}


def label_of(key: str) -> str:
    fact = BY_KEY.get(key)
    return str(fact.label) if fact else str(OTHER_LABELS.get(key, key))


def lines_of(ticket: Ticket, member: Member) -> list[dict]:
    return [as_line(ticket, fact, member) for fact in FACTS]


def as_line(ticket: Ticket, fact: Fact, member: Member) -> dict:
    """A property as _fact.html draws it; what has a page of its own leads there."""
    told = {"key": fact.key, "label": fact.label, "sort": fact.sort, "value": fact.show(ticket)}
    return told | {"url": _url(ticket, fact.key, member)}


def _url(ticket: Ticket, key: str, member: Member) -> str:
    slug = member.workspace.slug
    if key == "contact" and visible_to(member).filter(pk=ticket.contact_id).exists():
        return reverse("contacts:show", args=[slug, ticket.contact_id])
    if key == "company" and ticket.company_id:
        return reverse("contacts:company", args=[slug, ticket.company_id])
    if key == "parent" and Ticket.objects.visible_to(member).filter(pk=ticket.parent_id).exists():
        return reverse("tickets:show", args=[slug, ticket.parent.number])  # type: ignore[union-attr]
    return ""


def as_field(ticket: Ticket, fact: Fact, member: Member) -> dict:
    """The same while it is written."""
    chosen = fact.write(ticket)
    options = [
        (key, words, key in chosen.split(",") if fact.sort == "many" else key == chosen)
        for key, words in fact.choices(ticket)
    ]
    return as_line(ticket, fact, member) | {"typed": chosen, "options": options}
