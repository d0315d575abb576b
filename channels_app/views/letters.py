"""A mail as it came: its HTML in a document of no origin, its source, its file; and what the team decides about it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from channels_app.email.shown import Shown, document_of, policy
from channels_app.models import InboundPayload
from contacts.models import ContactAddress
from conversations.aside import accept as let_in
from conversations.files.serve import POLICY
from conversations.fragments import message_html
from conversations.models import Conversation, Message, Participant
from conversations.queries.thread import message_view
from workspaces.access import member_only

MOST_SHOWN = 300_000  # characters of a source; the file holds all


@require_safe
@member_only
def letter(request, pk, message_pk):
    """The HTML of a mail, for a frame: it runs nothing of its own, loads nothing unasked, belongs to no origin (T050)."""
    message = _load(request, pk, message_pk)
    if not message.html:
        raise Http404
    pictures = request.GET.get("images") == "1" or _always_shown(message)
    shown = Shown(pictures=pictures, theme=request.user.theme, language=message.extra.get("lang", ""))
    response = HttpResponse(document_of(message, _payload(message), shown))
    response["Content-Security-Policy"] = policy(pictures=pictures)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response.xframe_options_exempt = True  # frame-ancestors of the policy says who may show it
    return response


@require_safe
@member_only
def source(request, pk, message_pk):
    """Headers and source, as text."""
    message = _load(request, pk, message_pk)
    payload = _payload_or_404(message)
    text = bytes(payload.body).decode("utf-8", "replace")
    head, _blank, rest = text.replace("\r\n", "\n").partition("\n\n")
    context = {
        "message": message,
        "payload": payload,
        "head": head,
        "rest": rest[:MOST_SHOWN],
        "is_cut": len(rest) > MOST_SHOWN,
    }
    return render(request, "channels/letter_source.html", context)


@require_safe
@member_only
def download(request, pk, message_pk):
    """The mail as a file, byte for byte."""
    message = _load(request, pk, message_pk)
    payload = _payload_or_404(message)
    response = HttpResponse(bytes(payload.body), content_type="message/rfc822")
    name = f"{message.subject[:80].strip() or _('Letter')}.eml"
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-"))
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@member_only
def show_pictures(request, pk, message_pk):
    """From now on, show what this sender's letters load from elsewhere (EM-13)."""
    message = _load_to_work(request, pk, message_pk)
    known = ContactAddress.objects.filter(kind="email", value__iexact=_sender(message))
    if not known.update(shows_images=True):
        return HttpResponse(
            _("This sender is no contact yet."), status=422, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(status=204)


@require_POST
@member_only
def accept(request, pk, message_pk):
    """A stranger who wrote into this conversation takes part in it from now on."""
    message = _load_to_work(request, pk, message_pk)
    sender = _sender(message)
    for person in Participant.objects.filter(conversation=message.conversation_id, address__iexact=sender):
        let_in(person)
    theirs = message.conversation.messages.filter(extra__mail__new_participant=True)
    for row in theirs.filter(extra__mail__from__address__iexact=sender):
        row.extra["mail"]["new_participant"] = False
        row.save(update_fields=["extra"])
    message.refresh_from_db()
    return HttpResponse(message_html(message_view(message, request.workspace.slug)))


def _load(request, pk: int, message_pk: int) -> Message:
    conversation = get_object_or_404(Conversation.objects.visible_to(request.member), pk=pk)
    return get_object_or_404(conversation.messages.select_related("conversation"), pk=message_pk)


def _load_to_work(request, pk: int, message_pk: int) -> Message:
    conversation = get_object_or_404(Conversation.objects.worked_by(request.member), pk=pk)
    return get_object_or_404(conversation.messages.select_related("conversation"), pk=message_pk)


def _payload(message: Message) -> InboundPayload | None:
    """The mail as it came; none for what was removed from for good."""
    return InboundPayload.objects.filter(message=message).exclude(body=b"").order_by("pk").first()


def _payload_or_404(message: Message) -> InboundPayload:
    payload = _payload(message)
    if payload is None:
        raise Http404
    return payload


def _sender(message: Message) -> str:
    mail = (message.extra or {}).get("mail") or {}
    return str((mail.get("from") or {}).get("address") or "")


def _always_shown(message: Message) -> bool:
    """What we wrote ourselves asks nobody else; and some senders are trusted."""
    if message.direction == "out":
        return True
    known = ContactAddress.objects.filter(kind="email", shows_images=True, value__iexact=_sender(message))
    return known.exists()
