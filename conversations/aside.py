"""What is set aside: spam by a list or by hand, and automatic mail that was filtered (SP-6, SP-7)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.actions import find_or_create_contact
from conversations.models import Conversation, Direction, Message, Participant, Status
from events.record import record
from events.types import CONVERSATION_MARKED_SPAM, CONVERSATION_STARTED
from inboxes.filters import list_senders
from inboxes.models import SenderList
from workspaces.models import Member

SPAM_STAYS, TRASH_STAYS = timedelta(days=90), timedelta(days=30)

REASONS = {
    "by_hand": _("A member marked this as spam."),
    "blocked": _("Somebody of your team blocked this person."),
    "trap": _("A field that people do not see was filled in, as programs do."),
    "deny_list": _("The sender is on the deny list."),
    "own_address": _("This came from one of your own addresses."),
    "bounce": _("A mail server reports a failed delivery."),
    "auto_reply": _("This is an automatic reply."),
    "marketing": _("This is a newsletter or came through a mailing list."),
    "unsubscribe_link": _("This has an unsubscribe link, as newsletters do."),
    "role_sender": _("The address belongs to a role or a machine, not to a person."),
}


def reason_of(conversation: Conversation) -> str:
    """Why it was set aside, in words; "" when it was not."""
    return str(REASONS.get(conversation.aside_reason, ""))


@transaction.atomic
def mark_spam(conversation: Conversation, *, by: Member, deny: bool = False) -> Conversation:
    """Move it to Spam; with `deny` its sender's next mails go there too. Twice records once."""
    conversation = _locked(conversation)
    if deny and (address := sender_of(conversation)):
        list_senders(SenderList.DENY, [address], by=by)
    if conversation.spam_at:
        return conversation
    conversation.spam_at, conversation.filtered_at = timezone.now(), None
    conversation.aside_reason, conversation.waiting_since = "by_hand", None
    _save(conversation)
    record(CONVERSATION_MARKED_SPAM, conversation, by=by, spam="spam")
    return conversation


@transaction.atomic
def not_spam(conversation: Conversation, *, by: Member, allow: bool = False) -> Conversation:
    """Bring it back from Spam or Filtered, as if it had just come in: unread, routed, with its contact (SP-7)."""
    conversation = _locked(conversation)
    if allow and (address := sender_of(conversation)):
        list_senders(SenderList.ALLOW, [address], by=by)
    if not (conversation.spam_at or conversation.filtered_at):
        return conversation
    was_new = conversation.aside_reason != "by_hand"
    conversation.spam_at = conversation.filtered_at = None
    conversation.aside_reason = ""
    _wait_again(conversation)
    if was_new:
        _welcome(conversation)
    _save(conversation)
    record(CONVERSATION_MARKED_SPAM, conversation, by=by, spam="")
    return conversation


def _locked(conversation: Conversation) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("channel")
    return rows.get(pk=conversation.pk)


def _save(conversation: Conversation) -> None:
    conversation.version = F("version") + 1
    conversation.save()
    conversation.refresh_from_db(fields=["version"])


def sender_of(conversation: Conversation) -> str:
    """The address that a list would name: of the last incoming mail, else the contact's."""
    incoming = conversation.messages.filter(direction=Direction.IN).order_by("-seq")
    extra = incoming.values_list("extra", flat=True).first() or {}
    address = (extra.get("mail") or {}).get("from", {}).get("address", "")
    return (address or (conversation.contact.email if conversation.contact else "")).lower()


def _wait_again(conversation: Conversation) -> None:
    """Unread, and waiting since the first message that no member has answered."""
    messages = conversation.messages.order_by("seq")
    answered = messages.filter(direction=Direction.OUT, author_kind="member").order_by("-seq").first()
    asked = messages.filter(direction=Direction.IN, seq__gt=answered.seq if answered else 0).first()
    last = messages.filter(direction=Direction.IN).order_by("-seq").first()
    conversation.last_inbound_seq = last.seq if last else 0
    if conversation.status == Status.OPEN:
        conversation.waiting_since = asked.created_at if asked else None


def _welcome(conversation: Conversation) -> None:
    """What receiving left out: the contact, the participant, and the event upon which it is given to somebody."""
    address = sender_of(conversation)
    if conversation.contact_id is None and address:
        name = "" if conversation.contact_name.lower() == address else conversation.contact_name
        conversation.contact = find_or_create_contact(kind="email", address=address, name=name)
        conversation.contact_name = conversation.contact.called[:200]
        Message.objects.filter(conversation=conversation, direction=Direction.IN, contact=None).update(
            contact=conversation.contact
        )
        Participant.objects.get_or_create(
            conversation=conversation, address=address[:320], defaults={"name": name[:200]}
        )
    record(CONVERSATION_STARTED, conversation, actor_kind="contact", channel_kind=conversation.channel_kind)


@transaction.atomic
def accept(participant: Participant) -> Participant:
    """A member lets a newcomer take part: from now on they are answered and their mails count as known (EM-8)."""
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    if participant.is_new:
        participant.is_new = False
        participant.contact = find_or_create_contact(
            kind="email", address=participant.address, name=participant.name
        )
        participant.save(update_fields=["is_new", "contact"])
    return participant


def due_for_deletion(limit: int = 200) -> list[tuple[int, int]]:
    """(workspace, conversation) of what has lain in Spam for 90 or in the trash for 30 days (SP-6, VW-2)."""
    now = timezone.now()
    rows = Conversation.unscoped.using("maintenance")
    spam = rows.filter(spam_at__lt=now - SPAM_STAYS).values_list("workspace_id", "pk")[:limit]
    trash = rows.filter(trashed_at__lt=now - TRASH_STAYS).values_list("workspace_id", "pk")[:limit]
    return list(dict.fromkeys([*spam, *trash]))
