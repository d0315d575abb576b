"""Pages of the inbox, and what is posted from them."""

from conversations.views.files import discard, file, thumb, upload
from conversations.views.pages import first_view, inbox, open_conversation, row, show
from conversations.views.verbs import again, assignment, comment, draft, read, reply, status

__all__ = [
    "again",
    "assignment",
    "comment",
    "discard",
    "draft",
    "file",
    "first_view",
    "inbox",
    "open_conversation",
    "read",
    "reply",
    "row",
    "show",
    "status",
    "thumb",
    "upload",
]
