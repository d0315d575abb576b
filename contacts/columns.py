"""What stands in a column of a list of contacts or companies, and which columns a member chose."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts.custom import in_words
from contacts.filters import label_of_company, of_companies, of_contacts
from contacts.models import Contact, PropertyDefinition
from contacts.properties import BY_KEY, shown

USUAL = ("email", "phone", "company", "owner", "seen")
MOST = 10


@dataclass(frozen=True)
class Column:
    """A column: its key, its word, and what it says of a row (a text, a number, or a moment)."""

    key: str
    label: str
    say: Callable[[Any], Any]
    sort: str = ""


def columns_of(own: Iterable[PropertyDefinition]) -> list[Column]:
    """All there are, in the order of the menu. The name is always there, and is none of them."""
    keys = ("email", "phone", "company", "job_title", "language", "time_zone", "city")
    usual = [Column(key, str(BY_KEY[key].label), _property(key)) for key in keys]
    return [
        *usual,
        Column("owner", pgettext("contact", "Owner"), lambda c: c.owner),
        Column("seen", _("Last seen"), lambda c: c.last_seen_at, "seen"),
        Column("since", _("Contact since"), lambda c: c.created_at, "new"),
        *map(of_own, of_contacts(own)),
        Column("company_domain", _("Domain of the company"), lambda c: c.company.domain if c.company else ""),
        *map(_of_company, of_companies(own)),
    ]


def _property(key: str) -> Callable[[Contact], str]:
    return lambda contact: shown(contact, BY_KEY[key])


def of_own(one: PropertyDefinition) -> Column:
    """The column of a property of the workspace's own, of whatever has `custom`."""
    return Column(one.key, one.label, lambda row: in_words(one, row.custom.get(one.key)))


def _of_company(one: PropertyDefinition) -> Column:
    """Of the company that the contact has; it is loaded with the row."""
    company = of_own(one)
    return Column(one.key, label_of_company(one), lambda row: company.say(row.company) if row.company else "")


def chosen(columns: list[Column], keys: Iterable[str], usual: Iterable[str] = USUAL) -> list[Column]:
    """Those that were chosen, in their own order; the usual ones when none of them is known."""
    wanted = list(keys)
    found = [one for one in columns if one.key in wanted][:MOST]
    return found or [one for one in columns if one.key in usual]


def cell(column: Column, row: Any) -> dict:
    value = column.say(row)
    is_moment = isinstance(value, datetime)
    return {"key": column.key, "label": column.label, "value": value, "is_moment": is_moment}
