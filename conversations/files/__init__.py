"""Files in a conversation: looked at before they are kept, kept under a random key, claimed by one message.

An uploaded file first waits, owned by whoever sent it; a message then claims it in its own transaction. What nobody
claimed within a day is swept, bytes and all.
"""

from conversations.files.inspect import Checked, Limits, inspect
from conversations.files.keep import (
    attach,
    discard,
    forget_bytes,
    keep,
    open_bytes,
    preview_of,
    store,
    take,
    used_by_visitor,
    write,
)
from conversations.files.kinds import INLINE
from conversations.files.names import clean_name
from conversations.files.refusal import FileRefused
from conversations.files.serve import serve

MB = 1024 * 1024
VISITOR = Limits(size=10 * MB, only_known=True)
MEMBER = Limits(size=20 * MB, only_known=False)
VISITOR_TOTAL = 50 * MB  # of one conversation
MOST_FILES = 10  # on one message

__all__ = [
    "INLINE",
    "MEMBER",
    "MOST_FILES",
    "VISITOR",
    "VISITOR_TOTAL",
    "Checked",
    "FileRefused",
    "Limits",
    "attach",
    "clean_name",
    "discard",
    "forget_bytes",
    "inspect",
    "keep",
    "open_bytes",
    "preview_of",
    "serve",
    "store",
    "take",
    "used_by_visitor",
    "write",
]
