"""Pages of inboxes and channels: the first set-up, and their settings."""

from inboxes.views.availability import availability
from inboxes.views.channels import channel, channel_activity, connect
from inboxes.views.inboxes import access, create, inbox, inboxes
from inboxes.views.welcome import setup_channel, setup_snippet, welcome

__all__ = [
    "access",
    "availability",
    "channel",
    "channel_activity",
    "connect",
    "create",
    "inbox",
    "inboxes",
    "setup_channel",
    "setup_snippet",
    "welcome",
]
