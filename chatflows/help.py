"""The public pages of what was answered before: one list and one page for each article, of each workspace."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatflows import articles
from chatflows.models import Article
from chatflows.widget import limits
from chatflows.widget.config import spoken
from conversations.rich import clean
from workspaces.access import public
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

MOST_LISTED = 200
MOST_FOUND = 20
# A search reads every article; the pages themselves are cheap.
SEARCH_BY_ADDRESS = limits.Rate("help-ip", 30, limits.MINUTE, 15)


@public
@require_safe
def index(request, site):
    """All published articles, or those that a search finds."""
    house = _house(site)
    words = request.GET.get("q", "")[:200].strip()
    if words:
        try:
            limits.take(SEARCH_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
        except limits.Limited as no:
            return _later(no)
    with workspace_scope(house):
        if words:
            found = articles.find(words, request.GET.get("lang", "")[:10], MOST_FOUND)
            rows = [{"title": one.title, "url": one.url, "summary": one.summary} for one in found]
        else:
            listed = (
                Article.objects.published()
                .select_related("workspace")
                .order_by("language", "position", "title", "pk")
            )
            rows = [
                {
                    "title": one.title,
                    "url": articles.url_of(one),
                    "summary": articles.summary_of(one),
                    "language": one.language,
                }
                for one in listed[:MOST_LISTED]
            ]
        return render(request, "help/index.html", {"house": house, "rows": rows, "words": words})


def _later(no: limits.Limited) -> HttpResponse:
    said = _("Too many at once. Try again in %(seconds)s seconds.") % {"seconds": no.retry_after}
    headers = {"Retry-After": str(no.retry_after)}
    return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8", headers=headers)


@public
@require_safe
def article(request, site, language, slug):
    house = _house(site)
    with workspace_scope(house):
        found = Article.objects.published().filter(language=language, slug=slug).first()
        if found is None:
            raise Http404
        with translation.override(spoken(language) or translation.get_language()):
            body = clean(found.body)
            others = Article.objects.published().filter(language=language).exclude(pk=found.pk)
            context = {"house": house, "article": found, "body": body, "others": others.in_order()[:5]}
            return render(request, "help/article.html", context)


def _house(slug: str) -> Workspace:
    """Only one that has something to read: whether others exist is nobody's business."""
    house = Workspace.objects.filter(slug=slug, suspended_at=None).first()
    if house is None:
        raise Http404
    with workspace_scope(house):
        if not Article.objects.published().exists():
            raise Http404
    return house
