"""Verbs that change conversations: one transaction each, ending in record()."""

from conversations.actions.automatic import send_automatic
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
from conversations.actions.drafts import drop_draft, mark_read, mark_unread, save_draft
from conversations.actions.labels import label_called, set_label
from conversations.actions.letters import forward, start_conversation
from conversations.actions.merge import CannotMerge, merge, part
from conversations.actions.place import follow, move, restore, trash
from conversations.actions.priority import set_priority
from conversations.actions.redact import redact, redact_file, split_off
from conversations.actions.replies import send_reply
from conversations.actions.routing import is_up_for_routing, route, route_reopened, route_unanswered
from conversations.actions.scheduled import (
    HELD,
    AlreadySent,
    schedule_conversation,
    schedule_reply,
    send_held,
    send_scheduled,
    take_back,
)
from conversations.actions.state import assign, set_status, snooze

__all__ = [
    "HELD",
    "AlreadySent",
    "CannotMerge",
    "assign",
    "comment",
    "drop_draft",
    "follow",
    "forward",
    "is_up_for_routing",
    "label_called",
    "lock",
    "mark_delivery",
    "mark_read",
    "mark_seen_by_visitor",
    "mark_unread",
    "merge",
    "move",
    "note_attempt",
    "part",
    "redact",
    "redact_file",
    "requeue",
    "restore",
    "route",
    "route_reopened",
    "route_unanswered",
    "save_draft",
    "schedule_conversation",
    "schedule_reply",
    "send_automatic",
    "send_held",
    "send_reply",
    "send_scheduled",
    "set_contact",
    "set_label",
    "set_priority",
    "set_status",
    "snooze",
    "split_off",
    "start_conversation",
    "take_back",
    "trash",
    "try_again",
]
