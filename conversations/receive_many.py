"""Many mails at once, by the rules of receive(): what most of them do, they do together, in a dozen statements.

Most begin a conversation, or are one more of the same. Whatever asks for a decision (an answer, a copy, a token, files)
is left to receive(), one at a time.
"""

import uuid
from collections.abc import Sequence

from django.utils import timezone

from contacts.companies import companies_of_addresses
from contacts.freemail import company_domain
from contacts.models import Contact, ContactAddress
from conversations.append import Appended, append
from conversations.begin import begin
from conversations.inbound import Inbound
from conversations.models import Message, Participant
from conversations.receive import BLOCKED, message_of, people_of, they_write_again, wait_for_senders
from conversations.threading import OURS, PREFIX, Place, with_external_ids
from conversations.tombstones import back_from
from workspaces.scope import current_workspace_id


def receive_many(inbounds: Sequence[Inbound]) -> list[Appended | None]:
    """Take in those that begin a conversation; None for each that receive() has to look at. Call inside the scope.

    They must not depend on each other: see `independent`. Raises IntegrityError when a copy commits at the same moment;
    then nothing of all this stands.
    """
    wait_for_senders(list(inbounds))
    known = _known(inbounds)
    joins = _who_joins(inbounds, known)
    fresh = [one for one, does_join in zip(inbounds, joins, strict=True) if not does_join]
    written = iter(_begin_all(fresh, known) if fresh else ())
    return [None if does_join else next(written) for does_join in joins]


def independent(inbounds: Sequence[Inbound]) -> list[bool]:
    """For each whether it may be taken together with those before it: it shares no sender, copy or thread with them."""
    seen: set = set()
    result = []
    for one in inbounds:
        names = {one.external_id, *one.in_reply_to, one.token_conversation} - {"", None}
        address = one.address.lower()
        result.append(not seen & {address, *names})
        seen |= {address, one.external_id, one.token_conversation} - {"", None}
        seen |= {other.lower() for _, other in one.people}
    return result


def _known(inbounds: Sequence[Inbound]) -> dict[str, ContactAddress]:
    rows = ContactAddress.objects.select_related("contact__company").filter(kind="email")
    return {
        row.value.lower(): row for row in rows.filter(value__in={one.address.lower() for one in inbounds})
    }


def _who_joins(inbounds: Sequence[Inbound], known: dict[str, ContactAddress]) -> list[bool]:
    """Whether a mail may belong to something that stands. Too often yes costs time only; never no in its place."""
    names = {one.external_id[:998] for one in inbounds} | {
        name for one in inbounds for name in one.in_reply_to
    }
    channels = list({one.channel.pk for one in inbounds})
    stored = back_from(names - {""})
    found = with_external_ids(channels, stored).values_list("channel_id", "external_id")
    standing = {(channel, stored[name]) for channel, name in found}
    sent = {uuid.UUID(match[1]) for name in names if (match := OURS.match(name))}
    if sent:
        ours = Message.objects.filter(channel__in=channels, client_id__in=sent)
        sent = set(ours.values_list("client_id", flat=True))
    answering = [one.address.lower() for one in inbounds if PREFIX.match(one.subject)]
    writers = (
        Participant.objects.filter(address__in=answering, is_new=False)
        if answering
        else Participant.objects.none()
    )
    writers = set(writers.values_list("address", flat=True).distinct())
    return [
        not one.is_mail
        or not one.external_id
        or "@" not in one.address
        or bool(one.files)
        or one.aside_reason == BLOCKED
        or one.token_conversation is not None
        or any((one.channel.pk, name) in standing for name in (one.external_id[:998], *one.in_reply_to))
        or any(uuid.UUID(match[1]) in sent for name in one.in_reply_to if (match := OURS.match(name)))
        or bool(
            PREFIX.match(one.subject) and (one.address.lower() in known or one.address.lower() in writers)
        )
        for one in inbounds
    ]


def _begin_all(fresh: list[Inbound], known: dict[str, ContactAddress]) -> list[Appended]:
    contacts = _contacts(fresh, known)
    wanted = [(one, contacts.get(one.address.lower())) for one in fresh]
    places = [Place(conversation) for conversation in begin(wanted)]
    people = [row for one, place in zip(fresh, places, strict=True) for row in people_of(one, place)]
    Participant.objects.bulk_create(people)
    return append(
        [message_of(one, place, contact, "") for (one, contact), place in zip(wanted, places, strict=True)]
    )


def _contacts(fresh: list[Inbound], known: dict[str, ContactAddress]) -> dict[str, Contact]:
    """Whose mail each is, by address; those who are new are made."""
    back = [
        one.address.lower()
        for one in fresh
        if one.makes_contact() and _bounced(known.get(one.address.lower()))
    ]
    if back:
        they_write_again(back)
    new = [one for one in fresh if one.makes_contact() and one.address.lower() not in known]
    workspace_id = current_workspace_id()
    companies = companies_of_addresses([one.address for one in new])
    made = [
        Contact(
            name=one.name,
            language=one.language,
            email=one.address.lower(),
            workspace_id=workspace_id,
            company=companies.get(company_domain(one.address)),
        )
        for one in new
    ]
    Contact.objects.bulk_create(made)
    ContactAddress.objects.bulk_create(
        ContactAddress(
            contact=contact,
            kind="email",
            value=contact.email,
            workspace_id=workspace_id,
            proven_at=timezone.now(),
        )
        for contact in made
    )
    return {address: row.contact for address, row in known.items()} | {
        contact.email: contact for contact in made
    }


def _bounced(row: ContactAddress | None) -> bool:
    return row is not None and row.bounced_at is not None
