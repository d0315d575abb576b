"""The bell: its list, its page, and what scripts ask for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations.models import Conversation
from conversations.views.done import done
from notifications import actions
from notifications.models import Mute, Notification
from notifications.queries import news_for, page_of, unread_count
from workspaces.access import member_only
from workspaces.models import Member
from workspaces.numbers import whole
from workspaces.permissions import Permission
from workspaces.redirects import next_path

RECENT = 15


@require_safe
@member_only
def index(request):
    before = request.GET.get("before", "")
    unread = request.GET.get("unread") == "1"
    rows, older = page_of(request.member, before=whole(before), unread=unread)
    shown = {row.conversation for row in rows if row.conversation}
    muted = Mute.objects.filter(member=request.member, conversation__in=shown)
    context = {
        "told": rows,
        "older": older,
        "unread_only": unread,
        "muted": set(muted.values_list("conversation", flat=True)),
    }
    return render(request, "notifications/index.html", context)


@require_safe
@member_only
def recent(request):
    """What the bell opens."""
    rows, _older = page_of(request.member)
    return render(request, "notifications/_recent.html", {"told": rows[:RECENT]})


@require_safe
@member_only
def news(request):
    """For open pages, when they are rung: the count, what to show now, and which chats wait."""
    return JsonResponse(news_for(request.member))


@require_safe
@member_only
def go(request, pk):
    """Where a notification leads; on the way it counts as read."""
    row = get_object_or_404(Notification.objects.of(request.member), pk=pk)
    actions.mark_read(request.member, pk=row.pk)
    return redirect(_target(row, request.member))


def _target(row: Notification, member: Member) -> str:
    slug = member.workspace.slug
    if row.ticket:
        return reverse("tickets:show", args=[slug, row.ticket.number])
    if row.about == "figures" and member.may(Permission.MANAGE_WORKSPACE):
        return reverse("analytics:about", args=[slug])
    if row.conversation_id is None:
        may = row.channel_id and member.may(Permission.MANAGE_INBOXES)
        return reverse("inboxes:inbox", args=[slug, row.channel.inbox_id]) if may else _index(slug)
    place = f"#message-{row.message_id}" if row.message_id else ""
    place = f"#comment-{row.comment_id}" if row.comment_id else place
    return reverse("conversations:open", args=[slug, row.conversation_id]) + place


def _index(slug: str) -> str:
    return reverse("notifications:index", args=[slug])


@require_POST
@member_only
def all_read(request):
    actions.mark_read(request.member)
    return _back(request)


@require_POST
@member_only
def conversation_read(request, pk):
    """The page shows this conversation, so what was told of it is read."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.member), pk=pk)
    actions.mark_read(request.member, conversation=conversation)
    return JsonResponse({"count": unread_count(request.member)})


@require_POST
@member_only
def mute(request, pk):
    """POST on=1 or on=0."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.member), pk=pk)
    on = request.POST.get("on") == "1"
    actions.mute(conversation, by=request.member, on=on)
    if not request.htmx:
        return _back(request)
    say = (
        _("You hear nothing more of this conversation.") if on else _("You hear of this conversation again.")
    )
    url = reverse("notifications:mute", args=[request.workspace.slug, pk])
    return done(request, pk, say=say, undo=(url, {"on": "0" if on else "1"}))


@require_safe
@member_only
def mute_choice(request, pk):
    """What the menu of a thread offers about it."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.member), pk=pk)
    muted = Mute.objects.filter(member=request.member, conversation=conversation).exists()
    return render(request, "notifications/_mute.html", {"conversation": conversation, "muted": muted})


def _back(request) -> HttpResponse:
    return redirect(next_path(request, _index(request.workspace.slug)))
