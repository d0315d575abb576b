"""The cast is made quickly, by plain rows. They are the rows that the product's own verbs write."""

from django.db.models import Model

from inboxes.actions import connect_channel, create_inbox
from inboxes.models import Channel, Inbox, PublicAddress
from tests.factories import KINDS, make_house
from workspaces.audit import broken_links
from workspaces.models import Workspace
from workspaces.models.audit import AuditEntry
from workspaces.scope import workspace_scope

# What differs between any two houses: numbers, moments, chance.
ITS_OWN = {
    "id",
    "workspace",
    "workspace_id",
    "inbox",
    "channel",
    "target_id",
    "created_at",
    "at",
    "previous",
    "seal",
}
TABLES = (Inbox, Channel, AuditEntry)


def test_the_house_of_the_tests_is_the_one_that_verbs_make(db):
    quick = make_house("acme").workspace
    usual = Workspace.objects.create(name="Usual", slug="usual")
    with workspace_scope(usual):
        inbox = create_inbox(name="Support")
        for kind, name in KINDS:
            connect_channel(inbox, kind=kind, name=name, identifier=f"usual-{kind}")
        connect_channel(inbox, kind="email", name="Support", identifier="support@usual.example")
    assert rows_of(quick, "acme") == rows_of(usual, "usual")


def rows_of(workspace: Workspace, slug: str) -> dict[str, list[dict]]:
    """What is written for a workspace, with everything that is its own taken out."""
    with workspace_scope(workspace):
        assert list(broken_links()) == []
        rows = {
            model.__name__: [plain(row, slug) for row in model.objects.order_by("pk")] for model in TABLES
        }
        of_channels = {channel.pk: plain(channel, slug) for channel in Channel.objects.all()}
    addresses = PublicAddress.objects.filter(workspace_id=workspace.pk).order_by("pk")
    told = [plain(address, slug) | {"of": of_channels[address.channel_id]} for address in addresses]
    return rows | {"PublicAddress": told}


def plain(row: Model, slug: str) -> dict:
    found = {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in ITS_OWN
    }
    is_fallback = getattr(row, "config", {}).get("fallback") or getattr(row, "kind", "") == "mail"
    return {
        name: "by chance" if is_fallback and name in ("identifier", "value") else said(value, slug)
        for name, value in found.items()
    }


def said(value, slug: str):
    return value.replace(slug, "slug") if isinstance(value, str) else value
