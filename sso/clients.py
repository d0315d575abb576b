"""The provider of a workspace as the protocol needs it; read in a short scope, before anything goes over the network."""

from django.urls import reverse

from sso.models import Provider
from sso.protocol import Client
from workspaces.mail import on_site
from workspaces.models import Workspace
from workspaces.scope import workspace_scope
from workspaces.sealed import Unreadable


def client_of(workspace: Workspace) -> Client | None:
    """None: it is off, or its secret was sealed under a key that is gone."""
    if not workspace.sso_domains:
        return None
    with workspace_scope(workspace):
        provider = Provider.objects.first()
    if provider is None:
        return None
    try:
        secret = provider.secret
    except Unreadable:
        return None
    return Client(provider.issuer, provider.client_id, secret, redirect_uri(workspace.slug))


def redirect_uri(slug: str) -> str:
    """One for each workspace, so that the answer of one provider is never taken for that of another."""
    return on_site(reverse("sso:answer", args=[slug]))
