"""What a rule writes to the contact. It is no agent's answer: whoever waited still waits, and it belongs to nobody."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.base import lock
from conversations.actions.outgoing import Written, channel_of, is_mail, new_message
from conversations.append import Appended, append
from conversations.envelope import EnvelopeRefused, default_envelope
from conversations.models import Conversation


@transaction.atomic
def send_automatic(
    conversation: Conversation, *, body: str, client_id: uuid.UUID, author_name: str, html: str = ""
) -> Appended:
    """Write under a rule's name. The same client id twice is one message (P6).

    Raises EnvelopeRefused when there is nobody to write to, or when what is here is no conversation to answer (SP-8).
    """
    conversation = lock(conversation)
    if conversation.spam_at or conversation.filtered_at or conversation.trashed_at:
        raise EnvelopeRefused(_("Nothing is sent to what was set aside."))
    channel = channel_of(conversation, None)
    envelope = default_envelope(conversation).check() if is_mail(channel) else None
    message = new_message(
        conversation,
        channel,
        Written.of(body, html),
        by=None,
        author_name=author_name,
        client_id=client_id,
        envelope=envelope,
    )
    return append([message])[0]
