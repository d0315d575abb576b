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

__all__ = [
    "UNSEEN_MINUTES",
    "Channel",
    "Inbox",
    "InboxAccess",
    "MailFilters",
    "PublicAddress",
    "SenderList",
    "SenderRule",
    "public_key",
    "sees_only_own",
]
