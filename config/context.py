"""What every signed-in page shows around its work: workspace, navigation with counts, the reader's theme."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from conversations.queries import all_views, counts_for
from conversations.saved_views import capped, how_many, saved_for
from events.models import Event
from inboxes.models import Channel, Inbox
from notifications.queries import unread_ids
from notifications.webpush import public_key
from workspaces.models import Member
from workspaces.permissions import Permission


def shell(request) -> dict:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": request.COOKIES.get("parley-theme", "")}
    context = {"theme": user.theme, "shortcuts_off": not user.shortcuts_on}
    member = getattr(request, "member", None)
    if member is None:
        return context
    if request.headers.get("HX-Request"):
        return context | {"workspace": request.workspace, "member": member}
    return context | {
        "workspace": request.workspace,
        "member": member,
        "nav": navigation(request, member),
        **saved_views(request, member),
        **around(member),
    }


def around(member: Member) -> dict:
    """What stands around the work: the other workspaces, addresses in trouble, the bell, where the log ends. Four
    questions of one statement, since every page asks them."""
    newest = Event.objects.order_by("-pk").values("pk")[:1]
    asked = Member.objects.filter(pk=member.pk).annotate(
        head=Subquery(newest),
        bell=ArraySubquery(unread_ids(member)),
        others=ArraySubquery(other_workspaces(member)),
        troubled=ArraySubquery(troubled_for(member)),
    )
    found = asked.values("head", "bell", "others", "troubled").get()
    return {
        "memberships": found["others"],
        "troubled": found["troubled"],
        "bell": {"count": len(found["bell"]), "push_key": public_key()},
        "live": {"head": found["head"] or 0},
    }


def other_workspaces(member: Member):
    others = (
        Member.objects.active().filter(user=member.user, workspace__suspended_at=None).exclude(pk=member.pk)
    )
    named = JSONObject(name="workspace__name", slug="workspace__slug")
    return others.order_by("workspace__name").values(told=named)


def troubled_for(member: Member):
    """Mail addresses of a member's inboxes that cannot be reached (FB-5)."""
    inboxes = Inbox.objects.visible_to(member)
    broken = Channel.objects.filter(inbox__in=inboxes, kind="email", disconnected_at=None)
    named = JSONObject(pk="pk", identifier="identifier")
    return broken.exclude(needs_attention_since=None).order_by("identifier").values(told=named)


def room_of(match) -> str:
    """Which entry of the navigation a page stands under: its address says more than the app that serves it."""
    if "/settings/" in match.route:
        return "settings"
    if match.view_name == "notifications:index":
        return "bell"
    if match.app_names[:1] == ["contacts"] or match.view_name in ("records:person", "records:erasure"):
        return "contacts"
    if match.app_names[:1] in (["tickets"], ["analytics"]):
        return match.app_names[0]
    return "inbox" if match.app_names[:1] in (["conversations"], ["search"]) else "settings"


def navigation(request, member: Member) -> list[dict]:
    slug = member.workspace.slug
    counts = getattr(request, "counts", None) or counts_for(member)
    views = [
        {
            "key": view.key,
            "label": view.label,
            "icon": view.icon,
            "url": reverse("conversations:inbox", args=[slug, view.key]),
            "count": counts.get(view.key) if view.counted else None,
            "hot": view.key == "mine" and counts.get("mine", 0) > 0,
            "current": request.resolver_match.kwargs.get("view") == view.key,
            "folded": view.folded,
        }
        for view in all_views()
    ]
    room = room_of(request.resolver_match)
    works, reads = member.may(str(Permission.WORK)), member.reads_every_inbox()
    places = [
        ("inbox", _("Inbox"), "inbox", "conversations:home", True),
        ("tickets", _("Tickets"), "ticket", "tickets:home", works or reads),
        ("contacts", _("Contacts"), "book", "contacts:list", works),
        ("analytics", _("Analytics"), "chart", "analytics:home", member.may(str(Permission.VIEW_REPORTS))),
    ]
    items = [
        _place(key, label, icon, reverse(page, args=[slug]), room)
        for key, label, icon, page, is_open in places
        if is_open
    ]
    items[0] |= {"hot": counts.get("mine", 0) > 0, "views": views}
    if settings := _settings_url(slug, member):
        items.append(_place("settings", _("Settings"), "gear", settings, room))
    return items


def _place(key: str, label: str, icon: str, url: str, room: str) -> dict:
    return {"key": key, "label": label, "icon": icon, "url": url, "current": room == key}


def saved_views(request, member: Member) -> dict:
    """The views that members made, with their numbers; shown beside the inbox alone."""
    if room_of(request.resolver_match) != "inbox":
        return {}
    saved = getattr(request, "saved_views", None)
    saved = saved_for(member) if saved is None else saved
    inbox = getattr(request, "inbox_chosen", None)
    counts = how_many(member, saved, inbox)
    open_now = request.resolver_match.kwargs.get("view")
    shown = [
        {
            "key": view.key,
            "label": view.name,
            "url": reverse("conversations:inbox", args=[member.workspace.slug, view.key]),
            "count": capped(counts[view.key]),
            "current": view.key == open_now,
        }
        for view in saved
    ]
    return {"saved_views": shown, "inbox_chosen": inbox or ""}


def _settings_url(slug: str, member: Member) -> str:
    """The first page of settings this member may open."""
    for name, permission in (("inboxes:list", "manage_inboxes"), ("workspaces:team", "manage_workspace")):
        try:
            if member.may(permission):
                return reverse(name, args=[slug])
        except NoReverseMatch:
            continue
    return ""
