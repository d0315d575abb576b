"""What is done to messages that stand: reactions, edits, unsending, receipts. Each may come twice, late or first."""

from datetime import timedelta

from django.db.models import F

from channels_app.messenger.told import READ, Inbound
from contacts.models import ContactAddress
from conversations.actions import mark_delivery, redact
from conversations.models import Conversation, Delivery, Direction, Message
from conversations.threading import with_external_ids
from events.record import record
from events.types import MESSAGE_CHANGED, MESSENGER_REFERRED
from inboxes.models import Channel

MOST_TICKS = 50
CLOCKS = timedelta(seconds=2)  # by which theirs and ours may differ


class TooEarly(Exception):
    """It is about a message that has not come yet."""


def find(channel: Channel, mid: str) -> Message | None:
    """A message by Meta's id: one that came, or one of the pieces of one that left."""
    if not mid:
        return None
    if found := with_external_ids([channel.pk], [mid[:998]]).first():
        return found
    sent = Message.objects.filter(channel=channel, direction=Direction.OUT)
    return sent.filter(extra__messenger__mids__contains=[mid]).first()


def _locked(channel: Channel, mid: str) -> Message:
    found = find(channel, mid)
    if found is None:
        raise TooEarly(mid)
    # Conversation first, then its rows: everybody locks in this order.
    Conversation.objects.select_for_update(of=("self",)).get(pk=found.conversation_id)
    return Message.objects.select_for_update(of=("self",)).select_related("conversation").get(pk=found.pk)


def changed(message: Message) -> None:
    """It looks different now: every open thread draws it again."""
    Conversation.objects.filter(pk=message.conversation_id).update(version=F("version") + 1)
    record(MESSAGE_CHANGED, message.conversation, actor_kind="contact", message=message.pk)


def react(channel: Channel, one: Inbound) -> None:
    message = _locked(channel, one.mid)
    told = message.extra.setdefault("messenger", {})
    reactions = told.setdefault("reactions", {})
    at = one.sent_at.isoformat() if one.sent_at else ""
    if (before := reactions.get(one.user_id)) and before["at"] > at:
        return  # a later one came first
    sign = "" if one.is_removed else one.emoji or one.reaction
    if before and before["sign"] == sign:
        return
    reactions[one.user_id] = {"sign": sign, "at": at}
    message.save(update_fields=["extra"])
    changed(message)


def edit(channel: Channel, one: Inbound) -> None:
    """The newest wording stands; those before it are kept beside it."""
    message = _locked(channel, one.mid)
    told = message.extra.setdefault("messenger", {})
    if message.redacted_at or message.direction == Direction.OUT or one.edits < told.get("edits", 0):
        return
    if message.body == one.text or (one.edits and one.edits == told.get("edits")):
        return
    told.setdefault("before", []).append(message.body)
    told["edits"] = one.edits or told.get("edits", 0) + 1
    message.body = one.text
    message.save(update_fields=["extra", "body"])
    changed(message)


def unsend(channel: Channel, one: Inbound) -> None:
    """Whoever takes a message back has it taken out here too, with its files: Meta's terms ask for it."""
    redact(_locked(channel, one.mid), by=None)


def receipt(channel: Channel, one: Inbound) -> None:
    """Delivered, or read: what is named, and what left before the watermark. Only what has left moves."""
    state = Delivery.READ if one.kind == READ else Delivery.DELIVERED
    below = [Delivery.SENT, Delivery.UNKNOWN] + ([Delivery.DELIVERED] if state == Delivery.READ else [])
    theirs = ContactAddress.objects.filter(kind="messenger", value=one.user_id.lower())
    sent = Message.objects.filter(
        channel=channel,
        conversation__contact__in=theirs.values("contact"),
        direction=Direction.OUT,
        delivery__in=below,
    ).exclude(external_id="")
    found = set(sent.filter(external_id__in=one.mids).values_list("pk", flat=True)) if one.mids else set()
    if one.watermark:
        before = sent.filter(created_at__lte=one.watermark + CLOCKS)
        found |= set(before.order_by("-seq").values_list("pk", flat=True)[:MOST_TICKS])
    for pk in sorted(found):
        mark_delivery(pk, state)


def came_by(channel: Channel, one: Inbound) -> None:
    """Somebody with a thread opened a link or an advertisement: a chatflow may go on from there (FM-3)."""
    theirs = ContactAddress.objects.filter(kind="messenger", value=one.user_id.lower())
    rows = Conversation.objects.present().filter(channel=channel, contact__in=theirs.values("contact"))
    conversation = rows.order_by("-pk").first()
    if conversation is None or not (one.referral or one.payload):
        return
    told = {"ref": one.referral.ref, "source": one.referral.source} if one.referral else {"ref": one.payload}
    record(MESSENGER_REFERRED, conversation, actor_kind="contact", **told)
