"""What every mail that a member writes has in common: its words, its people, its Message-ID."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.models import ContactAddress
from conversations import rich
from conversations.append import NewMessage
from conversations.envelope import Envelope, EnvelopeRefused
from conversations.models import (
    Attachment,
    AuthorKind,
    Conversation,
    Delivery,
    Direction,
    Participant,
)
from inboxes.kinds import get_kind
from inboxes.models import Channel
from workspaces.models import Member


@dataclass(frozen=True)
class Written:
    """What a member wrote: cleaned HTML or none, and its plain twin, made here so that the two say the same."""

    body: str
    html: str

    @classmethod
    def of(cls, body: str, html: str) -> "Written":
        cleaned = rich.clean(html) if html else ""
        return cls(rich.plain(cleaned) if cleaned else body, cleaned)


def is_mail(channel: Channel) -> bool:
    """Whether what leaves by it is a letter with an envelope. Forms are answered by mail (FO-2)."""
    return get_kind(channel.kind).has_subject


def channel_of(conversation: Conversation, envelope: Envelope | None) -> Channel:
    """The channel a message leaves by: another mail address than the conversation's, when the writer chose one."""
    if envelope is None or envelope.channel_id in (None, conversation.channel_id):
        return conversation.channel
    chosen = Channel.objects.filter(pk=envelope.channel_id, kind="email", paused_at=None).first()
    if chosen is None:
        raise EnvelopeRefused(_("This address cannot be written from any more. Choose another."))
    return chosen


def new_message(
    conversation: Conversation,
    channel: Channel,
    written: Written,
    *,
    by: Member | None,
    client_id: uuid.UUID,
    taken: Sequence[Attachment] = (),
    preview: str = "",
    envelope: Envelope | None = None,
    kind: str = "reply",
    author_name: str = "",
    **mail,
) -> NewMessage:
    """What a member wrote; without one a machine of ours did, under `author_name`."""
    message = NewMessage(
        conversation_id=conversation.pk,
        channel_id=channel.pk,
        channel_kind=channel.kind,
        direction=Direction.OUT,
        author_kind=AuthorKind.MEMBER if by else AuthorKind.BOT,
        author_name=by.display_name if by else author_name,
        member_id=by and by.pk,
        body=written.body,
        html=written.html,
        client_id=client_id,
        delivery=Delivery.QUEUED,
        preview=preview,
    )
    if not is_mail(channel):
        return replace(message, html="")
    extra = {
        "kind": kind,
        **(envelope.to_json() if envelope else {}),
        **_pictures(written.html, taken),
        **mail,
    }
    return replace(
        message,
        subject=envelope.subject if envelope else "",
        extra={"mail": extra},
        # Ours, random, and the same at every try: what their answer names, and what a second copy is told by (P7).
        external_id=f"<{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}>",
    )


def _pictures(html: str, taken: Sequence[Attachment]) -> dict:
    """Which of the files are shown within the text: `cid:<key>` names a file by its key."""
    shown = set(rich.pictures_in(html))
    cids = {str(file.storage_key): str(file.storage_key) for file in taken if str(file.storage_key) in shown}
    return {"cids": cids} if cids else {}


def remember_people(conversation: Conversation, envelope: Envelope) -> None:
    """Whoever is written to in the open takes part; writing to a stranger accepts them."""
    for person in (*envelope.to, *envelope.cc):
        known = ContactAddress.objects.filter(kind="email", value=person.key).first()
        row, made = Participant.objects.get_or_create(
            conversation=conversation,
            address=person.key[:320],
            defaults={"name": person.name, "contact": known and known.contact},
        )
        if not made and row.is_new:
            Participant.objects.filter(pk=row.pk).update(is_new=False)


def with_removed(envelope: Envelope, before: Envelope) -> Envelope:
    """Note who would have been answered and is not, so that the thread can show them struck out (CR-5)."""
    kept = {person.key for person in envelope.everyone()}
    return replace(
        envelope, removed=tuple(person for person in (*before.to, *before.cc) if person.key not in kept)
    )
