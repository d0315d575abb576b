"""Properties of one's own in conditions: `prop_<sort>_<number>` of a conversation, `contact_prop_…` of its contact.

The sort stands in the key, so that a condition is understood without reading the definition, and stays closed: what is
not such a key names nothing.
"""

import re
from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform

from contacts.custom import known
from contacts.models import About, Contact, PropertyDefinition, Sort
from conversations.models import ConversationDetail

KEY = re.compile(
    r"(contact_)?prop_(text|long|number|date|choice|many|check|url|email|phone)_([1-9][0-9]{0,17})"
)
ABOUTS = [str(About.CONTACT.value), str(About.CONVERSATION.value)]
NOT = ("is_not", "lacks", "no")
OPS = {
    Sort.NUMBER: ("yes", "no"),
    Sort.DATE: ("after", "before", "yes", "no"),
    Sort.CHOICE: ("is", "is_not"),
    Sort.MANY: ("is", "is_not"),
    Sort.CHECK: ("yes", "no"),
}
OF_TEXT = ("contains", "lacks", "yes", "no")


def key_of(one: PropertyDefinition) -> str:
    return f"{'contact_' if one.about == About.CONTACT else ''}prop_{one.sort}_{one.pk}"


def own(key: str) -> tuple[tuple[str, ...], Callable] | None:
    """The operators of a key and how they find; None when it is no such key."""
    match = KEY.fullmatch(key)
    if not match:
        return None
    sort = Sort(match[2])
    return OPS.get(sort, OF_TEXT), _finder(sort, f"p{match[3]}", of_contact=bool(match[1]))


def _finder(sort: str, name: str, *, of_contact: bool) -> Callable:
    def find(op, value, asked) -> Q:
        found = _rows(sort, name, op, value)
        if of_contact:
            found = Q(
                Exists(
                    Contact.objects.alias(own=KeyTextTransform(name, "custom")).filter(
                        found, pk=OuterRef("contact")
                    )
                )
            )
        else:
            rows = ConversationDetail.objects.alias(own=KeyTextTransform(name, "custom"))
            found = Q(Exists(rows.filter(found, conversation=OuterRef("pk"))))
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
    return {key_of(one): one.label for one in known(ABOUTS)}


def own_choices() -> dict[str, list[tuple[str, str]]]:
    listed = [one for one in known(ABOUTS) if one.options]
    return {f"own:{key_of(one)}": [(option, option) for option in one.options] for one in listed}
