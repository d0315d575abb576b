"""Erasing a person (ST-7): what they wrote, sent and were called goes everywhere; numbers and times stay."""

from collections import Counter
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from contacts.files_of import forget_person
from contacts.models import Contact, Visitor
from conversations.models import (
    Attachment,
    Conversation,
    ConversationDetail,
    Message,
    Participant,
    PropertyFile,
    Status,
)
from conversations.tombstones import tombstone
from events.models import Event, ReactionDue
from records.archive import forget_bytes
from records.models import Erasure, Export, State
from records.register import HARMLESS_FACTS, REMOVED
from workspaces.audit import note
from workspaces.models import Member

BATCH = 500


class Gone(Exception):
    """There is no such contact any more."""


@transaction.atomic
def ask_for_erasure(contact: Contact, *, by: Member) -> Erasure:
    """Note that a person shall be erased. Asking twice is asking once."""
    erasure, made = Erasure.objects.get_or_create(contact_id=contact.pk, defaults={"member": by})
    if made:
        note("person.requested", f"contact {contact.pk}", member=by)
    return erasure


def preview(contact: Contact) -> dict[str, int]:
    """How much of each kind an erasure would take."""
    theirs = Q(conversation__contact=contact)
    messages = Message.objects.filter(theirs | Q(contact=contact))
    of_theirs = Q(contact=contact) | Q(ties__conversation__contact=contact)
    return {
        "conversations": Conversation.objects.filter(contact=contact).count(),
        "messages": messages.count(),
        "comments": _model("conversations.Comment").objects.filter(theirs).count(),
        "files": Attachment.objects.filter(
            Q(message__in=messages) | Q(comment__conversation__contact=contact)
        ).count(),
        "mails": _payloads().filter(message__in=messages).count(),
        "addresses": contact.addresses.count(),
        "tickets": _model("tickets.Ticket").objects.filter(of_theirs).distinct().count(),
    }


def next_step(erasure: Erasure) -> bool:
    """One conversation, or what is left at the end. Returns whether there is more to do. In a scope, one transaction."""
    contact = Contact.objects.select_for_update(of=("self",)).filter(pk=erasure.contact_id).first()
    if contact is None:
        _finish(erasure, Counter())
        return False
    conversation = _conversations(contact).first()
    if conversation is not None:
        counts = erase_conversation(conversation)
    else:
        counts, message = Counter(), _written_elsewhere(contact).first()
        if message is None:
            counts = _erase_contact(contact)
            _finish(erasure, counts)
            return False
        counts = empty_messages(_written_elsewhere(contact))
    _add(erasure, counts)
    return True


def _conversations(contact: Contact):
    visitors = contact.visitors.values("pk")
    found = Conversation.objects.filter(Q(contact=contact) | Q(visitor__in=visitors))
    return found.select_for_update(of=("self",)).order_by("pk")


def _written_elsewhere(contact: Contact):
    return Message.objects.filter(contact=contact)


def erase_conversation(conversation: Conversation) -> Counter:
    """Leave a row without words: that there was a conversation, when, and how long it took."""
    counts = Counter({"conversations": 1})
    messages = Message.objects.filter(conversation=conversation)
    for comment in conversation.comments.all():
        counts["files"] += _delete_files(Attachment.objects.filter(comment=comment))
    counts += empty_messages(messages)
    counts["comments"] += conversation.comments.count()
    counts += _empty_tickets(Q(ties__conversation=conversation))
    _remove_what_hangs_on(conversation)
    _empty_events(conversation.pk)
    ConversationDetail.objects.filter(conversation=conversation).update(first_url="", referrer="", custom={})
    Conversation.objects.filter(pk=conversation.pk).update(
        contact=None, visitor=None, contact_name="", contact_org="", subject="", preview="", waiting_since=None,
        status=Status.CLOSED, closed_at=conversation.closed_at or timezone.now(), snoozed_until=None,
        version=F("version") + 1,
    )  # fmt: skip
    return counts


def _empty_tickets(theirs: Q) -> Counter:
    """That there was a ticket, and how long it took, stays; what it was about goes."""
    tickets = _model("tickets.Ticket").objects
    ids = list(tickets.filter(theirs).values_list("pk", flat=True).distinct())
    _model("tickets.TicketComment").objects.filter(ticket__in=ids).delete()
    files = _delete_files(PropertyFile.objects.filter(ticket_id__in=ids))
    tickets.filter(pk__in=ids).update(
        name="", description="", category="", resolution="", custom={}, contact=None, company=None,
        version=F("version") + 1,
    )  # fmt: skip
    return +Counter({"tickets": len(ids), "files": files})


def empty_messages(messages) -> Counter:
    """Take words, files, raw mail and names out of messages; which was sent when stays."""
    found = list(messages.order_by("pk").values_list("pk", "external_id", "direction"))
    ids = [pk for pk, _name, _direction in found]
    counts = Counter(
        {"messages": len(ids), "files": _delete_files(Attachment.objects.filter(message__in=ids))}
    )
    counts["mails"] += _empty_payloads(_payloads().filter(message__in=ids))
    rows = Message.objects.filter(pk__in=ids)
    rows.filter(direction="in").update(author_name="")
    rows.update(
        body="", html="", subject="", extra={}, delivery_error="", contact=None, redacted_at=timezone.now()
    )
    for pk, name, _direction in found:
        if name:
            Message.objects.filter(pk=pk).update(external_id=tombstone(name))
    return counts


