"""What members do to a conversation: one view a resource, each hands over to one action."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from conversations import actions
from conversations.closing import ClosingForm, in_words, left_empty
from conversations.collision import news_for
from conversations.envelope import EnvelopeRefused
from conversations.files import FileRefused
from conversations.forms import AssignmentForm, CommentForm, DraftForm, ReplyForm, StatusForm
from conversations.fragments import comment_html, header_html, message_html
from conversations.mentions import CannotMention, may_let_in, would_help
from conversations.models import Comment, Conversation, DraftMode, Message, ScheduledReply, Status
from conversations.queries.letters import held_view, with_cids
from conversations.queries.thread import comment_view, message_view
from conversations.views.files import chips
from conversations.views.letters import dispatch, envelope_in
from conversations.views.pages import (
    blocked_reason,
    empty,
    last_view,
    list_context,
    load_to_work,
    load_whole,
    thread_context,
)
from inboxes.actions import let_in
from workspaces.access import member_only


@require_POST
@member_only
def reply(request, pk):
    conversation = load_to_work(request, pk)
    form = ReplyForm(request.POST, has_files=bool(request.POST.get("files") or request.FILES))
    if not form.is_valid():
        return _refused(request, pk, form, "reply")
    written, knew = form.cleaned_data, form.knew()
    news = (
        news_for(conversation, by=request.member, known=knew, client_id=written["client_id"]) if knew else []
    )
    if news:
        return _held_back(request, conversation, written, news)
    if reason := blocked_reason(conversation) or _unfilled(conversation, written["then"]):
        form.add_error(None, reason)
        return _refused(request, pk, form, "reply")
    try:
        sent = dispatch(request, conversation, form.cleaned_data)
    except (FileRefused, EnvelopeRefused) as refused:
        form.add_error(None, refused.messages if isinstance(refused, EnvelopeRefused) else str(refused))
        return _refused(request, pk, form, "reply")
    if not request.htmx:
        return _back(request, pk)
    if isinstance(sent, ScheduledReply):
        return render(request, "conversations/_held.html", {"held": held_view(sent, request.workspace.slug)})
    message = Message.objects.prefetch_related("attachments").get(pk=sent.message_id)
    return HttpResponse(message_html(message_view(message, request.workspace.slug)))


def _unfilled(conversation: Conversation, then: str) -> str:
    """Nothing leaves that would close what still has to be filled in: the text waits where it was written."""
    empty = left_empty(conversation) if then == "close" else []
    return in_words(empty) if empty else ""


@require_POST
@member_only
def comment(request, pk):
    conversation = load_to_work(request, pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _refused(request, pk, form, "comment")
    told = {"body": form.cleaned_data["body"], "client_id": form.cleaned_data["client_id"]}
    try:
        written = _comment(request, conversation, told)
    except CannotMention as refused:
        form.add_error("body", str(refused))
        offers = may_let_in(request.member) and would_help(refused)
        return _refused(request, pk, form, "comment", lets_in=offers)
    if not request.htmx:
        return _back(request, pk)
    return HttpResponse(comment_html(comment_view(written, request.workspace.slug)))


def _comment(request, conversation: Conversation, told: dict) -> Comment:
    """Say it; whoever is named and may not read it comes in first, when somebody who may says so (CO-2)."""
    if request.POST.get("let_in") != "1" or not may_let_in(request.member):
        return actions.comment(conversation, by=request.member, **told)
    try:
        with transaction.atomic():
            return actions.comment(conversation, by=request.member, **told)
    except CannotMention as refused:
        with transaction.atomic():
            let_in(conversation.inbox, refused.members)
            return actions.comment(conversation, by=request.member, **told)


@require_POST
@member_only
def assignment(request, pk):
    conversation = load_to_work(request, pk)
    form = AssignmentForm(request.POST, conversation=conversation)
    if not form.is_valid():
        return _refused(request, pk, form, "")
    actions.assign(conversation, to=form.cleaned_data["assignee"], by=request.member)
    return _changed(request, pk)


@require_POST
@member_only
def status(request, pk):
    conversation = load_to_work(request, pk)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _refused(request, pk, form, "")
    if form.cleaned_data["status"] == Status.CLOSED and not conversation.is_closed():
        asks = ClosingForm(conversation, request.POST, request.FILES)
        if not asks.is_answered():
            return _ask_first(request, conversation, asks)
        asks.keep()
    actions.set_status(conversation, form.cleaned_data["status"], by=request.member)
    return _changed(request, pk)


def _ask_first(request, conversation: Conversation, asks: ClosingForm) -> HttpResponse:
    """422: what must be filled in, as a dialog for a script and as a page without one."""
    asks.keep_files()
    page = "conversations/_closing.html" if request.htmx else "conversations/closing.html"
    return render(request, page, {"conversation": conversation, "form": asks}, status=422)


@require_POST
@member_only
def draft(request, pk):
    conversation = load_to_work(request, pk)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return empty(422)
    saved = actions.save_draft(
        conversation,
        body=form.cleaned_data["body"],
        mode=form.cleaned_data["mode"],
        by=request.member,
        html=with_cids(form.cleaned_data["html"]),
        envelope=envelope_in(request.POST),
        attachments=request.POST.get("files", "").split(),
    )
    if saved and form.cleaned_data["kind"]:
        saved.envelope |= {"kind": form.cleaned_data["kind"], "message": form.cleaned_data["message"]}
        saved.save(update_fields=["envelope"])
    return empty()


@require_POST
@member_only
def read(request, pk):
    actions.mark_read(load_to_work(request, pk), by=request.member)
    return empty()


@require_POST
@member_only
def again(request, pk, message_pk):
    """Try a failed message once more (DM-3)."""
    conversation = load_to_work(request, pk)
    message = get_object_or_404(conversation.messages, pk=message_pk)
    actions.try_again(message, by=request.member)
    if not request.htmx:
        return _back(request, pk)
    return HttpResponse(
        message_html(message_view(conversation.messages.get(pk=message_pk), request.workspace.slug))
    )


def _changed(request, pk: int) -> HttpResponse:
    if not request.htmx:
        return _back(request, pk)
    visible = Conversation.objects.visible_to(request.member).select_related("assignee", "team").filter(pk=pk)
    conversation = visible.first()
    if conversation is None:  # given away by a restricted agent: it is not theirs to see any more
        return HttpResponse(headers={"HX-Redirect": f"/w/{request.workspace.slug}/inbox/"})
    return HttpResponse(header_html(conversation, request.workspace))


def _back(request, pk: int) -> HttpResponse:
    return redirect("conversations:show", request.workspace.slug, last_view(request).key, pk)


def _held_back(request, conversation: Conversation, written: dict, news: list) -> HttpResponse:
    """409: what was written meanwhile, above the text, which waits as a draft until its writer chose (CO-3)."""
    saved = actions.save_draft(
        conversation,
        body=written["body"],
        mode=DraftMode.REPLY,
        by=request.member,
        html=with_cids(written["html"]),
        envelope=envelope_in(request.POST),
        attachments=request.POST.get("files", "").split(),
    )
    if saved and written["kind"]:
        saved.envelope |= {"kind": written["kind"], "message": written["message"]}
        saved.save(update_fields=["envelope"])
    view = last_view(request)
    context = thread_context(request, load_whole(request, conversation.pk), view)
    context |= {"news": news, "news_then": written["then"]}
    context["known"] = " ".join(str(key) for key in [*written["known"], *_ids(news)])
    context["files"] = chips(request)
    if request.htmx:
        context["view"] = {"key": view.key, "label": view.label}
        return render(request, "conversations/_composer.html", context, status=409)
    return render(request, "conversations/inbox.html", list_context(request, view) | context, status=409)


def _ids(news: list) -> list:
    return [entry.client_id for entry in news]


def _refused(request, pk: int, form, mode: str, *, lets_in: bool = False) -> HttpResponse:
    """422 with the words and the typed text: the composer alone for a script, the page without one."""
    view = last_view(request)
    context = thread_context(request, load_whole(request, pk), view)
    context["error"] = " ".join(message for messages in form.errors.values() for message in messages)
    context["files"] = chips(request) if mode == "reply" else []
    context["lets_in"] = lets_in
    if mode:
        context["drafts"] = context["drafts"] | {mode: request.POST.get("body", "")}
    if request.htmx:
        context["view"] = {"key": view.key, "label": view.label}
        return render(request, "conversations/_composer.html", context, status=422)
    return render(request, "conversations/inbox.html", list_context(request, view) | context, status=422)
