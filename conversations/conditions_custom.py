"""Properties of one's own in conditions: `prop_<sort>_<number>` of a conversation, `contact_prop_…` of its contact, `company_prop_…` of their company;
rooms above add what else hangs on a conversation (`ticket_prop_…`).

The sort stands in the key, so that a condition is understood without reading the definition, and stays closed: what is
not such a key names nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from contacts.custom import known, people
from contacts.models import About, Company, Contact, PropertyDefinition, Sort
from conversations.models import ConversationDetail

SORTS = "|".join(Sort.values)
KEY = re.compile(rf"((?:[a-z]+_)?)prop_({SORTS})_([1-9][0-9]{{0,17}})")
NOT = ("is_not", "lacks", "no")
OPS = {
    Sort.NUMBER: ("yes", "no"),
    Sort.DATE: ("after", "before", "yes", "no"),
    Sort.CHOICE: ("is", "is_not"),
    Sort.MANY: ("is", "is_not"),
    Sort.CHECK: ("yes", "no"),
    Sort.MEMBER: ("is", "is_not"),
    Sort.FILE: ("yes", "no"),
}
CHOSEN = ("is", "is_not")
OF_TEXT = ("contains", "lacks", "yes", "no")


@dataclass(frozen=True)
class Place:
    """Rows with `custom` that belong to a conversation: how their keys begin, what they are about, which rows those are."""

    prefix: str
    about: str
    rows: Callable[[], QuerySet]


PLACES: dict[str, Place] = {}


def register(place: Place) -> None:
    """At start. `rows` refer to the conversation as OuterRef."""
    PLACES[place.prefix] = place


register(
    Place(
        "contact_",
        str(About.CONTACT.value),
        lambda: Contact.objects.filter(pk=OuterRef("contact")),
    )
)
register(
    Place(
        "company_",
        str(About.COMPANY.value),
        lambda: Company.objects.filter(contacts=OuterRef("contact")),
    )
)
register(
    Place(
        "",
        str(About.CONVERSATION.value),
        lambda: ConversationDetail.objects.filter(conversation=OuterRef("pk")),
    )
)


def key_of(one: PropertyDefinition) -> str:
    prefix = next(place.prefix for place in PLACES.values() if place.about == one.about)
    return f"{prefix}prop_{one.sort}_{one.pk}"


def own(key: str) -> tuple[tuple[str, ...], Callable] | None:
    """The operators of a key and how they find; None when it is no such key."""
    match = KEY.fullmatch(key)
    if not match or match[1] not in PLACES:
        return None
    sort = Sort(match[2])
    return OPS.get(sort, OF_TEXT), _finder(sort, f"p{match[3]}", PLACES[match[1]])


def _finder(sort: str, name: str, place: Place) -> Callable:
    def find(op, value, asked) -> Q:
        rows = place.rows().alias(own=KeyTextTransform(name, "custom"))
        found = Q(Exists(rows.filter(_rows(sort, name, op, value))))
        return ~found if op in NOT else found

    return find


def _rows(sort: str, name: str, op: str, value) -> Q:
    """On rows that have `custom`; what an operator denies is asked without the denial."""
    if op in ("yes", "no"):
        return Q(own="true") if sort == Sort.CHECK else Q(own__isnull=False)
    if op in ("contains", "lacks"):
        return Q(own__icontains=value)
    if op in ("after", "before"):
        return Q(own__gte=value) if op == "after" else Q(own__lt=value)
    if sort == Sort.MANY:
        return reduce(or_, (Q(custom__contains={name: [one]}) for one in value))
    return Q(own__in=value)


def own_words() -> dict[str, str]:
    """{key: label} of the properties that a workspace has now."""
    return {key_of(one): one.label for one in known([place.about for place in PLACES.values()])}


def own_choices() -> dict[str, list[tuple[str, str]]]:
    listed = [one for one in known([place.about for place in PLACES.values()]) if OPS.get(one.sort) == CHOSEN]
    return choices_of(listed, key_of)


def choices_of(
    listed: Iterable[PropertyDefinition], key: Callable[[PropertyDefinition], str]
) -> dict[str, list[tuple[str, str]]]:
    """{name of the list: what can be chosen} of properties that hold one or several of something."""
    listed = list(listed)
    team = people() if any(one.sort == Sort.MEMBER for one in listed) else []
    return {
        f"own:{key(one)}": team if one.sort == Sort.MEMBER else [(option, option) for option in one.options]
        for one in listed
    }
