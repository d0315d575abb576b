"""Whom a member may see: everybody of the workspace, unless a room above narrows it (AC-6)."""

from collections.abc import Callable

from django.db import models
from django.db.models import Q

from contacts.models import Contact
from workspaces.models import Member

# What the rooms above add: (member) -> whom this member sees, or None for everybody.
_narrowing: list[Callable[[Member], Q | None]] = []


def narrow(choose: Callable[[Member], Q | None]) -> None:
    _narrowing.append(choose)


def sees_everybody(member: Member) -> bool:
    return all(choose(member) is None for choose in _narrowing)


def visible_to(member: Member) -> models.QuerySet[Contact]:
    """The contacts a member may read and, with the right to work, change. Loading through this *is* the check."""
    rows = Contact.objects.all()
    for choose in _narrowing:
        which = choose(member)
        if which is not None:
            rows = rows.filter(which | Q(owner=member))
    return rows
