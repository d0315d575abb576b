"""Every type of event, and the keys its payload carries. Names are `<thing>.<what happened>`."""

CONVERSATION_STARTED = "conversation.started"
CONVERSATION_ASSIGNED = "conversation.assigned"
CONVERSATION_OWNER_MISSED = "conversation.owner_missed"
CONVERSATION_CLOSED = "conversation.closed"
CONVERSATION_REOPENED = "conversation.reopened"
CONVERSATION_SNOOZED = "conversation.snoozed"
CONVERSATION_MOVED = "conversation.moved"
CONVERSATION_MARKED_SPAM = "conversation.marked_spam"
CONVERSATION_TRASHED = "conversation.trashed"
CONVERSATION_LABELLED = "conversation.labelled"
CONVERSATION_PRIORITY_CHANGED = "conversation.priority_changed"
CONVERSATION_MERGED = "conversation.merged"
CONVERSATION_PARTED = "conversation.parted"
CONVERSATION_SPLIT = "conversation.split"
MESSAGE_REDACTED = "message.redacted"
CONVERSATION_CONTACT_CHANGED = "conversation.contact_changed"
MESSAGE_RECEIVED = "message.received"
MESSAGE_SENT = "message.sent"
MESSAGE_DELIVERY_CHANGED = "message.delivery_changed"
MESSAGE_WENT_ROUND = "message.went_round"
MESSAGE_CHANGED = "message.changed"
MESSENGER_REFERRED = "messenger.referred"
MESSENGER_CONTROL = "messenger.control"
REPLY_HELD = "reply.held"
LETTER_SENT = "letter.sent"
LETTER_FAILED = "letter.failed"
COMMENT_ADDED = "comment.added"
RULE_CALLED = "rule.called"
BOT_STARTED = "bot.started"
BOT_HANDED_OVER = "bot.handed_over"
BOT_ASKED = "bot.asked"
BOT_ENDED = "bot.ended"
RULE_ASKED = "rule.asked"
MEETING_BOOKED = "meeting.booked"
SURVEY_ANSWERED = "survey.answered"
RESUME_REVOKED = "resume.revoked"
MEMBER_AVAILABILITY_CHANGED = "member.availability_changed"
MEMBER_JOINED = "member.joined"
CHANNEL_CONNECTED = "channel.connected"
CHANNEL_CREDENTIALS_CHANGED = "channel.credentials_changed"
CHANNEL_DISCONNECTED = "channel.disconnected"
TICKET_CREATED = "ticket.created"
TICKET_STAGE_CHANGED = "ticket.stage_changed"
TICKET_CLOSED = "ticket.closed"
TICKET_REOPENED = "ticket.reopened"
TICKET_PLACED = "ticket.placed"
TICKET_OWNER_CHANGED = "ticket.owner_changed"
TICKET_PRIORITY_CHANGED = "ticket.priority_changed"
TICKET_EDITED = "ticket.edited"
TICKET_MOVED = "ticket.moved"
TICKET_LINKED = "ticket.linked"
TICKET_UNLINKED = "ticket.unlinked"
TICKET_MERGED = "ticket.merged"
TICKET_PARTED = "ticket.parted"
TICKET_SPLIT = "ticket.split"
TICKET_COMMENTED = "ticket.commented"
TICKET_DELETED = "ticket.deleted"
TICKET_SLA_CHANGED = "ticket.sla_changed"
TICKET_SLA_DUE_SOON = "ticket.sla_due_soon"
TICKET_SLA_OVERDUE = "ticket.sla_overdue"
FIGURES_DRIFTED = "figures.drifted"

