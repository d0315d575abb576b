"""Pages of inboxes and channels: the first set-up, and their settings."""

from inboxes.views.availability import availability, away_rules, people, person
from inboxes.views.channels import channel, channel_activity, connect
from inboxes.views.filters import add_senders, filter_switches, filters, remove_sender
from inboxes.views.inboxes import access, create, inbox, inboxes
from inboxes.views.welcome import setup_channel, setup_snippet, welcome

__all__ = [
    "access",
    "add_senders",
    "availability",
    "away_rules",
    "channel",
    "channel_activity",
    "connect",
    "create",
    "filter_switches",
    "filters",
    "inbox",
    "inboxes",
    "people",
    "person",
    "remove_sender",
    "setup_channel",
    "setup_snippet",
    "welcome",
]
