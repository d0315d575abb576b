"""Letters: to whom, when, taken back, and written to somebody who did not write first."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import ContactAddress
from conversations import actions, rich
from conversations.append import Appended
from conversations.envelope import Envelope, EnvelopeRefused, Person, last_mail
from conversations.files import FileRefused
from conversations.forms import ComposeForm
from conversations.models import Attachment, Conversation, ScheduledReply, Status
from conversations.queries.letters import fields_of, senders_of, with_cids
from conversations.views.files import store_all
from conversations.views.pages import last_view, load_to_work, load_whole, thread_context
from inboxes.kinds import get_kind
from inboxes.models import Channel
from workspaces.access import allowed, member_only
from workspaces.permissions import Permission

MOST_SUGGESTED = 8
PERSON = re.compile(r"^(?P<name>.*?)\s*<(?P<address>[^<>]+)>$")


def envelope_in(data) -> Envelope | None:
    """The envelope a form carries: a line or a field for each person. None when it says nothing of people."""
    if "to" not in data:
        return None
    told: dict = {name: _people_in(data.getlist(name)) for name in ("to", "cc", "bcc")}
    told |= {"subject": data.get("subject", ""), "channel": data.get("channel", "")}
    return Envelope.from_json(told)


def _people_in(fields: list[str]) -> list[dict[str, str]]:
    lines = [line.strip() for field in fields for line in field.split("\n") if line.strip()]
    found = [PERSON.match(line) for line in lines]
    return [
        {"name": match["name"].strip('" '), "address": match["address"]}
        if match
        else {"name": "", "address": line}
        for match, line in zip(found, lines, strict=True)
    ]


def dispatch(request, conversation: Conversation, written: dict) -> Appended | ScheduledReply:
    """Send what was written: now, in ten seconds, at its hour, or on to somebody else. Raises what actions raise."""
    html = with_cids(written["html"])
    letter = {
        "body": written["body"],
        "html": html,
        "by": request.member,
        "client_id": written["client_id"],
        "attachments": store_all(request) + _pictures_in(html),
        "envelope": envelope_in(request.POST),
    }
    by_mail = get_kind(conversation.channel_kind).has_subject
    send_at = _moment(written["send_at"]) if by_mail else written["send_at"]
    if written["kind"] == "forward":
        return _forward(conversation, written, letter, send_at)
    if send_at:
        return actions.schedule_reply(conversation, send_at=send_at, then=written["then"], **letter)
    sent = actions.send_reply(conversation, **letter)
    if written["then"] == "close":
        actions.set_status(conversation, Status.CLOSED, by=request.member)
    elif written["then"]:
        actions.snooze(conversation, until=parse_datetime(written["then"]), by=request.member)
    return sent


def _moment(asked: datetime | None) -> datetime | None:
    """When a letter leaves: at the hour asked for, and not before it can be taken back. None: at once (CR-6)."""
    if not (asked or settings.UNDO_SEND_SECONDS):
        return None
    soonest = timezone.now() + timedelta(seconds=settings.UNDO_SEND_SECONDS)
    return max(asked or soonest, soonest)


def _forward(
    conversation: Conversation, written: dict, letter: dict, send_at: datetime | None
) -> Appended | ScheduledReply:
    """Pass on the letter that was chosen, else the last one (CR-4)."""
    message = conversation.messages.filter(pk=written["message"]).first() if written["message"] else None
    message = message or last_mail(conversation) or conversation.messages.order_by("-seq").first()
    if message is None:
        raise EnvelopeRefused(_("There is nothing here to pass on."))
    if letter["envelope"] is None:
        raise EnvelopeRefused(_("Say whom this goes to."))
    if send_at:
        told = {"kind": "forward", "message": message, "then": written["then"]}
        return actions.schedule_reply(conversation, send_at=send_at, **told, **letter)
    return actions.forward(conversation, message=message, **letter)


def _pictures_in(html: str) -> list:
    """Keys of the files that stand within the text and wait for it."""
    return list(
        Attachment.objects.waiting()
        .filter(storage_key__in=rich.pictures_in(html))
        .values_list("storage_key", flat=True)
    )


@require_POST
@member_only
def take_back(request, pk, held_pk):
    """Undo: what was sent stands in its writer's composer again, people and files with it (CR-6)."""
    conversation = load_to_work(request, pk)
    held = get_object_or_404(conversation.scheduled_replies, pk=held_pk)
    mine = held.member_id == request.member.pk
    try:
        actions.take_back(held, by=request.member)
    except actions.AlreadySent:
        return _said(_("It has left already."), 409)
    if not request.htmx:
        return _back(request, pk)
    if not mine:
        return HttpResponse()
    view = last_view(request)
    context = thread_context(request, load_whole(request, pk), view)
    return render(request, "conversations/_composer.html", context)


