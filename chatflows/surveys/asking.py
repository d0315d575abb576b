"""Whether a closed conversation is asked about, when, and by which way. Twice is harmless: it is asked about once."""

from datetime import timedelta

from django.utils import timezone

from channels_app.email.breakers import may_write
from channels_app.email.digest import address_of_visitor
from chatflows import satisfaction
from chatflows.models import SurveyAnswer
from chatflows.surveys import buttons
from chatflows.surveys.wishes import BY_BUTTONS, BY_MAIL, Wish, wish_of
from contacts.models import Contact
from conversations.models import AuthorKind, Conversation, Direction
from conversations.windows import ANYBODY, is_elsewhere, window_of
from events.models import Event
from events.record import record
from events.retry import Postponed
from events.types import CONVERSATION_CLOSED, LETTER_SENT

# A worker that was away for longer asks nobody about what is long over.
TOO_LATE = timedelta(days=2)


def ask(event: Event, conversation: Conversation) -> None:
    """In the scope, of one that is closed. Raises Postponed until its hour has come."""
    wish = wish_of(conversation.channel)
    if not wish.on or not _is_about(event, conversation):
        return
    due = event.created_at + wish.wait
    left = due - timezone.now()
    if left > timedelta():
        raise Postponed(left.total_seconds() + 0.1)
    if left < -TOO_LATE or SurveyAnswer.objects.filter(conversation=conversation).exists():
        return
    if not _was_answered(conversation) or not _may_be_asked(conversation, wish):
        return
    if conversation.channel_kind in BY_MAIL:
        _ask_by_mail(conversation, wish)
    elif conversation.channel_kind == BY_BUTTONS:
        _ask_by_buttons(conversation, wish)


def _is_about(event: Event, conversation: Conversation) -> bool:
    """One that was opened again and closed since is asked about by that later closing."""
    last = Event.objects.filter(conversation_id=conversation.pk, type=CONVERSATION_CLOSED).order_by("-pk")
    return last.values_list("pk", flat=True).first() == event.pk


def _was_answered(conversation: Conversation) -> bool:
    """Only people are judged, and only where they said something to somebody who asked."""
    ours = conversation.messages.filter(direction=Direction.OUT, author_kind=AuthorKind.MEMBER)
    theirs = conversation.messages.filter(direction=Direction.IN).order_by("-seq").first()
    return theirs is not None and not _by_a_machine(theirs) and ours.exists()


def _by_a_machine(message) -> bool:
    mail = (message.extra or {}).get("mail", {})
    return bool(mail.get("auto")) or (mail.get("auth") or {}).get("verdict") == "fail"


def _may_be_asked(conversation: Conversation, wish: Wish) -> bool:
    """Locks the person: two of their conversations that are closed at once ask once."""
    if conversation.contact_id is None:
        return False
    person = Contact.objects.select_for_update(of=("self",)).filter(pk=conversation.contact_id).first()
    if person is None or person.blocked_at:
        return False
    since = timezone.now() - timedelta(days=wish.rest)
    return not SurveyAnswer.objects.filter(contact=person, asked_at__gt=since).exists()


def _begin(conversation: Conversation, wish: Wish) -> SurveyAnswer:
    answer = satisfaction.asked(conversation, None)
    answer.expires_at = answer.asked_at + timedelta(days=wish.good_for)
    answer.save(update_fields=["expires_at"])
    return answer


def _ask_by_mail(conversation: Conversation, wish: Wish) -> None:
    person = address_of_visitor(conversation)
    if person is None or not may_write("survey", person.address):
        return
    _begin(conversation, wish)
    told = {"kind": "survey", "address": person.address, "after": 0, "upto": conversation.last_seq}
    record(LETTER_SENT, conversation, **told)


def _ask_by_buttons(conversation: Conversation, wish: Wish) -> None:
    """FM-6: a machine may write only within the day after the customer's word, and only where we are the ones who answer."""
    window = window_of(conversation)
    if window is None or window.state != ANYBODY or is_elsewhere(conversation):
        return
    buttons.ask(conversation, _begin(conversation, wish), wish)
