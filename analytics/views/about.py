"""About these figures: how far the log is read, whether the nights agreed, what words mean; and reading it all again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Max, Min
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics import again
from analytics.bots.asking import choose_week
from analytics.models import Kind, Reading, Reconciliation, Subject
from analytics.reports import PAGES
from analytics.scope import MONDAY, SUNDAY, zone_of
from analytics.spell import number, weekday
from analytics.views.common import frame, read_filters
from analytics.words import counted
from conversations.models import Conversation
from events.models import Event
from tickets.models import Ticket
from workspaces.access import allowed
from workspaces.audit import note
from workspaces.permissions import Permission

NIGHTS = 14
MOST_LINES = 8
MOST_WAITING = 1000


@dataclass(frozen=True)
class Night:
    """One nightly comparison; of what differed, some lines."""

    at: datetime
    first_day: date
    last_day: date
    looked_at: int
    n: int
    lines: tuple[str, ...]
    mended_at: datetime | None


@require_safe
@allowed(Permission.VIEW_REPORTS)
def about(request) -> HttpResponse:
    filters, choices = read_filters(request)
    place = Reading.objects.first()
    zone = zone_of(request.workspace.time_zone)
    context = frame(request, "about", filters, choices) | {
        "place": place,
        "waiting": _waiting(place),
        "most_waiting": MOST_WAITING,
        "under_way": again.is_under_way(place),
        "done": _done(place) if place is not None and again.is_under_way(place) else None,
        "nights": [_night(one, zone) for one in Reconciliation.objects.order_by("-at", "-pk")[:NIGHTS]],
        "definitions": definitions(),
        "weekdays": [(day, weekday(day)) for day in (MONDAY, SUNDAY)],
        "week_starts": choices.week_starts,
    }
    return render(request, "analytics/about.html", context)


@require_POST
@allowed(Permission.MANAGE_WORKSPACE)
def read_again(request) -> HttpResponse:
    """Everything is derived anew from the log, in the background; reports answer all the while."""
    again.ask(request.workspace.pk)
    note("report.read_again", "figures")
    messages.success(request, _("Everything is read again. Reports go on answering meanwhile."))
    return redirect("analytics:about", request.workspace.slug)


@require_POST
@allowed(Permission.MANAGE_WORKSPACE)
def week(request) -> HttpResponse:
    """On which day weeks begin, in all reports, for everybody."""
    try:
        choose_week(int(request.POST.get("day", "")))
    except ValueError:
        return HttpResponseBadRequest()
    return redirect("analytics:about", request.workspace.slug)


def _waiting(place: Reading | None) -> int:
    """Events that the reader has not settled yet; those of the last half minute are always among them."""
    after = place.event_id if place else 0
    return len(Event.objects.filter(pk__gt=after).values_list("pk")[:MOST_WAITING])


def _done(place: Reading) -> int:
    """How far reading again is, of a hundred: by the numbers of what is read, conversations and then tickets."""
    subject, _colon, after = (place.again_at or "c:0").partition(":")
    ranges = [_range(rows) for rows in (Conversation, Ticket)]
    whole = sum(last - first + 1 for first, last in ranges)
    if not whole:
        return 0
    (first, last), tickets = ranges
    if subject == Subject.CONVERSATION:
        read = max(0, min(int(after), last) - first + 1)
    else:
        read = last - first + 1 + max(0, min(int(after), tickets[1]) - tickets[0] + 1)
    return round(100 * read / whole)


def _range(model) -> tuple[int, int]:
    """Its first and last number; (1, 0) of none."""
    told = model.objects.aggregate(first=Min("pk"), last=Max("pk"))
    return (told["first"], told["last"]) if told["first"] is not None else (1, 0)


def _night(found: Reconciliation, zone) -> Night:
    lines = tuple(_difference(one, zone) for one in found.drift[:MOST_LINES])
    return Night(
        found.at, found.first_day, found.last_day, found.looked_at, len(found.drift), lines, found.mended_at
    )


def _difference(one: dict[str, Any], zone) -> str:
    """ "12 replies on 3 May 2026; right is 13"."""
    kind = one.get("kind", "")
    if kind not in Kind.values:
        return kind
    kept, right = int(one.get("kept", 0)), int(one.get("counted", 0))
    told = {"kept": counted(kind, kept), "right": number(right)}
    at = parse_datetime(one["at"]) if one.get("at") else None
    if at is None:
        return _("%(kept)s; right is %(right)s") % told
    told["day"] = date_format(at.astimezone(zone).date(), "j N Y")
    return _("%(kept)s on %(day)s; right is %(right)s") % told


def definitions() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """[(title of a page, [(title of a report, what it counts)])]; what is counted alike is said once on a page."""
    found = []
    for page in PAGES.values():
        said: dict[str, list[str]] = {}
        for report in page.reports:
            said.setdefault(str(report.meaning), []).append(str(report.title))
        found.append((page.title, [(", ".join(titles), meaning) for meaning, titles in said.items()]))
    return found
