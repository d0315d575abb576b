"""The inbox: one page, with or without an open conversation. htmx asks for parts of it by their id."""

from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from conversations.actions import mark_read
from conversations.aside import reason_of
from conversations.fragments import rows_html
from conversations.models import Comment, Conversation, Draft, DraftMode, Message
from conversations.preferences import preferences_of
from conversations.queries import View, counts_for, header_of, page_of, rows_for, thread_of
from conversations.queries.letters import held_of, writing_of
from conversations.queries.lists import SORTS
from conversations.queries.sidebar import sidebar_of
from conversations.queries.surroundings import surround
from conversations.queries.thread import assignables, drafts_of, place_of
from conversations.saved_views import find_view, saved_for
from conversations.snoozing import snooze_choices
from conversations.windows import window_of
from inboxes.kinds import get_kind
from inboxes.models import Inbox
from workspaces.access import member_only
from workspaces.permissions import Permission

VIEW_KEY = "view"


@require_safe
@member_only
def first_view(request):
    """VW-5: Unassigned for those who may take work, else what is assigned to them."""
    key = "unassigned" if request.member.may(Permission.WORK) else "open"
    return redirect("conversations:inbox", request.workspace.slug, key)


@require_safe
@member_only
def inbox(request, view):
    return render(request, "conversations/inbox.html", list_context(request, view_of(request, view)))


@require_safe
@member_only
def show(request, view, pk):
    """A conversation beside its list; with htmx only the conversation."""
    chosen = view_of(request, view)
    conversation = load_whole(request, pk)
    context = thread_context(request, conversation, chosen)
    if request.htmx and not request.htmx.history_restore_request:
        context["view"] = {"key": chosen.key, "label": chosen.label}
        return render(request, "conversations/_conversation.html", context)
    return render(request, "conversations/inbox.html", list_context(request, chosen) | context)


@require_safe
@member_only
def open_conversation(request, pk):
    """The address of a conversation by itself, as links give it: shown in the view the reader was in last."""
    conversation = load(request, pk)
    if conversation.merged_into_id:  # it is read where it stands now
        conversation = load(request, conversation.merged_into_id)
    url = reverse(
        "conversations:show", args=[request.workspace.slug, last_view(request).key, conversation.pk]
    )
    anchor, message = _named_entry(request, conversation)
    if not anchor:
        return redirect(url)
    before = place_of(conversation, message)
    return redirect(f"{url}{f'?before={before}' if before else ''}#{anchor}")


def _named_entry(request, conversation: Conversation) -> tuple[str, Message | None]:
    """Which entry a link leads to, and the message at whose place it stands: ?message= or ?comment=."""
    for name, model in (("message", Message), ("comment", Comment)):
        number = request.GET.get(name, "")
        entry = model.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
        if isinstance(entry, Message):
            return f"message-{entry.pk}", entry
        if entry is not None:
            before = conversation.messages.filter(created_at__lte=entry.created_at).order_by("-seq")
            return f"comment-{entry.pk}", before.first()
    return "", None


@require_safe
@member_only
def row(request, pk):
    """One row, as the list holds it: for what arrives while the list is open. Nothing, if it is not of `?view=`."""
    conversation = load(request, pk)
    if key := request.GET.get("view"):
        here = view_of(request, key).choose(Conversation.objects.filter(pk=pk), request.member)
        if inbox := preferences_of(request.member).inbox:
            here = here.filter(inbox=inbox)
        if not here.exists():
            return empty()
    [found] = rows_html(rows_for([conversation], request.member))
    return render(request, "conversations/_rowbox.html", {"c": found, "workspace": request.workspace})


def load(request, pk: int) -> Conversation:
    """Loading is the permission check: what a member may not read does not exist for them. `is_worked` tells whether
    they may change it as well."""
    return get_object_or_404(_readable(request), pk=pk)


def load_whole(request, pk: int) -> Conversation:
    """The same, with all that a page of it shows beside it."""
    return surround(get_object_or_404(_readable(request), pk=pk), request.member)


def _readable(request):
    related = (
        "contact__company",
        "contact__owner",
        "visitor",
        "assignee",
        "team",
        "inbox",
        "channel",
        "detail",
    )
    worked = Conversation.objects.worked_by(request.member).filter(pk=OuterRef("pk"))
    visible = Conversation.objects.visible_to(request.member).annotate(is_worked=Exists(worked))
    return visible.select_related(*related)


def load_to_work(request, pk: int) -> Conversation:
    """The same for those who want to change it (AC-1, CR-2)."""
    visible = Conversation.objects.worked_by(request.member).select_related(
        "assignee", "team", "inbox", "channel"
    )
    return get_object_or_404(visible, pk=pk)


def view_of(request, key: str) -> View:
    """A view of the navigation, or one that was made; those are read once, and only where one of them is asked for."""
    if key[:1] == "v" and not hasattr(request, "saved_views"):
        request.saved_views = saved_for(request.member)
    return find_view(key, request.member, getattr(request, "saved_views", None))


