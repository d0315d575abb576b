"""How long a conversation can still be answered, where its kind of channel closes after a while (FM-6)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.models import Conversation, Direction
from inboxes.kinds import get_kind

ANYBODY, PEOPLE, CLOSED = "anybody", "people", "closed"


@dataclass(frozen=True)
class Window:
    """Who may answer now, and until when; a closed one says since when."""

    state: str
    until: datetime
    # Where the customer can be written to instead.
    mail: str = ""

    @property
    def is_closed(self) -> bool:
        return self.state == CLOSED

    @property
    def reason(self) -> str:
        """Why nothing can be sent, or ''."""
        if not self.is_closed:
            return ""
        return _("Messenger takes answers only within seven days of the customer’s last message.")


def window_of(conversation: Conversation) -> Window | None:
    """None where it never closes."""
    rules = get_kind(conversation.channel_kind).reply_window
    if rules is None:
        return None
    came = conversation.messages.filter(direction=Direction.IN, channel_kind=conversation.channel_kind)
    last = came.order_by("-created_at").values_list("created_at", flat=True).first()
    last = last or conversation.created_at
    now, mail = timezone.now(), conversation.contact.email if conversation.contact else ""
    for state, length in ((ANYBODY, rules.anybody), (PEOPLE, rules.people)):
        if now < last + length:
            return Window(state, last + length, mail)
    return Window(CLOSED, last + rules.people, mail)
