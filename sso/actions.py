"""Changing how a workspace's people sign in."""

from django.db import transaction
from django.utils import timezone

from sso.models import Provider
from workspaces.audit import note
from workspaces.models import Member, Workspace
from workspaces.permissions import Permission
from workspaces.refusals import NotAllowed


@transaction.atomic
def set_provider(workspace: Workspace, values: dict, *, by: Member) -> Provider:
    """Keep what was agreed with the provider. `values`: the form's; an empty secret keeps the one that is there."""
    if not by.may(Permission.MANAGE_WORKSPACE):
        raise NotAllowed
    provider = Provider.objects.select_for_update().first() or Provider(workspace_id=workspace.pk)
    before = values_of(workspace, provider if provider.pk else None)
    # A secret goes to the server it was typed for and to no other one, else whoever edits this page could read it.
    if provider.issuer != values["issuer"]:
        provider.sealed_secret = ""
    for name in ("issuer", "client_id", "newcomer_role", "domains"):
        setattr(provider, name, values[name])
    if values["secret"]:
        provider.secret = values["secret"]
    provider.changed_at = timezone.now()
    provider.save()
    workspace.sso_domains = values["domains"] if values["on"] else []
    was = workspace.sso_required_at
    workspace.sso_required_at = (was or timezone.now()) if values["on"] and values["required"] else None
    workspace.save(update_fields=["sso_domains", "sso_required_at"])
    after = values_of(workspace, provider)
    note("sso.changed", provider, before | {"secret": ""}, after | {"secret": values["secret"]}, member=by)
    return provider


def values_of(workspace: Workspace, provider: Provider | None) -> dict:
    """What is stored, as the form and the log say it."""
    return {
        "on": bool(workspace.sso_domains),
        "issuer": provider.issuer if provider else "",
        "client_id": provider.client_id if provider else "",
        "domains": "\n".join(provider.domains) if provider else "",
        "newcomer_role": provider.newcomer_role if provider else "",
        "required": workspace.sso_required_at is not None,
    }
