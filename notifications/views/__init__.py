"""The public face of the views."""

from notifications.views.outside import stop, worker
from notifications.views.pages import (
    all_read,
    conversation_read,
    go,
    index,
    mute,
    mute_choice,
    news,
    recent,
)
from notifications.views.settings import (
    add_device,
    clear,
    clear_defaults,
    defaults,
    preferences,
    remove_device,
)

__all__ = [
    "add_device",
    "all_read",
    "clear",
    "clear_defaults",
    "conversation_read",
    "defaults",
    "go",
    "index",
    "mute",
    "mute_choice",
    "news",
    "preferences",
    "recent",
    "remove_device",
    "stop",
    "worker",
]
