"""How other rooms write a list down: by its mark, "#12", which a new name does not break. Names, as they were written once,
are read too. Who uses a list says so here, so that it is not deleted under them.
"""

import re
from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from contacts.models import ContactList, ListKind, ListMember

MARK = re.compile(r"#(\d{1,18})")
MOST = 200

# What the rooms above add: (list) -> what uses it, in words; and what makes their old names marks before it is renamed.
_uses: list[Callable[[ContactList], list[str]]] = []
_holds: list[Callable[[ContactList], None]] = []


def register(uses: Callable[[ContactList], list[str]], hold: Callable[[ContactList], None]) -> None:
    _uses.append(uses)
    _holds.append(hold)


def uses_of(one: ContactList) -> list[str]:
    return [words for uses in _uses for words in uses(one)]


def hold(one: ContactList) -> None:
    """Called while it still has its old name."""
    for each in _holds:
        each(one)


def mark_of(one: ContactList) -> str:
    return f"#{one.pk}"


def means(written: object, one: ContactList) -> bool:
    """Whether this is how somebody wrote that list down."""
    text = str(written or "").strip()
    return text == mark_of(one) or text.casefold() == one.name.casefold()


def written_as(text: object, rows: QuerySet[ContactList] | None = None) -> ContactList | None:
    """The list of a mark, or of a name."""
    rows, text = ContactList.objects.all() if rows is None else rows, str(text or "").strip()
    if found := MARK.fullmatch(text):
        return rows.filter(pk=int(found[1])).first()
    return rows.filter(name__iexact=text).first() if text else None


def by_hand(text: object) -> ContactList | None:
    return written_as(text, ContactList.objects.filter(kind=ListKind.STATIC))


def names(written: Iterable[object]) -> list[str]:
    """As people read them; a mark whose list is gone stays."""
    texts = [str(one) for one in written]
    pks = [int(found[1]) for found in map(MARK.fullmatch, texts) if found]
    known = {f"#{pk}": name for pk, name in ContactList.objects.filter(pk__in=pks).values_list("pk", "name")}
    return [known.get(text, text) for text in texts]


def marks(written: Iterable[object]) -> tuple[list[str], list[str]]:
    """(marks, those that are no list) of what somebody typed."""
    known = {one.name.casefold(): mark_of(one) for one in ContactList.objects.only("name")}
    texts = [str(one).strip() for one in written]
    found = [known.get(text.casefold(), text) for text in texts]
    here = set(known.values())
    return found, [text for text, mark in zip(texts, found, strict=True) if mark not in here]


def of_contact(contact_id: int) -> frozenset[str]:
    """The lists that somebody is on, by mark and by name."""
    rows = ListMember.objects.filter(contact=contact_id).values_list("contact_list", "contact_list__name")
    return frozenset(text for pk, name in rows[:MOST] for text in (f"#{pk}", name))
