"""Pages of inboxes and channels: the first set-up, and their settings."""

from inboxes.views.availability import availability, away_rules, people, person
from inboxes.views.channels import channel, channel_activity, move_channel
from inboxes.views.filters import add_senders, filter_switches, filters, remove_sender
from inboxes.views.hours import (
    absences,
    channel_hours,
    hours,
    member_hours,
    no_absence,
    no_hours,
    no_member_hours,
    opening,
    own_hours,
)
from inboxes.views.inboxes import access, connect, create, delete, inbox, inboxes
from inboxes.views.routing import routing, routing_now, taker
from inboxes.views.welcome import (
    hide_checklist,
    mail_snippet,
    setup,
    setup_channel,
    setup_mail,
    setup_snippet,
    setup_test,
    welcome,
)

__all__ = [
    "absences",
    "access",
    "add_senders",
    "availability",
    "away_rules",
    "channel",
    "channel_activity",
    "channel_hours",
    "connect",
    "create",
    "delete",
    "filter_switches",
    "filters",
    "hide_checklist",
    "hours",
    "inbox",
    "inboxes",
    "mail_snippet",
    "member_hours",
    "move_channel",
    "no_absence",
    "no_hours",
    "no_member_hours",
    "opening",
    "own_hours",
    "people",
    "person",
    "remove_sender",
    "routing",
    "routing_now",
    "taker",
    "setup",
    "setup_channel",
    "setup_mail",
    "setup_snippet",
    "setup_test",
    "welcome",
]
