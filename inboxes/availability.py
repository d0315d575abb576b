"""Available or Away: one status for the whole workspace (AV-1)."""

from django.db import transaction
from django.utils import timezone

from events.record import record
from events.types import MEMBER_AVAILABILITY_CHANGED
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.refusals import NotAllowed


@transaction.atomic
def set_availability(member: Member, *, availability: str, by: Member) -> Member:
    """Change a member's status: their own, or anybody's with the right to (AC-4). The same twice records once."""
    if by.pk != member.pk and not by.may(Permission.MANAGE_AVAILABILITY):
        raise NotAllowed
    member = (
        Member.objects.select_for_update(of=["self"]).select_related("user", "workspace").get(pk=member.pk)
    )
    if member.availability == availability:
        return member
    member.availability, member.availability_changed_at = availability, timezone.now()
    member.save(update_fields=["availability", "availability_changed_at"])
    record(MEMBER_AVAILABILITY_CHANGED, by=by, member=member.pk, availability=availability)
    return member
