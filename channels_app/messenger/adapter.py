"""Facebook Messenger: what it can do, and whether an answer may leave now (FM-6)."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.adapter import DeliveryRefused
from channels_app.messenger import account
from channels_app.messenger.sender import letter_of
from contacts.models import ContactAddress
from conversations.models import AuthorKind, Conversation, Message
from conversations.windows import PEOPLE, window_of
from inboxes.kinds import Kind, ReplyWindow


class Messenger:
    kind = Kind(
        key="messenger",
        label=gettext_lazy("Messenger"),
        via=gettext_lazy("in Messenger"),
        icon="messenger",
        one_thread=True,
        reply_window=ReplyWindow(anybody=timedelta(hours=24), people=timedelta(days=7)),
    )

    def prepare(self, message: Message):
        access = account.needed(message.channel)
        window = window_of(message.conversation)
        assert window is not None
        if window.is_closed:
            raise DeliveryRefused(window.reason)
        is_person = message.author_kind == AuthorKind.MEMBER
        if window.state == PEOPLE and not is_person:
            raise DeliveryRefused(
                _("After 24 hours Messenger takes answers from people only, not from a bot.")
            )
        return letter_of(
            message,
            access,
            person_of(message.conversation),
            tag="HUMAN_AGENT" if window.state == PEOPLE else "",
        )


def person_of(conversation: Conversation) -> str:
    """Meta's id of the customer for this page: the one who wrote here last."""
    own = conversation.messages.filter(extra__messenger__user__gt="").order_by("-seq")
    if known := own.values_list("extra__messenger__user", flat=True).first():
        return known
    rows = ContactAddress.objects.filter(contact=conversation.contact_id, kind="messenger")
    if found := rows.order_by("-pk").values_list("value", flat=True).first():
        return found
    raise DeliveryRefused(_("Messenger does not know this person any more."))