def last_view(request) -> View:
    """The view the reader was in last; a view that is gone since is no reason to find nothing."""
    try:
        return view_of(request, request.session.get(VIEW_KEY, "open"))
    except Http404:
        return view_of(request, "open")


def list_context(request, view: View) -> dict:
    member, slug = request.member, request.workspace.slug
    inboxes = list(Inbox.objects.visible_to(member).order_by(Lower("name")).values("pk", "name"))
    chosen = preferences_of(member)
    inbox = next((place for place in inboxes if place["pk"] == chosen.inbox), None)
    where = {"sort": chosen.sort, "inbox": inbox and inbox["pk"]}
    page = page_of(view, member, after=request.GET.get("after", ""), **where)
    if request.session.get(VIEW_KEY) != view.key:
        request.session[VIEW_KEY] = view.key
    counts = counts_for(member, where["inbox"])
    request.counts, request.inbox_chosen = counts, where["inbox"]  # the shell shows them too
    url = reverse("conversations:inbox", args=[slug, view.key])
    count = counts.get(view.key) if view.counted else None
    return {
        "view": {"key": view.key, "label": view.label, "count": count, "flat": view.flat, "asks": view.asks},
        "inboxes": inboxes,
        "inbox": inbox,
        "sort": {"key": chosen.sort, "label": SORTS[chosen.sort]},
        "sorts": [{"key": key, "label": label} for key, label in SORTS.items()],
        "density": chosen.density,
        "rows_yours": rows_html(page.yours),
        "rows_theirs": rows_html(page.theirs),
        "next_url": f"{url}?after={page.next}".replace("+", "%2B") if page.next else "",
        "conversation": None,
        "may_compose": member.may(Permission.WORK),
    }


def thread_context(request, conversation: Conversation, view: View) -> dict:
    """`conversation` is one of load_whole()."""
    member = request.member
    before = request.GET.get("before", "")[:20]
    mark = conversation.mark_seq
    who = assignables(conversation, conversation.teams)
    thread = thread_of(
        conversation,
        member,
        before=before,
        unread_after=None if before else mark,
        merged=conversation.merged_ids,
        has_comments=conversation.has_comments,
        people={one["pk"]: one["name"] for one in who["members"]},
    )
    works = conversation.is_worked
    drafts, others = drafts_of(conversation, member) if conversation.has_drafts else ({}, [])
    # What a page fetches ahead nobody has read yet; it says so when it shows it.
    if works and request.method == "GET" and request.headers.get("Purpose") != "prefetch":
        mark_read(conversation, by=member, known=mark)
    earlier = reverse("conversations:show", args=[request.workspace.slug, view.key, conversation.pk])
    return {
        "conversation": header_of(conversation, conversation.mark_labels),
        "timeline": thread.items,
        "earlier_url": f"{earlier}?before={thread.earlier}" if thread.earlier else "",
        "newest_url": earlier if before else "",
        "may_delete": works and member.may(Permission.DELETE_CONVERSATIONS),
        "snoozes": snooze_choices(),
        "drafts": {mode: row.body for mode, row in drafts.items()},
        "others_drafts": others,
        "assignables": who,
        "sidebar": sidebar_of(conversation, member, edits=works),
        "read_only": not works,
        "blocked": blocked_reason(conversation),
        "window": window_of(conversation) if works else None,
        "held": held_of(conversation, request.workspace.slug) if conversation.has_held and not before else [],
        **_writing(conversation, member, works, drafts.get(DraftMode.REPLY)),
        **_aside(conversation),
    }


def _aside(conversation: Conversation) -> dict:
    """Who a list of senders would name, and why this was set aside, if it was."""
    sender = (
        conversation.last_sender or (conversation.contact.email if conversation.contact else "")
    ).lower()
    if conversation.trashed_at:
        return {"sender": sender, "aside": {"is_trash": True}}
    if not (conversation.spam_at or conversation.filtered_at):
        return {"sender": sender, "aside": None}
    told = {"reason": reason_of(conversation), "sender": sender, "is_spam": bool(conversation.spam_at)}
    return {"sender": sender, "aside": told}


def _writing(conversation: Conversation, member, works: bool, draft: Draft | None) -> dict:
    """What the composer of a letter shows beside its text; nothing for those who only read."""
    writing = writing_of(conversation, member, draft) if works else None
    return {"writing": writing, "files": writing["files"]} if writing else {}


def blocked_reason(conversation: Conversation) -> str:
    """Why no reply can leave by this conversation's channel, or ''."""
    kind = get_kind(conversation.channel_kind)
    if not kind.can_reply:
        return kind.why_not
    window = window_of(conversation)
    return window.reason if window else ""


def empty(status: int = 204) -> HttpResponse:
    return HttpResponse(status=status)
