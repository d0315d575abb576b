"""What members do to one message or comment: split it off, remove it or a file of it for good."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import actions
from conversations.fragments import comment_html, message_html
from conversations.models import Attachment, Comment, Conversation, Message
from conversations.queries.thread import comment_view, message_view
from conversations.views.done import done
from conversations.views.pages import load_to_work
from workspaces.access import allowed, member_only
from workspaces.permissions import Permission


@require_safe
@member_only
def verbs(request, pk, message_pk):
    """What its menu holds, as a page of its own: for those who have no scripts."""
    message = get_object_or_404(load_to_work(request, pk).messages, pk=message_pk)
    context = {
        "conversation": message.conversation,
        "m": message_view(message, request.workspace.slug),
        "may_delete": request.member.may(Permission.DELETE_CONVERSATIONS) and not message.redacted_at,
    }
    return render(request, "conversations/message_verbs.html", context)


@require_POST
@member_only
def split(request, pk, message_pk):
    """A copy of this message begins a conversation of its own, which is opened."""
    message = get_object_or_404(load_to_work(request, pk).messages, pk=message_pk)
    new = actions.split_off(message, by=request.member)
    url = reverse("conversations:open", args=[request.workspace.slug, new.pk])
    return done(request, new.pk, say=_("A new conversation began with this message."), goto=url)


@require_POST
@allowed(Permission.DELETE_CONVERSATIONS)
def redact(request, pk, message_pk):
    message = get_object_or_404(load_to_work(request, pk).messages, pk=message_pk)
    actions.redact(message, by=request.member)
    return _message(request, message.pk, pk)


@require_POST
@allowed(Permission.DELETE_CONVERSATIONS)
def redact_comment(request, pk, comment_pk):
    comment = get_object_or_404(load_to_work(request, pk).comments, pk=comment_pk)
    actions.redact(comment, by=request.member)
    if not request.htmx:
        return redirect("conversations:open", request.workspace.slug, pk)
    return HttpResponse(
        comment_html(comment_view(Comment.objects.get(pk=comment.pk), request.workspace.slug))
    )


@require_POST
@allowed(Permission.DELETE_CONVERSATIONS)
def redact_file(request, key):
    worked = Conversation.objects.worked_by(request.member)
    files = Attachment.objects.filter(message__conversation__in=worked)
    file = get_object_or_404(files.select_related("message__conversation"), storage_key=key)
    message = file.message
    actions.redact_file(file, by=request.member)
    return _message(request, message.pk, message.conversation_id)


def _message(request, pk: int, conversation: int) -> HttpResponse:
    if not request.htmx:
        return redirect("conversations:open", request.workspace.slug, conversation)
    message = Message.objects.prefetch_related("attachments").get(pk=pk)
    return HttpResponse(message_html(message_view(message, request.workspace.slug)))
