"""THE table: who reacts to what, after commit, in this order. Each reaction may be late and may run twice."""

from channels_app.email.digest import acknowledge, continue_by_mail, send_transcript
from channels_app.email.digest_letters import send_letter
from channels_app.reactions import deliver
from events.types import (
    COMMENT_ADDED,
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_MARKED_SPAM,
    CONVERSATION_SNOOZED,
    CONVERSATION_STARTED,
    CONVERSATION_TRASHED,
    LETTER_SENT,
    MESSAGE_DELIVERY_CHANGED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    REPLY_HELD,
)
from notifications.reactions import notify, stand_down

REACTIONS = {
    MESSAGE_RECEIVED: [notify],
    MESSAGE_SENT: [deliver, continue_by_mail, notify],
    MESSAGE_DELIVERY_CHANGED: [notify],
    COMMENT_ADDED: [notify],
    REPLY_HELD: [notify],
    CONVERSATION_STARTED: [acknowledge, notify],
    CONVERSATION_ASSIGNED: [stand_down, notify],
    CONVERSATION_CLOSED: [send_transcript, stand_down],
    CONVERSATION_SNOOZED: [stand_down],
    CONVERSATION_MARKED_SPAM: [stand_down],
    CONVERSATION_TRASHED: [stand_down],
    LETTER_SENT: [send_letter],
}
