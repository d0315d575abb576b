"""Whom a mail goes to, and under which subject."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from contacts.models import ContactAddress
from conversations.models import Conversation, Direction, Message
from inboxes.models import Channel, PublicAddress
from workspaces.numbers import whole

MOST_RECIPIENTS = 50
LONGEST_SUBJECT = 300
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
ANSWER = re.compile(r"^\s*(re|aw|sv|antw|r[ée]p|res|rif)\s*(\[\d+\])?\s*:", re.IGNORECASE)
FORWARDED = re.compile(r"^\s*(fwd?|wg|tr|rv|i)\s*:", re.IGNORECASE)


# A key that is missing is neither true nor false to PostgreSQL: each is asked for by name.
BY_A_PERSON = Q(extra__mail__auto__isnull=True) | Q(extra__mail__auto__in=["", None])
BY_ONE_OF_US = Q(extra__mail__new_participant__isnull=True) | Q(extra__mail__new_participant=False)


class EnvelopeRefused(ValidationError):
    """A mail cannot go to these people or under this subject; `.messages` are words for the writer."""


@dataclass(frozen=True)
class Person:
    """A name, or none, and a mail address."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address

    @property
    def key(self) -> str:
        """By which two spellings of one address are told to be one: domain as its A-label, all in lower case."""
        local, _at, domain = self.address.strip().lower().rpartition("@")
        return f"{local}@{_ascii(domain)}"


@dataclass(frozen=True)
class Envelope:
    """To, Cc, Bcc, a subject, and the channel it leaves by (None: the one of the conversation)."""

    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    subject: str = ""
    channel_id: int | None = None
    removed: tuple[Person, ...] = field(default=(), compare=False)

    @classmethod
    def from_json(cls, data: dict[str, Any] | None) -> "Envelope":
        """Read what `to_json` wrote, or what a page posted; anything odd in it is dropped or refused by `check`."""
        data = data if isinstance(data, dict) else {}
        channel = data.get("channel")
        return cls(
            *(_people(data.get(name)) for name in ("to", "cc", "bcc")),
            subject=str(data.get("subject") or ""),
            channel_id=whole(channel) or None,
            removed=_people(data.get("removed")),
        )

    def to_json(self) -> dict[str, Any]:
        written = {name: people_json(getattr(self, name)) for name in ("to", "cc", "bcc", "removed")}
        return written | {"subject": self.subject, "channel": self.channel_id}

    def everyone(self) -> tuple[Person, ...]:
        return (*self.to, *self.cc, *self.bcc)

    def check(self) -> "Envelope":
        """Return it trimmed and each address once. Raises EnvelopeRefused with words (T086, T087)."""
        subject = self.subject.strip()
        if CONTROL.search(subject):
            raise EnvelopeRefused(_("The subject holds a character that mail does not carry."))
        if len(subject) > LONGEST_SUBJECT:
            raise EnvelopeRefused(_("The subject is too long."))
        seen: set[str] = set()
        to, cc, bcc = (_once(people, seen) for people in (self.to, self.cc, self.bcc))
        if not to:
            raise EnvelopeRefused(_("Say whom this goes to."))
        if len(seen) > MOST_RECIPIENTS:
            raise EnvelopeRefused(_("A mail goes to %(most)s people at most.") % {"most": MOST_RECIPIENTS})
        return replace(self, to=to, cc=cc, bcc=bcc, subject=subject)

    def without(self, keys: set[str]) -> "Envelope":
        left = {
            name: tuple(
                person
                for person in getattr(self, name)
                if person.key not in keys and not is_reply_address(person)
            )
            for name in ("to", "cc", "bcc")
        }
        return replace(self, **left)


def people_json(people: tuple[Person, ...]) -> list[dict[str, str]]:
    return [{"name": person.name, "address": person.address} for person in people]


def _people(given: Any) -> tuple[Person, ...]:
    if not isinstance(given, list | tuple):
        return ()
    return tuple(
        Person(str(one.get("name") or ""), str(one.get("address") or ""))
        for one in given
        if isinstance(one, dict) and one.get("address")
    )


def _once(people: tuple[Person, ...], seen: set[str]) -> tuple[Person, ...]:
    kept = []
    for person in people:
        person = checked_person(person)
        if person.key not in seen:
            seen.add(person.key)
            kept.append(person)
    return tuple(kept)


