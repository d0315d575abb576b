"""A delivery report comes home to the message it is about (EM-14); it never makes a conversation of its own for that."""

import uuid

from django.utils import timezone

from channels_app.email.parsing import ParsedMail
from contacts.models import ContactAddress
from conversations.actions import mark_delivery
from conversations.models import Delivery, Direction, Message
from conversations.threading import OURS, with_external_ids
from inboxes.models import Channel


def bring_home(mail: ParsedMail) -> int | None:
    """Mark the message that failed, with the other server's words. Returns its id; None when it is none of ours."""
    message = _original(mail)
    if message is None:
        return None
    report = mail.bounce
    if report is not None and report.action.lower() in ("delayed", "relayed", "expanded", "delivered"):
        return message.pk  # nothing is lost: the other side still tries, or has it
    recipient = (report.recipient if report else "").lower()
    reason = _words(mail)
    mark_delivery(message.pk, Delivery.FAILED, error=reason)
    if report and report.status.startswith("5") and recipient in recipients_of(message):
        known = ContactAddress.objects.filter(kind="email", value=recipient)
        known.update(bounced_at=timezone.now(), bounce_reason=reason)
    return message.pk


def _original(mail: ParsedMail) -> Message | None:
    named = [
        mail.bounce.original_message_id if mail.bounce else "",
        mail.in_reply_to,
        *reversed(mail.references),
    ]
    names = [name for name in dict.fromkeys(named) if name][:20]
    channels = list(Channel.objects.values_list("pk", flat=True))
    sent = with_external_ids(channels, names).filter(direction=Direction.OUT)
    if found := sent.order_by("-pk").first():
        return found
    # The report may be quicker than the mark that the mail was sent.
    ids = [uuid.UUID(match[1]) for name in names if (match := OURS.match(name))]
    queued = Message.objects.filter(channel__in=channels, direction=Direction.OUT, client_id__in=ids)
    return queued.first() if ids else None


def recipients_of(message: Message) -> set[str]:
    """Whom a message of ours was written to."""
    mail = message.extra.get("mail") or {}
    named = [person for key in ("to", "cc", "bcc") for person in mail.get(key, [])]
    addresses = {str(person.get("address", "")).lower() for person in named}
    contact = message.conversation.contact_id
    if contact:
        theirs = ContactAddress.objects.filter(contact=contact, kind="email")
        addresses |= {value.lower() for value in theirs.values_list("value", flat=True)}
    return addresses - {""}


def _words(mail: ParsedMail) -> str:
    report = mail.bounce
    parts = [report.recipient, report.status, report.diagnostic] if report else []
    said = " ".join(" ".join(filter(None, parts)).split())
    return (said or " ".join(mail.text.split()))[:500]
