"""Inboxes, their channels, and what keeps their mail tidy."""

from inboxes.models.channels import (
    UNSEEN_MINUTES,
    Channel,
    Inbox,
    InboxAccess,
    PublicAddress,
    public_key,
    sees_only_own,
)
from inboxes.models.filters import MailFilters, SenderList, SenderRule
from inboxes.models.hours import Absence, OpeningHours
from inboxes.models.relocation import Relocation
from inboxes.models.routing import (
    OwnerFallback,
    RoutingMode,
    RoutingRule,
    RoutingTarget,
    RoutingTurn,
    Strategy,
)

__all__ = [
    "UNSEEN_MINUTES",
    "Absence",
    "Channel",
    "Inbox",
    "InboxAccess",
    "MailFilters",
    "OpeningHours",
    "OwnerFallback",
    "PublicAddress",
    "Relocation",
    "RoutingMode",
    "RoutingRule",
    "RoutingTarget",
    "RoutingTurn",
    "SenderList",
    "SenderRule",
    "Strategy",
    "public_key",
    "sees_only_own",
]