PAYLOAD_KEYS: dict[str, frozenset[str]] = {
    CONVERSATION_STARTED: frozenset({"channel_kind"}),
    CONVERSATION_ASSIGNED: frozenset({"assignee", "team", "previous", "reason"}),
    CONVERSATION_OWNER_MISSED: frozenset({"owner"}),
    CONVERSATION_CLOSED: frozenset({"status"}),
    CONVERSATION_REOPENED: frozenset({"status", "reason"}),
    CONVERSATION_SNOOZED: frozenset({"until"}),
    CONVERSATION_MOVED: frozenset({"from", "to"}),
    CONVERSATION_MARKED_SPAM: frozenset({"spam"}),
    CONVERSATION_TRASHED: frozenset({"trashed"}),
    CONVERSATION_LABELLED: frozenset({"label", "on"}),
    CONVERSATION_PRIORITY_CHANGED: frozenset({"priority", "previous"}),
    CONVERSATION_MERGED: frozenset({"other", "subject", "was"}),
    CONVERSATION_PARTED: frozenset({"other", "subject"}),
    CONVERSATION_SPLIT: frozenset({"message", "other"}),
    MESSAGE_REDACTED: frozenset({"message", "comment", "file"}),
    CONVERSATION_CONTACT_CHANGED: frozenset({"contact", "previous"}),
    MESSAGE_RECEIVED: frozenset({"message", "seq"}),
    MESSAGE_SENT: frozenset({"message", "seq"}),
    MESSAGE_DELIVERY_CHANGED: frozenset({"messages", "delivery"}),
    MESSAGE_CHANGED: frozenset({"message"}),
    MESSENGER_REFERRED: frozenset({"ref", "source"}),
    MESSENGER_CONTROL: frozenset({"ours", "how"}),
    MESSAGE_WENT_ROUND: frozenset({"message", "address", "sender"}),
    REPLY_HELD: frozenset({"reply", "reason", "member"}),
    LETTER_SENT: frozenset({"kind", "address", "after", "upto"}),
    LETTER_FAILED: frozenset({"kind", "address", "error"}),
    COMMENT_ADDED: frozenset({"comment"}),
    RULE_CALLED: frozenset({"run", "deed"}),
    BOT_STARTED: frozenset({"session", "version"}),
    BOT_HANDED_OVER: frozenset({"session", "version", "member"}),
    BOT_ASKED: frozenset({"session", "entry"}),
    BOT_ENDED: frozenset({"session", "outcome"}),
    RULE_ASKED: frozenset({"rule", "session"}),
    MEETING_BOOKED: frozenset({"meeting"}),
    SURVEY_ANSWERED: frozenset({"score", "comment", "low"}),
    RESUME_REVOKED: frozenset({"n"}),
    MEMBER_AVAILABILITY_CHANGED: frozenset({"member", "availability"}),
    MEMBER_JOINED: frozenset({"member"}),
    CHANNEL_CONNECTED: frozenset({"channel", "kind", "way"}),
    CHANNEL_CREDENTIALS_CHANGED: frozenset({"channel", "kind", "way"}),
    CHANNEL_DISCONNECTED: frozenset({"channel", "kind", "way"}),
    TICKET_CREATED: frozenset({"ticket", "number", "made_by"}),
    TICKET_STAGE_CHANGED: frozenset({"ticket", "stage", "previous", "pipeline", "reason"}),
    TICKET_CLOSED: frozenset({"ticket", "stage", "reason"}),
    TICKET_REOPENED: frozenset({"ticket", "stage", "reason"}),
    TICKET_PLACED: frozenset({"ticket"}),
    TICKET_OWNER_CHANGED: frozenset({"ticket", "owner", "previous", "reason"}),
    TICKET_PRIORITY_CHANGED: frozenset({"ticket", "priority", "previous"}),
    TICKET_EDITED: frozenset({"ticket", "fields"}),
    TICKET_MOVED: frozenset({"ticket", "from", "to"}),
    TICKET_LINKED: frozenset({"ticket", "number", "other"}),
    TICKET_UNLINKED: frozenset({"ticket", "number", "other"}),
    TICKET_MERGED: frozenset({"ticket", "other"}),
    TICKET_PARTED: frozenset({"ticket", "other"}),
    TICKET_SPLIT: frozenset({"ticket", "other"}),
    TICKET_COMMENTED: frozenset({"ticket", "note"}),
    TICKET_DELETED: frozenset({"ticket", "deleted"}),
    TICKET_SLA_CHANGED: frozenset({"ticket", "goals", "why"}),
    TICKET_SLA_DUE_SOON: frozenset({"ticket", "goal"}),
    TICKET_SLA_OVERDUE: frozenset({"ticket", "goal"}),
    FIGURES_DRIFTED: frozenset({"n"}),
}
