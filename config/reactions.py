"""THE table: who reacts to what, after commit, in this order. Each reaction may be late and may run twice."""

from automation.reactions import call_out, run_rules, start_rule
from channels_app.email.digest import acknowledge, continue_by_mail, send_transcript
from channels_app.email.digest_letters import send_letter
from channels_app.form.people import prove
from channels_app.reactions import deliver
from chatflows.reactions import answer, ask_how_it_was, ask_server, connected, greet, invite, meet, refer
from conversations.routing import drain_for, route_again, route_started
from events.types import (
    BOT_ASKED,
    BOT_HANDED_OVER,
    BOT_STARTED,
    CHANNEL_CONNECTED,
    COMMENT_ADDED,
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_CONTACT_CHANGED,
    CONVERSATION_LABELLED,
    CONVERSATION_MARKED_SPAM,
    CONVERSATION_MOVED,
    CONVERSATION_OWNER_MISSED,
    CONVERSATION_REOPENED,
    CONVERSATION_SNOOZED,
    CONVERSATION_STARTED,
    CONVERSATION_TRASHED,
    LETTER_SENT,
    MEETING_BOOKED,
    MEMBER_AVAILABILITY_CHANGED,
    MESSAGE_DELIVERY_CHANGED,
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    MESSENGER_REFERRED,
    REPLY_HELD,
    RULE_ASKED,
    RULE_CALLED,
    TICKET_CLOSED,
    TICKET_OWNER_CHANGED,
)
from notifications.reactions import notify, stand_down
from tickets.reactions import close_conversations, follow, give_conversations, open_ticket

REACTIONS = {
    MESSAGE_RECEIVED: [prove, run_rules, answer, notify, follow],
    MESSAGE_SENT: [deliver, continue_by_mail, run_rules, notify, follow],
    MESSAGE_DELIVERY_CHANGED: [notify],
    COMMENT_ADDED: [run_rules, notify],
    REPLY_HELD: [notify],
    # Given to somebody before anybody is told: whom it calls depends on it.
    # What a bot has is given to nobody: it is met before all else.
    CONVERSATION_STARTED: [meet, run_rules, route_started, open_ticket, acknowledge, notify],
    CONVERSATION_ASSIGNED: [run_rules, stand_down, notify, follow],
    CONVERSATION_OWNER_MISSED: [notify],
    CONVERSATION_CLOSED: [run_rules, ask_how_it_was, send_transcript, stand_down, drain_for, follow],
    CONVERSATION_REOPENED: [run_rules, route_again, notify],
    CONVERSATION_LABELLED: [run_rules],
    CONVERSATION_MOVED: [run_rules, follow],
    RULE_CALLED: [call_out],
    CHANNEL_CONNECTED: [connected],
    MESSENGER_REFERRED: [refer],
    BOT_STARTED: [greet],
    BOT_ASKED: [ask_server],
    BOT_HANDED_OVER: [notify],
    RULE_ASKED: [start_rule],
    MEETING_BOOKED: [invite],
    CONVERSATION_SNOOZED: [stand_down],
    CONVERSATION_MARKED_SPAM: [stand_down, open_ticket],
    CONVERSATION_TRASHED: [stand_down],
    LETTER_SENT: [send_letter],
    MEMBER_AVAILABILITY_CHANGED: [drain_for],
    CONVERSATION_CONTACT_CHANGED: [follow],
    TICKET_CLOSED: [close_conversations],
    TICKET_OWNER_CHANGED: [give_conversations],
}
