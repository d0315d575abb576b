"""The live board: a page, a page for a screen on the wall, and the part that both ask for anew."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analytics.live.board import USUAL_WAIT, WAITS, board_of
from analytics.live.cards import CARDS
from analytics.reports import answer, gather
from analytics.views.common import read_filters
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.VIEW_REPORTS)
def live(request) -> HttpResponse:
    """`?wall`: nothing but the board, large and dark; `?over=30`: who waits longer than that counts apart."""
    context = _context(request)
    if context["wall"]:
        # A wall is read from afar, in rooms of any light: always dark, whatever the reader's own theme.
        return render(request, "analytics/wall.html", context | {"theme": "dark"})
    return render(request, "analytics/live.html", context)


@require_safe
@allowed(Permission.VIEW_REPORTS)
def live_board(request) -> HttpResponse:
    """`?card=now-people&span=6`: that card of it, as it stands on a dashboard."""
    if card := CARDS.get(request.GET.get("card", "")):
        filters, choices = read_filters(request)
        sized = replace(card, span=6 if request.GET.get("span") == "6" else 12)
        said = answer(sized, gather([sized], filters, choices))
        return render(request, "analytics/_answer.html", {"answer": said, "filters": filters})
    return render(request, "analytics/_live.html", _context(request))


def _context(request: HttpRequest) -> dict:
    asked = request.GET.get("over", "")
    over = next((minutes for minutes in WAITS if str(minutes) == asked), USUAL_WAIT)
    return {
        "board": board_of(request.workspace, over=over),  # type: ignore[attr-defined]
        "waits": WAITS,
        "wall": "wall" in request.GET,
        "tab": "live",
        "filters": {"mistakes": ()},
    }
