"""What a list of contacts can be asked for. Rooms above `register` questions of their own; unknown ones ask nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import isfinite

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from contacts.custom import known
from contacts.models import About, Company, PropertyDefinition, Sort
from workspaces.models import Member

Choices = list[tuple[str, str]]
LONGEST = 100


@dataclass(frozen=True)
class Filter:
    """One question: its key in the address, its word, what may be chosen (none: it is typed), and what it asks for."""

    key: str
    label: str
    ask: Callable[[str, Member], Q | None]
    choices: Choices = field(default_factory=list)


_added: list[Callable[[Member], Filter]] = []


def register(build: Callable[[Member], Filter]) -> None:
    """Add a question; it is built anew for each page, in the reader's language."""
    _added.append(build)


def yes_or_no() -> Choices:
    return [("1", _("Yes")), ("0", _("No"))]


def filters_for(member: Member, own: list[PropertyDefinition]) -> list[Filter]:
    """All questions, in the order of the form; `own` are the properties that the workspace made, of contacts and companies."""
    people = Member.objects.active().filter(workspace=member.workspace_id).by_name()
    owners = [("me", _("Me")), ("none", _("Nobody")), *((str(one.pk), one.display_name) for one in people)]
    seen = [
        ("7", _("in the last 7 days")),
        ("30", _("in the last 30 days")),
        ("90", _("in the last 90 days")),
        ("-30", _("not for 30 days")),
        ("-180", _("not for 180 days")),
    ]
    languages = [(code, _(name)) for code, name in settings.LANGUAGES]
    return [
        Filter("owner", str(pgettext_lazy("contact", "Owner")), _owner, owners),
        Filter("company", _("Company"), _company),
        Filter("seen", _("Last seen"), _seen, seen),
        *(build(member) for build in _added),
        Filter("language", _("Writes in"), _language, languages),
        Filter("blocked", _("Blocked"), _blocked, yes_or_no()),
        *map(of_own, of_contacts(own)),
        *map(_of_company, of_companies(own)),
        Filter("deleted", _("Deleted"), _deleted, [("1", _("Yes, in the last 30 days"))]),
    ]


def q_of(filters: list[Filter], asked: Mapping[str, str], member: Member) -> Q:
    """All that is asked of contacts, together. Who is deleted is among them only when asked for."""
    here = Q() if asked.get("deleted") == "1" else Q(deleted_at=None)
    return here & together(filters, asked, member)


def together(filters: list[Filter], asked: Mapping[str, str], member: Member) -> Q:
    found = Q()
    for one in filters:
        value = asked.get(one.key, "")
        if value and (not one.choices or value in dict(one.choices)):
            found &= one.ask(value, member) or Q()
    return found


def _owner(value: str, member: Member) -> Q:
    if value == "none":
        return Q(owner=None)
    return Q(owner=member.pk if value == "me" else int(value))


def _company(value: str, member: Member) -> Q:
    if value.startswith("#") and value[1:].isdecimal() and len(value) < 19:
        return Q(company=int(value[1:]))
    return Q(
        company__in=list(Company.objects.filter(name__icontains=value).values_list("pk", flat=True)[:500])
    )


def _seen(value: str, member: Member) -> Q:
    days = int(value)
    then = timezone.now() - timedelta(days=abs(days))
    return Q(last_seen_at__gte=then) if days > 0 else Q(last_seen_at__lt=then)


def _language(value: str, member: Member) -> Q:
    return Q(language=value) | Q(language__startswith=f"{value}-")


def _blocked(value: str, member: Member) -> Q:
    return Q(blocked_at__isnull=value == "0")


def _deleted(value: str, member: Member) -> Q:
    return Q(deleted_at__isnull=False)


def of_own(one: PropertyDefinition) -> Filter:
    """The question of a property of the workspace's own, of whatever has `custom`."""
    name = f"custom__{one.key}"
    if one.sort == Sort.CHECK:
        return Filter(one.key, one.label, lambda value, _m: Q(**{name: value == "1"}), yes_or_no())
    if one.sort in (Sort.CHOICE, Sort.MANY):
        choices = [(option, option) for option in one.options]
        many = one.sort == Sort.MANY
        return Filter(
            one.key,
            one.label,
            lambda value, _m: Q(**({f"{name}__contains": [value]} if many else {name: value})),
            choices,
        )
    if one.sort == Sort.FILE:
        return Filter(one.key, one.label, lambda value, _m: _has_file(one.key, value), yes_or_no())
    if one.sort == Sort.NUMBER:
        return Filter(one.key, one.label, lambda value, _m: _number(name, value))
    return Filter(one.key, one.label, lambda value, _m: Q(**{f"{name}__icontains": value[:LONGEST]}))


def _of_company(one: PropertyDefinition) -> Filter:
    """Who belongs to a company of which it is so."""
    own = of_own(one)

    def ask(value: str, member: Member) -> Q:
        return Q(company__in=Company.objects.filter(own.ask(value, member) or Q()).values("pk"))

    return Filter(one.key, label_of_company(one), ask, own.choices)


def _number(name: str, value: str) -> Q:
    try:
        number = float(value.replace(",", "."))
    except ValueError:
        return Q(pk=None)
    return Q(**{name: number}) if isfinite(number) else Q(pk=None)


def _has_file(key: str, value: str) -> Q:
    there = Q(custom__has_key=key)
    return there if value == "1" else ~there


def own_of_contacts() -> list[PropertyDefinition]:
    """What a list of contacts may be asked for and shows: their own properties and their company's; one query."""
    own = known([About.CONTACT.value, About.COMPANY.value])
    return [*of_contacts(own), *of_companies(own)]


def of_contacts(own: Iterable[PropertyDefinition]) -> list[PropertyDefinition]:
    return [one for one in own if one.about == About.CONTACT]


def of_companies(own: Iterable[PropertyDefinition]) -> list[PropertyDefinition]:
    return [one for one in own if one.about == About.COMPANY]


def label_of_company(one: PropertyDefinition) -> str:
    return _("Company: %(label)s") % {"label": one.label}
