"""Views that members make: the builder, their order, their numbers; and how a member likes their lists."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations.builder import builder_of, raw_from, start_from
from conversations.models import SavedView, Sharing
from conversations.preferences import DENSITIES, prefer, preferences_of
from conversations.queries import counts_for
from conversations.queries.lists import SORTS
from conversations.saved_views import capped, how_many, may_change, preview, put_at, save_view, saved_for
from conversations.views.pages import VIEW_KEY, empty, last_view
from inboxes.models import Inbox
from workspaces.access import allowed, member_only
from workspaces.models import Team
from workspaces.numbers import whole
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.WORK)
def saved_views(request):
    """All of them, in their order: to move, change and delete."""
    rows = [{"view": view, "mine": may_change(view, request.member)} for view in _remembered(request)]
    return render(request, "conversations/saved_views.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def saved_new(request):
    return _build(request, None)


@require_http_methods(["GET", "POST"])
@allowed(Permission.WORK)
def saved_view(request, view_pk):
    return _build(request, _load(request, view_pk, to_change=True))


@require_POST
@allowed(Permission.WORK)
def saved_delete(request, view_pk):
    _load(request, view_pk, to_change=True).delete()
    if request.session.get(VIEW_KEY) == f"v{view_pk}":
        del request.session[VIEW_KEY]
    return redirect("conversations:saved_views", request.workspace.slug)


@require_POST
@allowed(Permission.WORK)
def saved_place(request, view_pk):
    """Where it stands, for this member alone: one up or one down."""
    view = _load(request, view_pk, to_change=False)
    order = [other.pk for other in _remembered(request)]
    step = 1 if request.POST.get("to") == "down" else -1
    put_at(view, order.index(view.pk) + step, by=request.member)
    return redirect("conversations:saved_views", request.workspace.slug)


@require_safe
@member_only
def saved_counts(request):
    """The numbers beside all views, of all inboxes or of the one that was chosen."""
    member = request.member
    chosen = preferences_of(member).inbox
    inbox = chosen if chosen and Inbox.objects.visible_to(member).filter(pk=chosen).exists() else None
    kept = counts_for(member, inbox)
    saved = how_many(member, _remembered(request), inbox)
    return JsonResponse({"counts": kept, "saved": {key: capped(count) for key, count in saved.items()}})


@require_POST
@member_only
def list_choice(request):
    """Which inbox, which order, how dense: remembered, and the list shown anew, beside what was open."""
    chosen = {}
    if request.POST.get("sort") in SORTS:
        chosen["sort"] = request.POST["sort"]
    if request.POST.get("density") in DENSITIES:
        chosen["density"] = request.POST["density"]
    if (inbox := request.POST.get("inbox")) is not None:
        known = Inbox.objects.visible_to(request.member).filter(pk=whole(inbox))
        chosen["inbox"] = known.values_list("pk", flat=True).first()
    prefer(request.member, **chosen)
    if request.htmx:
        return empty()
    here = [request.workspace.slug, last_view(request).key]
    if opened := _opened(request):
        return redirect("conversations:show", *here, opened)
    return redirect("conversations:inbox", *here)


def _opened(request) -> int | None:
    """The conversation beside the list that asked: the form is the list's, which knows of none."""
    try:
        match = resolve(urlsplit(request.headers.get("Referer", "")).path)
    except (Resolver404, ValueError):
        return None
    return match.kwargs["pk"] if match.view_name == "conversations:show" else None


def _remembered(request) -> list[SavedView]:
    if not hasattr(request, "saved_views"):
        request.saved_views = saved_for(request.member)
    return request.saved_views


def _load(request, pk: int, *, to_change: bool) -> SavedView:
    """What a member does not see, or may not change, is not there."""
    for view in _remembered(request):
        if view.pk == pk and (not to_change or may_change(view, request.member)):
            return view
    raise Http404


def _build(request, view: SavedView | None):
    """A first look, another line or a saved view: every button sends the whole form, with and without a script."""
    raw = raw_from(request.POST) if request.method == "POST" else start_from(view)
    error = ""
    if "save" in request.POST:
        try:
            saved = _save(request, view, raw)
            shown = reverse("conversations:inbox", args=[request.workspace.slug, saved.key])
            return HttpResponse(headers={"HX-Redirect": shown}) if request.htmx else redirect(shown)
        except ValidationError as refused:
            error = " ".join(refused.messages)
    context = builder_of(raw, request.member) | {"error": error, "view_made": view}
    context["url"] = request.path
    context["count"] = _count(request.member, raw)
    context["may_delete"] = view is not None
    context["delete_url"] = (
        reverse("conversations:saved_delete", args=[request.workspace.slug, view.pk]) if view else ""
    )
    if request.htmx:  # which shows nothing that came with a refusal
        return render(request, "conversations/_builder.html", context)
    return render(request, "conversations/builder.html", context, status=422 if error else 200)


def _save(request, view: SavedView | None, raw: dict) -> SavedView:
    team = Team.objects.filter(members=request.member, pk=whole(raw["team"])).first()
    sharing = raw["sharing"] if raw["sharing"] in Sharing.values else Sharing.PRIVATE
    return save_view(
        view, name=raw["name"], conditions=raw["conditions"], by=request.member, sharing=sharing, team=team
    )


def _count(member, raw: dict) -> str | None:
    """How many it would show; None while it cannot be told."""
    try:
        count = preview(member, raw["conditions"])
    except ValidationError:
        return None
    return capped(count) or "0"
