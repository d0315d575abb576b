"""THE table: who reacts to what, after commit, in this order. Each reaction may be late and may run twice."""

from channels_app.email.digest import acknowledge, continue_by_mail, send_transcript
from channels_app.email.digest_letters import send_letter
from channels_app.reactions import deliver
from events.types import CONVERSATION_CLOSED, CONVERSATION_STARTED, LETTER_SENT, MESSAGE_SENT

REACTIONS = {
    MESSAGE_SENT: [deliver, continue_by_mail],
    CONVERSATION_STARTED: [acknowledge],
    CONVERSATION_CLOSED: [send_transcript],
    LETTER_SENT: [send_letter],
}
