"""What the pages of contacts and of companies have in common: what an address asks of a list, its columns, its views."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts import columns, company_list, filters, people, saved
from contacts.custom import definitions
from contacts.models import About, ContactView, PropertyDefinition
from contacts.people import Asked
from workspaces.models import Member, Team


@dataclass(frozen=True)
class Listing:
    """One of the two lists: its page, what it can be asked, what stands in it, its orders."""

    about: str
    page: str
    questions: Callable[[Member, list[PropertyDefinition]], list[filters.Filter]]
    columns: Callable[[Iterable[PropertyDefinition]], list[columns.Column]]
    usual: tuple[str, ...]
    sorts: tuple[str, ...]
    # (asked, member, questions, most): whom a verb for all is about.
    ids_of: Callable[[Asked, Member, list[filters.Filter], int], list[int]]

    @property
    def session_key(self) -> str:
        return f"{self.about}_columns"

    def own(self) -> list[PropertyDefinition]:
        """The properties that may be asked for and shown; contacts have those of their company, too."""
        return filters.own_of_contacts() if self.about == About.CONTACT else definitions(self.about)


LISTINGS: dict[str, Listing] = {
    About.CONTACT.value: Listing(
        About.CONTACT.value,
        "contacts:list",
        filters.filters_for,
        columns.columns_of,
        columns.USUAL,
        people.SORTS,
        people.ids_of,
    ),
    About.COMPANY.value: Listing(
        About.COMPANY.value,
        "contacts:companies",
        lambda _member, own: company_list.filters_for(own),
        company_list.columns_of,
        company_list.USUAL,
        company_list.SORTS,
        company_list.ids_of,
    ),
}


def listing_of(about: object) -> Listing:
    """The one that a form names; contacts where it names none."""
    return LISTINGS.get(str(about or ""), LISTINGS[About.CONTACT.value])


def asked_of(
    data: Any,
    questions: list[filters.Filter],
    view: ContactView | None,
    sorts: tuple[str, ...] = people.SORTS,
) -> Asked:
    """What an address asks for; where it is silent, the view does."""
    kept = view.filters if view else {}
    values = {
        one.key: str(data.get(one.key, kept.get(one.key, "")))[: filters.LONGEST].strip("\x00 ")
        for one in questions
    }
    sort = data.get("sort") or (view.sort if view else "")
    return Asked(
        q=data.get("q", "")[: filters.LONGEST].strip("\x00"),
        filters={key: value for key, value in values.items() if value},
        sort=sort if sort in sorts else sorts[0],
        after=data.get("after", "")[:400],
    )


@dataclass
class Page:
    """One request for a list: what it asks, the view it stands on, the columns that were chosen."""

    listing: Listing
    own: list[PropertyDefinition]
    questions: list[filters.Filter]
    views: list[ContactView]
    view: ContactView | None
    asked: Asked
    columns: list[columns.Column]

    @classmethod
    def read(cls, request, listing: Listing) -> "Page":
        views = saved.views_for(request.member, listing.about)
        view, own = _view(request, views), listing.own()
        questions = listing.questions(request.member, own)
        asked = asked_of(request.GET, questions, view, listing.sorts)
        chosen = columns.chosen(listing.columns(own), _told_columns(request, view, listing), listing.usual)
        return cls(listing, own, questions, views, view, asked, chosen)

    def context(self, request, after: str) -> dict[str, Any]:
        """What the rows need; `after` is the mark of the next page."""
        here = reverse(self.listing.page, args=[request.workspace.slug])
        return {
            "asked": self.asked,
            "view": self.view,
            "columns": self.columns,
            "here": here,
            "next_url": f"{here}?{self._query(request, after=after)}" if after else "",
            "workspace": request.workspace,
        }

    def _query(self, request, **more: str) -> str:
        asked, first = self.asked, self.listing.sorts[0]
        told = {"q": asked.q, "sort": asked.sort if asked.sort != first else "", **asked.filters, **more}
        pairs = [(key, value) for key, value in told.items() if value]
        if self.view:
            pairs.append(("view", str(self.view.pk)))
        return urlencode(pairs + [("col", key) for key in request.GET.getlist("col")])

    def around(self, request) -> dict[str, Any]:
        """The form of filters, the menu of columns, the views, the orders."""
        on = {one.key for one in self.columns}
        words = {"seen": _("Last seen"), "name": _("Name"), "new": _("Newest first")}
        return {
            "about": self.listing.about,
            "filters": [
                {"filter": one, "value": self.asked.filters.get(one.key, "")} for one in self.questions
            ],
            "all_columns": [
                {"key": one.key, "label": one.label, "on": one.key in on}
                for one in self.listing.columns(self.own)
            ],
            "views": self.views,
            "may_change": self.view is not None and saved.may_change(self.view, request.member),
            "sorts": [(key, words[key]) for key in self.listing.sorts],
            "teams": Team.objects.filter(members=request.member).order_by("name"),
        }


def _view(request, views: list[ContactView]) -> ContactView | None:
    """A view that the member sees; another's is not there."""
    key = request.GET.get("view", "")
    if not key:
        return None
    for one in views:
        if str(one.pk) == key:
            return one
    raise Http404


def _told_columns(request, view: ContactView | None, listing: Listing) -> list[str]:
    """Chosen just now, else the view's, else those chosen last in this browser."""
    told = request.GET.getlist("col")
    if told:
        if view is None:
            request.session[listing.session_key] = told[:20]
        return told
    return (view.columns if view else None) or request.session.get(listing.session_key, [])