@require_POST
@member_only
def send_now(request, pk, held_pk):
    """What was held back, or was to go later, leaves now."""
    conversation = load_to_work(request, pk)
    held = get_object_or_404(conversation.scheduled_replies, pk=held_pk)
    try:
        actions.send_held(held, by=request.member)
    except actions.AlreadySent:
        return _said(_("It has left already."), 409)
    return HttpResponse() if request.htmx else _back(request, pk)


@require_safe
@allowed(Permission.WORK)
def people(request):
    """Contacts whose name or address holds what is typed, to write to."""
    asked = request.GET.get("q", "").strip()[:100]
    if len(asked) < 2:
        return JsonResponse({"people": []})
    rows = ContactAddress.objects.filter(kind="email").select_related("contact")
    rows = rows.filter(value__icontains=asked) | rows.filter(contact__name__icontains=asked)
    found = rows.order_by("contact__name", "pk")[:MOST_SUGGESTED]
    return JsonResponse({"people": [{"name": row.contact.name, "address": row.value} for row in found]})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.WORK)
def compose(request):
    """A new letter (CR-1, EM-12): a window beside the work, or a page of its own without script."""
    if request.method != "POST":
        return _compose_page(request, ComposeForm(), _to(request.GET.get("to", "")))
    form = ComposeForm(request.POST)
    envelope = envelope_in(request.POST) or Envelope()
    if not form.is_valid():
        return _compose_page(request, form, envelope, 422)
    channel = _writable(request.member, form.cleaned_data["channel"])
    try:
        sent = _begin(request, channel, form.cleaned_data, envelope)
    except (FileRefused, EnvelopeRefused) as refused:
        form.add_error(None, refused.messages if isinstance(refused, EnvelopeRefused) else str(refused))
        return _compose_page(request, form, envelope, 422)
    args = [request.workspace.slug, sent.conversation_id]
    told = {"url": reverse("conversations:open", args=args)}
    if isinstance(sent, ScheduledReply) and sent.pk:
        undo_url = reverse("conversations:take_back", args=[*args, sent.pk])
        told |= {"undo_url": undo_url, "send_at": sent.send_at.isoformat()}
    return JsonResponse(told) if request.htmx else redirect(told["url"])


def _to(address: str) -> Envelope:
    """A letter that somebody is to get, when a page that leads here knows to whom."""
    try:
        validate_email(address)
    except ValidationError:
        return Envelope()
    return Envelope(to=(Person("", address),))


def _begin(request, channel: Channel, written: dict, envelope: Envelope) -> Appended | ScheduledReply:
    html = with_cids(written["html"])
    letter = {
        "by": request.member,
        "envelope": envelope,
        "body": written["body"],
        "html": html,
        "client_id": written["client_id"],
        "attachments": store_all(request) + _pictures_in(html),
    }
    send_at = _moment(written["send_at"])
    if send_at:
        return actions.schedule_conversation(channel, send_at=send_at, **letter)
    return actions.start_conversation(channel, **letter)


def _writable(member, pk: int) -> Channel:
    known = {row["pk"] for row in senders_of(member)}
    return get_object_or_404(Channel, pk=pk if pk in known else None)


def _compose_page(request, form, envelope: Envelope, status: int = 200) -> HttpResponse:
    senders = senders_of(request.member)
    context = {
        "form": form,
        "fields": fields_of(envelope),
        "subject": envelope.subject,
        "senders": senders,
        "sender": envelope.channel_id or (senders[0]["pk"] if senders else None),
        "error": " ".join(message for messages in form.errors.values() for message in messages),
    }
    template = "conversations/_compose.html" if request.htmx else "conversations/compose.html"
    return render(request, template, context, status=status)


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _back(request, pk: int) -> HttpResponse:
    return redirect("conversations:show", request.workspace.slug, last_view(request).key, pk)
