"""How people of a workspace must sign in."""

from django.db import transaction
from django.utils import timezone

from workspaces.access import signs_in_in_two_steps
from workspaces.audit import note
from workspaces.models import Member, Workspace
from workspaces.permissions import Permission
from workspaces.refusals import NotAllowed, TwoStepsFirst


@transaction.atomic
def require_two_steps(workspace: Workspace, required: bool, *, by: Member) -> None:
    """From the next page on, nothing here opens for who signs in with a password alone. Inside the workspace's scope."""
    if not by.may(Permission.MANAGE_WORKSPACE):
        raise NotAllowed
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    before = row.two_step_required_at is not None
    if before == required:
        return
    if required and not signs_in_in_two_steps(by.user):
        raise TwoStepsFirst
    row.two_step_required_at = timezone.now() if required else None
    row.save(update_fields=["two_step_required_at"])
    note("workspace.changed", row, {"two-step sign-in": before}, {"two-step sign-in": required}, member=by)
