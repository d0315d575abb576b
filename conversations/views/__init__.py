"""Pages of the inbox, and what is posted from them."""

from conversations.views.aside import keep, spam
from conversations.views.bulk import bulk_job, bulk_menus, bulk_start, bulk_undo
from conversations.views.contact import block, contact, past, sidebar
from conversations.views.entries import redact, redact_comment, redact_file, split
from conversations.views.entries import verbs as message_verbs
from conversations.views.files import compose_upload, discard, file, gallery, thumb, upload
from conversations.views.letters import compose, people, send_now, take_back
from conversations.views.macros import (
    macro,
    macro_delete,
    macro_new,
    macro_run,
    macro_undo,
    macros,
)
from conversations.views.pages import first_view, inbox, open_conversation, row, show
from conversations.views.saved import (
    list_choice,
    saved_counts,
    saved_delete,
    saved_new,
    saved_place,
    saved_view,
    saved_views,
)
from conversations.views.snippets import (
    helpers,
    snippet,
    snippet_delete,
    snippet_new,
    snippet_used,
    snippets,
)
from conversations.views.steps import arrived, filter_preview, first_steps, samples
from conversations.views.verbs import again, assignment, comment, draft, read, reply, status
from conversations.views.whole import (
    choices,
    follow,
    label,
    merge,
    move,
    part,
    priority,
    snooze,
    trash,
    unread,
)
from conversations.views.why import why

__all__ = [
    "arrived",
    "filter_preview",
    "first_steps",
    "samples",
    "bulk_job",
    "gallery",
    "bulk_menus",
    "bulk_start",
    "bulk_undo",
    "list_choice",
    "saved_counts",
    "saved_delete",
    "saved_new",
    "saved_place",
    "saved_view",
    "saved_views",
    "choices",
    "follow",
    "label",
    "macro",
    "macro_delete",
    "macro_new",
    "macro_run",
    "macro_undo",
    "macros",
    "merge",
    "message_verbs",
    "move",
    "part",
    "priority",
    "redact",
    "redact_comment",
    "redact_file",
    "snooze",
    "split",
    "trash",
    "unread",
    "block",
    "contact",
    "past",
    "sidebar",
    "helpers",
    "snippet",
    "snippet_delete",
    "snippet_new",
    "snippet_used",
    "snippets",
    "again",
    "assignment",
    "comment",
    "compose",
    "compose_upload",
    "discard",
    "draft",
    "file",
    "first_view",
    "inbox",
    "keep",
    "open_conversation",
    "people",
    "read",
    "reply",
    "row",
    "send_now",
    "show",
    "spam",
    "status",
    "take_back",
    "thumb",
    "upload",
    "why",
]
