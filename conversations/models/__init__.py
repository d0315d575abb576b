"""Conversation (narrow, read by every list), what hangs on it, and what is kept beside it."""

from conversations.models.answering import Macro, Mention, Snippet
from conversations.models.conversation import (
    Conversation,
    ConversationDetail,
    ConversationQuerySet,
    Priority,
    Status,
)
from conversations.models.entries import (
    Attachment,
    AuthorKind,
    Comment,
    Delivery,
    Direction,
    Message,
    MessageKind,
    PropertyFile,
    StoredFile,
    file_reach,
)
from conversations.models.marks import ConversationLabel, CountDelta, Draft, DraftMode, Label, ReadMark
from conversations.models.people import Follow, Participant, ScheduledReply
from conversations.models.routing import Occasion, RoutingDecision
from conversations.models.saved import BulkJob, SavedView, Sharing

__all__ = [
    "Attachment",
    "PropertyFile",
    "StoredFile",
    "file_reach",
    "AuthorKind",
    "BulkJob",
    "Comment",
    "Conversation",
    "ConversationDetail",
    "ConversationLabel",
    "ConversationQuerySet",
    "CountDelta",
    "Delivery",
    "Direction",
    "Draft",
    "DraftMode",
    "Follow",
    "Label",
    "Macro",
    "Mention",
    "Message",
    "MessageKind",
    "Occasion",
    "Participant",
    "Priority",
    "ReadMark",
    "RoutingDecision",
    "SavedView",
    "ScheduledReply",
    "Sharing",
    "Snippet",
    "Status",
]
