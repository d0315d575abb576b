"""How long a conversation can still be answered, where its kind of channel closes after a while (FM-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import ContactAddress
from conversations.models import Conversation, Direction, Message, Status
from events.models import Event
from events.types import MESSENGER_CONTROL
from inboxes.kinds import ReplyWindow, all_kinds, get_kind
from workspaces.pictures import address_of

ANYBODY, PEOPLE, CLOSED = "anybody", "people", "closed"


@dataclass(frozen=True)
class Window:
    """Who may answer now, and until when; a closed one says since when."""

    state: str
    until: datetime
    # Where the customer can be written to instead.
    mail: str = ""
    # Another app answers this person at the moment.
    is_elsewhere: bool = False

    @property
    def left(self) -> str:
        return short(self.until - timezone.now())

    @property
    def is_closed(self) -> bool:
        return self.state == CLOSED

    @property
    def is_locked(self) -> bool:
        """Nothing is sent from here until somebody takes over."""
        return self.is_elsewhere and not self.is_closed

    @property
    def reason(self) -> str:
        """Why nothing can be sent, or ''."""
        if self.is_closed:
            return _("Messenger takes answers only within seven days of the customer’s last message.")
        if self.is_elsewhere:
            return _("Another app of this page answers this person now. Take over to answer here.")
        return ""


def window_of(conversation: Conversation) -> Window | None:
    """None where it never closes."""
    rules = get_kind(conversation.channel_kind).reply_window
    if rules is None:
        return None
    came = conversation.messages.filter(direction=Direction.IN, channel_kind=conversation.channel_kind)
    last = came.order_by("-created_at").values_list("created_at", flat=True).first()
    mail = conversation.contact.email if conversation.contact else ""
    return _window(rules, last or conversation.created_at, mail, is_elsewhere(conversation))


def _window(rules: ReplyWindow, last: datetime, *more) -> Window:
    now = timezone.now()
    for state, length in ((ANYBODY, rules.anybody), (PEOPLE, rules.people)):
        if now < last + length:
            return Window(state, last + length, *more)
    return Window(CLOSED, last + rules.people, *more)


def is_elsewhere(conversation: Conversation) -> bool:
    """Whether another app of the page was the last that we heard to answer this person."""
    rows = Event.objects.filter(conversation_id=conversation.pk, type=MESSENGER_CONTROL).order_by("-pk")
    ours = rows.values_list("payload__ours", flat=True).first()
    return ours is False


def with_windows(rows: list) -> list:
    """Give the rows of a list their people's pictures, and those that are open how long they can still be answered: one
    query, and none where there are no such channels."""
    rules = {kind.key: kind.reply_window for kind in all_kinds() if kind.reply_window}
    concerned = [row for row in rows if row.channel_kind in rules]
    if concerned:
        asked = _asked([row.pk for row in concerned])
        for row in concerned:
            came, row.picture = asked.get(row.pk, (None, ""))
            if came and row.status == Status.OPEN:
                row.window = _window(rules[row.channel_kind], came)
    return rows


def _asked(ids: list[int]) -> dict[int, tuple[datetime | None, str]]:
    """When each last wrote, and where their picture is."""
    here = {"conversation": OuterRef("pk"), "channel_kind": OuterRef("channel_kind")}
    came = Message.objects.filter(direction=Direction.IN, **here).order_by("-seq").values("created_at")[:1]
    face = ContactAddress.objects.filter(contact=OuterRef("contact")).exclude(avatar="").values("avatar")[:1]
    rows = Conversation.objects.filter(pk__in=ids).values_list("pk", Subquery(came), Subquery(face))
    return {pk: (at, address_of(key or "")) for pk, at, key in rows}


def with_faces(messages: Iterable[Message]) -> None:
    """Give messages that came from where people show pictures their writer's: one query, or none."""
    came = [one for one in messages if one.contact_id and get_kind(one.channel_kind).reply_window]
    if not came:
        return
    rows = ContactAddress.objects.filter(contact__in={one.contact_id for one in came}).exclude(avatar="")
    faces = dict(rows.values_list("contact", "avatar"))
    for one in came:
        one.face = address_of(faces.get(one.contact_id, ""))


def short(left: timedelta) -> str:
    """The time left in a word, as time.ts writes it too."""
    minutes = max(0, int(left.total_seconds() // 60))
    if minutes < 60:
        return _("%(number)sm") % {"number": minutes}
    if minutes < 48 * 60:
        return _("%(number)sh") % {"number": minutes // 60}
    return _("%(number)sd") % {"number": minutes // (24 * 60)}