def _delete_files(files) -> int:
    """One at a time: the bytes go with each row."""
    n = 0
    for file in files:
        file.delete()
        n += 1
    return n


def _payloads():
    return _model("channels_app.InboundPayload").objects


def _empty_payloads(rows) -> int:
    n = 0
    for row in rows.only("pk", "external_id", "source"):
        # A mailbox's own number of a mail says nothing; an id that the sender made may.
        kept = row.external_id if row.source == "imap" else tombstone(row.external_id)
        n += _payloads().filter(pk=row.pk).update(body=b"", headers={}, error="", external_id=kept)
    return n


def _remove_what_hangs_on(row: models.Model) -> None:
    """Whatever the register removes, in any room, that names this row."""
    for relation in row._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.is_relation and not relation.concrete):
            continue
        model = relation.related_model
        if model._meta.label in REMOVED and model is not type(row) and hasattr(relation, "field"):
            model.objects.filter(**{relation.field.name: row}).delete()


def _empty_events(conversation_pk: int) -> None:
    rows = Event.objects.filter(conversation_id=conversation_pk)
    ReactionDue.objects.filter(event__in=rows).update(error="")
    for pk, payload in rows.values_list("pk", "payload").iterator(chunk_size=BATCH):
        kept = {key: value for key, value in payload.items() if key in HARMLESS_FACTS}
        if kept != payload:
            Event.objects.filter(pk=pk).update(payload=kept)


def _erase_contact(contact: Contact) -> Counter:
    addresses = {address.value.lower() for address in contact.addresses.all()} | {contact.email.lower()}
    addresses.discard("")
    counts = Counter({"addresses": contact.addresses.count()})
    counts["mentions"] = _forget_addresses(addresses)
    counts += _empty_tickets(Q(contact=contact))
    for visitor in contact.visitors.all():
        _delete_files(Attachment.objects.filter(visitor=visitor, message=None, comment=None))
        _remove_what_hangs_on(visitor)
    Visitor.objects.filter(contact=contact).update(
        claimed_name="", claimed_email="", page_url="", user_agent="", revoked_at=timezone.now(), contact=None
    )
    for label in ("automation.DryRun", "conversations.BulkJob", "contacts.ContactJob"):
        _model(label).objects.all().delete()
    forget_person()
    _remove_what_hangs_on(contact)
    contact.delete()
    return counts


def _forget_addresses(addresses: set[str]) -> int:
    """Their addresses in what others wrote, and in lists."""
    n = 0
    places = Participant.objects.filter(address__in=addresses)
    for pk in set(places.values_list("conversation", flat=True)):
        for message in Message.objects.filter(conversation=pk).exclude(extra={}):
            kept = _without(message.extra, addresses)
            if kept != message.extra:
                n += Message.objects.filter(pk=message.pk).update(extra=kept)
        _empty_payloads(_payloads().filter(message__conversation=pk, body__gt=b""))
    n += places.delete()[0]
    for label, field in (
        ("channels_app.AutomaticMail", "address"),
        ("channels_app.ReplyToken", "address"),
        ("inboxes.SenderRule", "value"),
    ):
        n += _model(label).objects.filter(**{f"{field}__in": addresses}).delete()[0]
    return n


def _without(value: Any, addresses: set[str]) -> Any:
    """JSON without what names one of the addresses."""
    if isinstance(value, dict):
        return {key: _without(one, addresses) for key, one in value.items() if not _names(one, addresses)}
    if isinstance(value, list):
        return [_without(one, addresses) for one in value if not _names(one, addresses)]
    return value


def _names(value: Any, addresses: set[str]) -> bool:
    if isinstance(value, str):
        return value.lower() in addresses
    return isinstance(value, dict) and any(
        isinstance(one, str) and one.lower() in addresses for one in value.values()
    )


def _add(erasure: Erasure, counts: Counter) -> None:
    erasure.report = dict(Counter(erasure.report) + counts)
    erasure.touched_at = timezone.now()
    erasure.save(update_fields=["report", "touched_at"])


def _finish(erasure: Erasure, counts: Counter) -> None:
    _add(erasure, counts)
    # Archives that were made before hold the person still.
    for export in Export.objects.filter(state__in=[State.DONE, State.RUNNING, State.WAITING]):
        transaction.on_commit(partial(forget_bytes, export), robust=True)
    Export.objects.exclude(state=State.FAILED).update(state=State.EXPIRED)
    erasure.state, erasure.contact_id, erasure.finished_at = State.DONE, None, timezone.now()
    erasure.save(update_fields=["state", "contact_id", "finished_at"])
    note("person.erased", f"erasure {erasure.pk}", after=erasure.report, member=erasure.member)


def _model(label: str) -> type[models.Model]:
    return apps.get_model(label)
