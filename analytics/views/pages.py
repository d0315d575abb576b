"""The pages of reports, and each table as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from analytics.choices import Choices
from analytics.filters import Filters
from analytics.reports import PAGES, REPORTS, answer, gather
from analytics.reports.base import Answer, Book
from analytics.reports.overview import BOTS, FIGURES, OVERVIEW, overview_of
from analytics.reports.promises import latest_comments
from analytics.views.common import frame, read_filters
from contacts import csv_out
from conversations.models import Conversation
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.VIEW_REPORTS)
def home(request):
    """The overview: four figures, and what they mean; with ?csv=, these as a file."""
    filters, choices = read_filters(request)
    if wanted := request.GET.get("csv", ""):
        return _overview_file(wanted, filters, choices)
    book = gather(OVERVIEW, filters, choices)
    context = frame(request, "home", filters, choices) | overview_of(book)
    return render(request, "analytics/overview.html", context)


@require_safe
@allowed(Permission.VIEW_REPORTS)
def report(request, report_key):
    """A page of reports; with ?csv=, the table of one of them as a file."""
    page = PAGES.get(report_key)
    if page is None:
        raise Http404
    filters, choices = read_filters(request)
    wanted = request.GET.get("csv", "")
    if wanted:
        one = REPORTS.get(wanted)
        if one is None or one not in page.reports:
            raise Http404
        return as_file(answer(one, gather([one], filters, choices)), filters)
    book = gather(page.reports, filters, choices)
    context = frame(request, report_key, filters, choices) | {
        "page": page,
        "answers": [answer(one, book) for one in page.reports],
        "comments": comments(request, book) if report_key == "satisfaction" else None,
    }
    return render(request, "analytics/report.html", context)


def _overview_file(wanted: str, filters: Filters, choices: Choices) -> HttpResponse:
    """The four figures, or what stands on no page of its own."""
    one = {FIGURES.key: FIGURES, BOTS.key: BOTS}.get(wanted)
    if one is None:
        raise Http404
    book = gather([one], filters, choices)
    return as_file(answer(one, book), filters)


def comments(request, book: Book) -> list[dict]:
    """What people wrote with their votes; the words of a conversation only to who may read it."""
    votes = latest_comments(book.filters, Conversation.objects.visible_to(request.member))
    return [
        {
            "vote": vote,
            "agent": book.choices.name("member", str(vote.agent_id or "")),
            "conversation": vote.conversation,
        }
        for vote in votes
    ]


def as_file(said: Answer, filters) -> HttpResponse:
    """The same rows as on the page; durations in seconds, shares as parts of one."""
    first, last = filters.scope.first.isoformat(), filters.scope.last.isoformat()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{slugify(said.report.key)}-{first}-{last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    out = csv_out.writer(response)
    out.writerow(csv_out.row([said.first, *(column.title for column in said.columns)]))
    for row in [*said.rows, *([said.total] if said.total else [])]:
        out.writerow(csv_out.row([row.title, *(figure.plain for figure in row.figures)]))
    return response
