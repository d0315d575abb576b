"""Conversations to look around with: a handful of stories that nobody wrote, marked as samples, gone with one click.

They come in as history, so that nobody is notified, nothing is routed and no machine answers. What an agent writes in
one goes nowhere (channels_app/reactions.py).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact
from conversations.actions import comment, label_called, set_label
from conversations.append import NewMessage, append
from conversations.inbound import Inbound
from conversations.models import AuthorKind, Conversation, ConversationDetail, Delivery, Direction, Status
from conversations.receive import receive
from inboxes.addresses import fallback_of
from inboxes.models import Inbox
from workspaces.models import Member

DOMAIN = "sample.example"


@dataclass(frozen=True)
class Story:
    """Who wrote, about what, and what was said: lines in turn of the customer and of us."""

    name: str
    subject: str
    lines: tuple[str, ...]
    hours_ago: float
    note: str = ""

    def address(self) -> str:
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


def stories() -> list[Story]:
    return [
        Story(
            "Maya Olsen",
            _("Where is my order?"),
            (_("Hello, I ordered a desk lamp on Monday and have heard nothing since. Could you look?"),),
            0.4,
        ),
        Story(
            "Tom Becker",
            _("Invoice for our accounting"),
            (
                _("Could you send the invoice again, made out to our company?"),
                _("Of course. Which name and address shall stand on it?"),
                _("Becker Ltd, 4 Mill Lane, Bristol. Thank you!"),
            ),
            3,
            _("He asked for the same last year: worth a note on his card?"),
        ),
        Story(
            "Inès Laurent",
            _("The dimmer hums"),
            (
                _("Since yesterday the dimmer hums when I turn it down. Is that dangerous?"),
                _("No, but it is not right either. We will send you another one today."),
            ),
            20,
        ),
        Story(
            "Luca Romano",
            _("A discount for thirty lamps?"),
            (_("We are fitting out an office and need thirty lamps by the end of next month."),),
            27,
        ),
        Story(
            "Ruth Adeyemi",
            _("Thank you!"),
            (_("It arrived this morning and looks wonderful. Thank you for the quick help."),),
            50,
        ),
    ]


@transaction.atomic
def add_samples(inbox: Inbox, *, by: Member) -> int:
    """Put them into an inbox, once. Returns how many there are."""
    list(Inbox.objects.select_for_update().filter(pk=inbox.pk))
    standing = ConversationDetail.objects.filter(is_sample=True).count()
    if standing:
        return standing
    for story in stories():
        _tell(story, inbox, by)
    return len(stories())


def _tell(story: Story, inbox: Inbox, by: Member) -> None:
    at = timezone.now() - timedelta(hours=story.hours_ago + len(story.lines))
    first = Inbound(
        channel=fallback_of(inbox),
        body=story.lines[0],
        subject=story.subject,
        name=story.name,
        address=story.address(),
        is_mail=True,
        is_history=True,
        sent_at=at,
    )
    conversation = Conversation.objects.get(pk=receive(first).conversation_id)
    for number, line in enumerate(story.lines[1:], start=1):
        at += timedelta(hours=1)
        append([_line(conversation, line, at, by if number % 2 else None)])
    ConversationDetail.objects.filter(conversation=conversation).update(is_sample=True)
    is_ours = len(story.lines) % 2 == 0
    Conversation.objects.filter(pk=conversation.pk).update(
        status=Status.OPEN,
        closed_at=None,
        last_activity_at=at,
        waiting_since=None if is_ours else at,
        last_inbound_seq=len(story.lines) - is_ours,
    )
    set_label(conversation, label_called(_("Sample")), True, by=by)
    if story.note:
        comment(conversation, body=story.note, by=by)


def _line(conversation: Conversation, body: str, at, by: Member | None) -> NewMessage:
    return NewMessage(
        conversation_id=conversation.pk,
        channel_id=conversation.channel_id,
        channel_kind=conversation.channel_kind,
        direction=Direction.OUT if by else Direction.IN,
        author_kind=AuthorKind.MEMBER if by else AuthorKind.CONTACT,
        author_name=by.display_name if by else conversation.contact_name,
        member_id=by.pk if by else None,
        contact_id=None if by else conversation.contact_id,
        body=body,
        delivery=Delivery.SENT if by else Delivery.RECEIVED,
        created_at=at,
        quiet=True,
    )


@transaction.atomic
def remove_samples() -> int:
    """Take all of them away, with what was written in them and the people made for them. Returns how many."""
    samples = Conversation.objects.filter(detail__is_sample=True)
    people = set(samples.exclude(contact=None).values_list("contact", flat=True))
    count = samples.count()
    samples.delete()
    Contact.objects.filter(pk__in=people, email__endswith=f"@{DOMAIN}", conversations=None).delete()
    return count


def has_samples() -> bool:
    return ConversationDetail.objects.filter(is_sample=True).exists()
