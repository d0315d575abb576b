"""Verbs that change conversations: one transaction each, ending in record()."""

from conversations.actions.base import lock
from conversations.actions.comments import comment
from conversations.actions.contact import set_contact
from conversations.actions.delivery import (
    mark_delivery,
    mark_seen_by_visitor,
    note_attempt,
    requeue,
    try_again,
)
from conversations.actions.drafts import drop_draft, mark_read, save_draft
from conversations.actions.letters import forward, start_conversation
from conversations.actions.replies import send_reply
from conversations.actions.scheduled import (
    HELD,
    AlreadySent,
    schedule_reply,
    send_held,
    send_scheduled,
    take_back,
)
from conversations.actions.state import assign, set_status, snooze

__all__ = [
    "HELD",
    "AlreadySent",
    "assign",
    "comment",
    "drop_draft",
    "forward",
    "lock",
    "mark_delivery",
    "mark_read",
    "mark_seen_by_visitor",
    "note_attempt",
    "requeue",
    "save_draft",
    "schedule_reply",
    "send_held",
    "send_reply",
    "send_scheduled",
    "set_contact",
    "set_status",
    "snooze",
    "start_conversation",
    "take_back",
    "try_again",
]
