"""Echoes: what the page itself has sent. Ours come home to their message; what was written elsewhere is shown."""

import uuid

from django.utils.translation import gettext as _

from channels_app.messenger import media
from channels_app.messenger.changes import find
from channels_app.messenger.sender import OURS, note
from channels_app.messenger.told import MEDIA, Inbound
from conversations.actions import mark_delivery
from conversations.append import Appended, NewMessage, append
from conversations.models import AuthorKind, Delivery, Direction, Message
from conversations.receive import Inbound as Understood
from conversations.receive import wait_for_senders
from conversations.threading import find_place
from inboxes.models import Channel


def take_in(channel: Channel, one: Inbound) -> Appended | None:
    if (number := _ours(one)) is not None:
        _come_home(channel, one, *number)
        return None
    return _written_elsewhere(channel, one)


def _ours(one: Inbound) -> tuple[uuid.UUID, int] | None:
    """(client id, piece) of what the metadata says that we sent."""
    mark, _sep, rest = one.metadata.partition(":")
    client_id, _sep, number = rest.partition(":")
    try:
        return (uuid.UUID(client_id), int(number)) if mark == OURS else None
    except ValueError:
        return None


def _come_home(channel: Channel, one: Inbound, client_id: uuid.UUID, number: int) -> None:
    """The proof that a piece was taken, also where we were killed before we could write it down."""
    message = Message.objects.filter(channel=channel, direction=Direction.OUT, client_id=client_id).first()
    if message is None:
        return
    kept = message.extra.get("messenger", {})
    mids = kept.get("mids", [])
    if one.mid in mids or len(mids) != number:
        return
    # While a worker is at it, the next step is its own: what it tries stays noted.
    note(message.pk, mids=[*mids, one.mid], trying=kept.get("trying"))
    if message.delivery == Delivery.UNKNOWN:
        mark_delivery(message.pk, Delivery.SENT, external_id=one.mid)


def _written_elsewhere(channel: Channel, one: Inbound) -> Appended | None:
    """Somebody answered in Facebook's own inbox, or another app did: the thread would lie without it."""
    from channels_app.messenger.incoming import called, told_of

    if not one.user_id:
        return None
    inbound = Understood(channel=channel, body="", address=one.user_id, name=called(one.user_id))
    wait_for_senders([inbound])
    if find(channel, one.mid):
        return None
    place = find_place(inbound)
    if place is None:
        return None  # it began before we were connected, or without the customer (CH-1)
    conversation = place.conversation
    told = told_of(one)
    told.pop("user", None)
    message = NewMessage(
        conversation_id=conversation.pk,
        channel_id=channel.pk,
        channel_kind=channel.kind,
        direction=Direction.OUT,
        author_kind=AuthorKind.SYSTEM,
        author_name=_("%(page)s on Facebook") % {"page": channel.name},
        body=_words(one),
        external_id=one.mid[:998],
        delivery=Delivery.SENT,
        extra={"messenger": told},
        created_at=one.sent_at,
        quiet=True,
    )
    appended = append([message])[0]
    media.ask_for(channel, one, appended.message_id)
    return appended


def _words(one: Inbound) -> str:
    """Meta's echoes of files often say no more than that there was one."""
    from channels_app.messenger.incoming import words_of

    if one.is_unsupported and any(part.kind in MEDIA for part in one.parts):
        return _("A file, sent on Facebook")
    return words_of(one)
