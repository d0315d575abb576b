"""A message of a conversation as a letter: who it is from, whom it goes to, what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import translation
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.adapter import DeliveryRefused
from channels_app.email import letter_quote, signature, tokens
from channels_app.email.letter import Enclosed, Letter, marks
from channels_app.email.letter_quote import Addition
from channels_app.email.sender import Route, company_of, from_name, route_of
from conversations import rich
from conversations.envelope import (
    BY_A_PERSON,
    Envelope,
    Person,
    answer_subject,
    default_envelope,
    forward_subject,
    on_one_line,
)
from conversations.models import Attachment, AuthorKind, Conversation, Direction, Message
from inboxes.kinds import Kind

MOST_ENCLOSED = 20 * 1024 * 1024  # what most servers take, EM-13
MOST_REFERENCES = 20
SEPARATOR = "-- "  # RFC 3676: mail programs fold what follows


class Email:
    kind = Kind(
        key="email",
        label=gettext_lazy("Email"),
        via=gettext_lazy("by email"),
        icon="mail",
        has_subject=True,
    )

    def prepare(self, message: Message) -> Letter:
        with translation.override(_language_of(message.conversation)):
            return _letter(message)


def _language_of(conversation: Conversation) -> str:
    known = dict(settings.LANGUAGES)
    ours = conversation.inbox.language or conversation.workspace.language
    return conversation.language if conversation.language in known else ours


def _letter(message: Message) -> Letter:
    conversation, mail = message.conversation, (message.extra or {}).get("mail", {})
    envelope = _envelope_of(message, mail)
    route = route_of(message.channel)
    files = enclosed_with(message, mail)
    words = _words(message, mail, envelope, files)
    answers, chain = ("", ()) if mail.get("kind") in ("new", "forward") else _chain(message)
    return Letter(
        sender=Person(from_name(message.channel, message.member), route.address),
        to=envelope.to,
        cc=envelope.cc,
        bcc=envelope.bcc,
        subject=_subject(message, mail, answers),
        text=words.text,
        html=words.html,
        message_id=message.external_id or f"<{message.client_id}@{settings.MAIL_DOMAIN}>",
        date=message.created_at,
        connection=route.connection(),
        reply_to=_reply_to(conversation, envelope, route),
        in_reply_to=answers,
        references=chain,
        files=files,
        accepted=frozenset(mail.get("accepted", ())),
        instead_of=route.instead_of,
        marks=marks(automatic=message.author_kind == AuthorKind.BOT),
    )


def _envelope_of(message: Message, mail: dict) -> Envelope:
    envelope = Envelope.from_json(mail)
    if not envelope.to:
        envelope = default_envelope(message.conversation)
    if not envelope.to:
        raise DeliveryRefused(_("There is no email address to write to."))
    try:
        return envelope.check()
    except ValidationError as refused:
        raise DeliveryRefused(" ".join(refused.messages)) from refused


def _reply_to(conversation: Conversation, envelope: Envelope, route: Route) -> tuple[Person, ...]:
    """By whose token the answers come home. A mailbox that we read ourselves is answered as it stands."""
    if route.is_read_by_us:
        return ()
    return (Person("", tokens.reply_address(conversation, envelope.to[0].key)),)


def _subject(message: Message, mail: dict, answers: str) -> str:
    subject = on_one_line(message.subject or message.conversation.subject)
    if mail.get("kind") == "forward":
        return forward_subject(subject)
    if message.subject:
        return subject
    subject = subject or _("Your message")
    return answer_subject(subject) if answers else subject


def _chain(message: Message) -> tuple[str, tuple[str, ...]]:
    """The id this answers, and those before it: the first of the thread and the newest (RFC 5322, 3.6.4)."""
    before = message.conversation.messages.filter(seq__lt=message.seq, external_id__startswith="<")
    known = before.filter(BY_A_PERSON).filter(
        Q(extra__mail__kind__isnull=True) | ~Q(extra__mail__kind="forward")
    )
    rows = list(known.order_by("seq").values_list("external_id", "direction"))
    ids = [external_id for external_id, _direction in rows if " " not in external_id]
    came = [external_id for external_id, direction in rows if direction == Direction.IN]
    answered = came[-1] if came else (ids[-1] if ids else "")
    ids = [known for known in ids if known != answered]
    kept = ids if len(ids) < MOST_REFERENCES else [ids[0], *ids[-(MOST_REFERENCES - 2) :]]
    return answered, (*kept, answered) if answered else ()


# ── Its words ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Words:
    text: str
    html: str


def _words(message: Message, mail: dict, envelope: Envelope, files: Sequence[Enclosed]) -> Words:
    """What the member wrote, the signature once in a thread, and what went before below a fold (CR-6)."""
    shown = {file.cid.partition("@")[0]: file.cid for file in files if file.cid}
    html = message.html or (linebreaks(message.body, autoescape=True) if message.body else "")
    sign = _signature(message)
    below = _below(message, mail, envelope)
    text = "\n\n".join(piece for piece in (message.body.rstrip(), sign.text, below.text) if piece)
    html = "".join(piece for piece in (html, sign.html, "<br>" if below.html else "", below.html) if piece)
    for key in rich.pictures_in(html):
        html = html.replace(f'src="cid:{key}"', f'src="cid:{shown.get(_key(key, mail), key)}"')
    return Words(f"{text}\n", f"<!doctype html><html><body>{html}</body></html>")


def _key(cid: str, mail: dict) -> str:
    return str(mail.get("cids", {}).get(cid, cid))


def _signature(message: Message) -> Addition:
    template = str(message.channel.config.get("signature") or message.conversation.inbox.signature)
    if not template or message.author_kind != AuthorKind.MEMBER:
        return Addition()
    earlier = message.conversation.messages.filter(
        direction=Direction.OUT, seq__lt=message.seq, member=message.member, extra__has_key="mail"
    )
    if earlier.exists():
        return Addition()
    plain, html = signature.render(template, message.member, company_of(message.channel))
    if not plain:
        return Addition()
    return Addition(f"{SEPARATOR}\n{plain}", f'<div class="gmail_signature">{SEPARATOR}<br>{html}</div>')


def _below(message: Message, mail: dict, envelope: Envelope) -> Addition:
    if mail.get("kind") == "forward":
        passed = message.conversation.messages.filter(pk=mail.get("forwards")).first()
        return letter_quote.forwarded(passed) if passed else Addition()
    if mail.get("kind") == "new":
        return Addition()
    return letter_quote.quote_for(message, {person.key for person in envelope.everyone()})


# ── Its files ───────────────────────────────────────────────────────────────────────────────────────────────────


def enclosed_with(message: Message, mail: dict) -> tuple[Enclosed, ...]:
    """The files to send along, a forwarded message's among them. Raises DeliveryRefused when they are too large
    together (EM-13)."""
    files = [*message.attachments.order_by("pk"), *_passed_on(message, mail)]
    if sum(file.size for file in files) > MOST_ENCLOSED:
        raise DeliveryRefused(_("These files are larger than 20 MB together, which mail does not carry."))
    return tuple(
        Enclosed(file.name, file.content_type, file.path, _cid(file, message, mail)) for file in files
    )


def _passed_on(message: Message, mail: dict) -> list[Attachment]:
    if mail.get("kind") != "forward":
        return []
    return list(
        Attachment.objects.filter(
            message=mail.get("forwards"), message__conversation=message.conversation_id
        ).order_by("pk")
    )


def _cid(file: Attachment, message: Message, mail: dict) -> str:
    """A picture in the text is named by its key; the domain makes it one of ours among all mails."""
    shown = set(mail.get("cids", {}).values())
    if file.message_id != message.pk:
        passed = (file.message.extra or {}).get("mail", {})
        shown = set(passed.get("cids", {}).values())
    key = str(file.storage_key)
    return f"{key}@{settings.MAIL_DOMAIN}" if key in shown else ""
