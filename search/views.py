"""Search over everything a member may read: a page, of which htmx replaces the results while somebody types."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from search.language import parse
from search.queries import find
from search.rows import hint_text, rows_of_matches
from search.words import config_of, marking_of
from workspaces.access import member_only


@require_safe
@member_only
def results(request):
    text = request.GET.get("q", "").strip("\x00")
    query = parse(text, today=timezone.localdate())
    found = find(query, request.member, after=request.GET.get("after", ""))
    config = config_of(request.workspace.language)
    here = reverse("search:results", args=[request.workspace.slug])
    context = {
        "query": text.strip(),
        "asked": not query.is_empty(),
        "rows": rows_of_matches(found.matches, marking_of(query, config), request.member),
        "hints": [hint_text(hint) for hint in query.hints],
        "next_url": f"{here}?{urlencode({'q': text, 'after': found.next})}" if found.next else "",
        "search_url": here,
        "narrow": bool(query.filters or query.places or query.since or query.until),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "search/_results.html", context | {"workspace": request.workspace})
    return render(request, "search/search.html", context)