def checked_person(person: Person) -> Person:
    """One whom a mail can be sent to. Raises EnvelopeRefused."""
    name, address = person.name.strip(), person.address.strip()
    if CONTROL.search(name + address):
        raise EnvelopeRefused(_("A name or address holds a character that mail does not carry."))
    try:
        # Letters beyond ASCII before the @ are allowed (RFC 6531), and only there does Django refuse them.
        local, _at, domain = address.rpartition("@")
        validate_email(f"{BEYOND_ASCII.sub('x', local)}@{_ascii(domain)}")
    except ValidationError:
        raise EnvelopeRefused(
            _("“%(address)s” is not an email address.") % {"address": address[:100]}
        ) from None
    if len(address) > 320 or len(local.encode()) > 64:
        raise EnvelopeRefused(_("“%(address)s” is not an email address.") % {"address": address[:100]})
    return Person(name[:200], address)


def _ascii(domain: str) -> str:
    try:
        return punycode(domain)
    except UnicodeError:
        return ""


# ── What an answer goes to by itself ────────────────────────────────────────────────────────────────────────────


def default_envelope(conversation: Conversation) -> Envelope:
    """Reply to all of the last incoming mail, minus ourselves and minus whom nobody has accepted (CR-5, T084)."""
    last, strangers = last_mail(conversation), conversation.participants.filter(is_new=True)
    nobody = _keys(_own(conversation).union(strangers.values_list("address")))
    written = _answer_to(last, conversation) if last else Envelope()
    envelope = written.without(nobody)
    if not envelope.to:
        envelope = replace(envelope, to=_contact_of(conversation))
    if not conversation.channel.config.get("reply_all", True):
        envelope = replace(envelope, cc=(), to=envelope.to[:1])
    to = {person.key for person in envelope.to}
    cc = tuple(person for person in envelope.cc if person.key not in to)
    return replace(envelope, cc=cc, bcc=(), subject=answer_subject(conversation.subject))


def last_mail(conversation: Conversation) -> Message | None:
    """The mail an answer answers: the last that came in from somebody accepted, else the last of ours."""
    mails = conversation.messages.filter(extra__has_key="mail")
    # An out-of-office note is answered by nobody.
    came = Q(BY_A_PERSON, BY_ONE_OF_US, direction=Direction.IN)
    ours = Q(direction=Direction.OUT, extra__mail__kind__in=["reply", "new"])
    return mails.filter(came | ours).order_by("direction", "-seq").first()  # "in" before "out"


def _answer_to(message: Message, conversation: Conversation) -> Envelope:
    mail = message.extra["mail"]
    if message.direction == Direction.OUT:
        return Envelope.from_json(mail)
    writer = _people([mail.get("from")])
    if mail.get("forwarded_by"):
        writer = _contact_of(conversation) or writer
    to = _people(mail.get("reply_to")) or writer
    return Envelope(to=to, cc=(*_people(mail.get("to")), *_people(mail.get("cc"))))


def _contact_of(conversation: Conversation) -> tuple[Person, ...]:
    if conversation.contact_id is None:
        return ()
    known = (
        ContactAddress.objects.filter(contact=conversation.contact_id, kind="email").order_by("pk").first()
    )
    return (Person(conversation.contact_name, known.value),) if known else ()


def is_reply_address(person: Person) -> bool:
    """One of the addresses by which answers come home, of whatever conversation."""
    local, _at, domain = person.key.rpartition("@")
    return local.startswith("reply+") and domain == settings.REPLY_DOMAIN.lower()


def _keys(rows: Iterable[tuple[str]]) -> set[str]:
    return {Person("", address).key for (address,) in rows if address}


def _own(conversation: Conversation) -> QuerySet:
    """Every address that leads to this workspace: no answer of ours goes to ourselves."""
    workspace_id = conversation.workspace_id
    listed = PublicAddress.objects.filter(workspace_id=workspace_id).exclude(kind="reply")
    channels = Channel.objects.filter(kind="email")
    return (
        listed.filter(value__contains="@")
        .values_list("value")
        .union(channels.values_list("identifier"), channels.values_list(KT("config__forwarding_address")))
    )


def answer_subject(subject: str) -> str:
    subject = on_one_line(subject)
    return subject if not subject or ANSWER.match(subject) else f"Re: {subject}"[:LONGEST_SUBJECT]


def forward_subject(subject: str) -> str:
    subject = on_one_line(subject)
    return subject if FORWARDED.match(subject) else f"Fwd: {subject}"[:LONGEST_SUBJECT]


def on_one_line(text: str) -> str:
    """What a customer's subject says, without what could end a header."""
    return " ".join(CONTROL.sub(" ", text).split())
