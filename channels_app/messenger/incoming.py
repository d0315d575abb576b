"""Events become messages, or change what stands: each in a transaction of its own, and harmless twice."""

from collections.abc import Callable

import structlog
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from channels_app.email import payloads
from channels_app.messenger import changes, control, echoes, media, profile
from channels_app.messenger.parsing import read
from channels_app.messenger.told import (
    DELIVERY,
    ECHO,
    EDIT,
    HANDOVER,
    MESSAGE,
    OPTIN,
    POSTBACK,
    REACTION,
    READ,
    REFERRAL,
    UNSEND,
    Inbound,
)
from channels_app.models import InboundPayload
from conversations.append import Appended
from conversations.models import Message
from conversations.receive import Inbound as Understood
from conversations.receive import receive
from inboxes.models import Channel
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)

# From rooms above: called with channel and event; True when it was dealt with and is no message.
_takers: list[Callable[[Channel, Inbound], bool]] = []
PATIENCE = 3  # tries after which what is not known will not become known


def register_taker(take: Callable[[Channel, Inbound], bool]) -> None:
    if take not in _takers:
        _takers.append(take)


def take_in(workspace_id: int, payload: InboundPayload) -> Appended | None:
    """Write what a post means. One event that cannot be written keeps none of the others back."""
    channel = payload.channel
    written: list[int] = []
    last: Appended | None = None
    trouble: Exception | None = None
    for one in in_order(read(bytes(payload.body))):
        if one.page_id != channel.identifier:
            continue
        try:
            with workspace_scope(workspace_id), translation.override(payload.channel.workspace.language):
                if here := _one(channel, one):
                    last = here
                    written.append(here.message_id)
        except changes.TooEarly as error:
            trouble = error if payload.attempts < PATIENCE else trouble
        except Exception as error:
            log.exception("messenger_event_failed", payload_id=payload.pk, kind=one.kind)
            trouble = error
    if trouble:
        raise trouble
    with workspace_scope(workspace_id):
        payloads.finish([(payload, last.message_id if last else None)])
        _forget_words(payload, set(written))
    return last


def _forget_words(payload: InboundPayload, messages: set[int]) -> None:
    """A post of several messages belongs to none, so nothing taken out of one may stay in it; nor in one that tells
    again what was taken back meanwhile. Its row stays, so that the same post is known as a copy (P2)."""
    taken_back = Message.objects.filter(pk__in=messages).exclude(redacted_at=None)
    if len(messages) > 1 or taken_back.exists():
        InboundPayload.objects.filter(pk=payload.pk).update(body=b"")


def in_order(events: list[Inbound]) -> list[Inbound]:
    """What was written before what was done to it; the older first."""
    firsts = (MESSAGE, POSTBACK, ECHO)
    return sorted(events, key=lambda one: (one.kind not in firsts, one.sent_at or timezone.now()))


def _one(channel: Channel, one: Inbound) -> Appended | None:
    if one.kind in (MESSAGE, POSTBACK):
        return _message(channel, one)
    if one.kind == ECHO:
        return echoes.take_in(channel, one)
    known = {
        REACTION: changes.react,
        EDIT: changes.edit,
        UNSEND: changes.unsend,
        DELIVERY: changes.receipt,
        READ: changes.receipt,
        REFERRAL: changes.came_by,
        OPTIN: changes.came_by,
        HANDOVER: control.told,
    }
    if one.kind in known:
        known[one.kind](channel, one)
    else:
        log.info("messenger_event_passed_over", kind=one.kind, name=one.event, channel_id=channel.pk)
    return None


def _message(channel: Channel, one: Inbound) -> Appended | None:
    if one.payload and not one.is_standby and any(take(channel, one) for take in _takers):
        return None
    appended = receive(understood(channel, one))
    if appended.is_new:
        if one.referral and appended.seq > 1:  # the first message of a thread says itself by what it came
            changes.came_by(channel, one)
        media.ask_for(channel, one, appended.message_id)
        profile.ask_for(channel, one.user_id)
        control.seen(appended.conversation_id, standby=one.is_standby)
    return appended


def understood(channel: Channel, one: Inbound) -> Understood:
    person = one.user_id or f"guest:{one.user_ref}"
    now = timezone.now()
    return Understood(
        channel=channel,
        body=words_of(one),
        address=person,
        name=called(person),
        external_id=one.mid,
        extra={"messenger": told_of(one)} | ({"reply": [one.payload[:200]]} if one.payload else {}),
        sent_at=min(one.sent_at, now) if one.sent_at else now,
    )


def called(person: str) -> str:
    """What somebody is called until Facebook tells their name."""
    return _("Messenger %(digits)s") % {"digits": person[-4:]}


def told_of(one: Inbound) -> dict:
    """What a thread shows, or a chatflow needs, beside the words."""
    told = {
        "user": one.user_id,
        "payload": one.payload,
        "reply_to": one.reply_to,
        "standby": one.is_standby,
        "postback": one.kind == POSTBACK,
        "unsupported": one.is_unsupported,
        "media": [{"kind": part.kind, "state": "waiting"} for part in one.parts if part.is_media],
    }
    if one.referral:
        told |= {"ref": one.referral.ref, "source": one.referral.source, "ad": one.referral.ad_id}
    return {key: value for key, value in told.items() if value}


def words_of(one: Inbound) -> str:
    """The text, and in words what is neither text nor a file."""
    lines = [one.text] if one.text.strip() else []
    for part in one.parts:
        if part.is_media:
            continue
        if part.latitude is not None:
            place = f"{part.latitude:.6f},{part.longitude:.6f}"
            lines += [
                part.title or _("A place"),
                f"https://www.openstreetmap.org/?mlat={part.latitude:.6f}&mlon={part.longitude:.6f}",
            ]
            lines[-2] = f"{lines[-2]} ({place})"
            continue
        lines += [line for line in (part.title, *part.lines) if line and line not in one.text]
        if part.url and part.url not in one.text:
            lines.append(part.url)
    has_media = any(part.is_media for part in one.parts)
    if not lines and not has_media:
        return _("Content that only Messenger can show.")
    return "\n".join(lines)
