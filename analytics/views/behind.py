"""What is behind a number: the conversations and tickets that it counts, one line for each thing counted."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics import numbers, spell, standing
from analytics.links import behind_from, query_of
from analytics.models import Fact, Kind, Subject
from analytics.reports.base import Behind, narrowed
from analytics.scope import CALENDAR, Scope
from analytics.views.common import frame, read_filters
from analytics.words import counted, meaning_of, where_and_when
from conversations.models import Conversation
from tickets.models import Ticket
from workspaces.access import allowed
from workspaces.numbers import moment, whole
from workspaces.permissions import Permission

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One thing counted. `subject` is None for what the reader may not open."""

    at: datetime
    subject: Conversation | Ticket | None
    is_ticket: bool
    who: str
    took: str
    value: int | None
    key: str


@require_safe
@allowed(Permission.VIEW_REPORTS)
def behind(request):
    asked = behind_from(request.GET)
    if asked is None:
        raise Http404
    what, only = asked
    filters, choices = read_filters(request)
    scope = narrowed(filters.scope, only)
    rows = rows_of(scope, what)
    n, listed = how_many(scope, what, rows)
    page, after = page_of(rows, request.GET.get("after", ""))
    context = frame(request, "", filters, choices) | {
        "n": n,
        # Counted when it happened, and deleted since.
        "gone": n - listed,
        "counted": counted(what.kind, n),
        "meaning": meaning_of(what.kind),
        "where": where_and_when(what, choices),
        "is_now": what.kind in standing.NOW,
        "is_then": what.kind == standing.THEN,
        "lines": lines_of(page, request.member, choices, filters.scope.clock),
        "after": after,
        "asked": query_of(what, filters, only),
    }
    return render(request, "analytics/behind.html", context)


def rows_of(scope: Scope, what: Behind):
    """What a number counts, newest first."""
    if what.kind in standing.STANDING:
        return standing.behind(scope, what.kind, by=what.by, value=what.value, at=what.at)
    rows = numbers.behind(
        scope, what.kind, by=what.by, value=what.value, at=what.at, grain=what.grain, bucket=what.bucket
    )
    if what.took is not None:
        first, end = what.took
        column = "seconds" if scope.clock == CALENDAR else "worked"
        rows = rows.filter(**{f"{column}__gte": first})
        rows = rows if end is None else rows.filter(**{f"{column}__lt": end})
    return rows


def how_many(scope: Scope, what: Behind, rows) -> tuple[int, int]:
    """(how many the number says, how many of them can be listed)."""
    if (
        what.kind == standing.THEN
    ):  # asked as the report asks: what many days ago stood open may be much to count
        day = what.at or scope.last
        n = numbers.backlog(replace(scope, first=day, last=day))[-1][1]
        return n, n
    listed = rows.count()
    if what.kind == standing.LEFT:
        return max(listed, standing.left_in_all(scope, what.value)), listed
    return listed, listed


def page_of(rows, after: str) -> tuple[list[Fact], str]:
    """The facts from a place on, and the place of the next page. What cannot be read begins at the beginning."""
    said, _comma, number = after.partition(",")
    at = moment(said) if whole(number) else None
    if at is not None:
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=whole(number)))
    found = standing.as_facts(rows[: PAGE + 1])
    page = found[:PAGE]
    return page, f"{page[-1].at.isoformat()},{page[-1].pk}" if len(found) > PAGE else ""


def lines_of(facts: list[Fact], member, choices, clock: str) -> list[Line]:
    """Names and subjects of what the member may see; of the rest, only that it was counted."""
    ids = {kind: {fact.subject_id for fact in facts if fact.subject == kind} for kind in Subject.values}
    seen: dict[tuple[str, int], Any] = {}
    if ids[Subject.CONVERSATION]:
        mine = Conversation.objects.filter(pk__in=ids[Subject.CONVERSATION]).visible_to(member)
        seen |= {(Subject.CONVERSATION, one.pk): one for one in mine}
    if ids[Subject.TICKET]:
        theirs = Ticket.objects.filter(pk__in=ids[Subject.TICKET]).visible_to(member)
        seen |= {(Subject.TICKET, one.pk): one for one in theirs}
    lines = []
    for fact in facts:
        seconds = fact.seconds if clock == "c" else fact.worked
        lines.append(
            Line(
                at=fact.at,
                subject=seen.get((fact.subject, fact.subject_id)),
                is_ticket=fact.subject == Subject.TICKET,
                who=choices.name("member", str(fact.member_id)) if fact.member_id else "",
                took=spell.duration(seconds) if seconds is not None else "",
                value=fact.value if fact.kind == Kind.RATED else None,
                key=f"{fact.subject}{fact.subject_id}",
            )
        )
    return lines
