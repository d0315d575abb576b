"""The first set-up: from a name to a snippet."""

import pytest
from django.test import Client

from chatflows.widget.config import sites_of
from inboxes.actions import found_workspace
from inboxes.models import Channel, Inbox, PublicAddress
from tests.factories import make_user
from workspaces.models import Member, User, Workspace
from workspaces.scope import workspace_scope


@pytest.fixture
def zoe(db):
    return make_user("zoe@x.example", "Zoe Marsh")


@pytest.fixture
def client(zoe):
    client = Client()
    client.force_login(zoe)
    return client


def test_a_workspace_can_be_used_from_birth(zoe):
    """IN-1."""
    owner = found_workspace(
        "Atelier Lumen", zoe, language="fr", time_zone="Europe/Paris", inbox_name="Boutique"
    )
    with workspace_scope(owner.workspace):
        inbox, channel = Inbox.objects.get(), Channel.objects.get(kind="chat")
    assert (inbox.name, inbox.language, inbox.open_to_everyone) == ("Boutique", "fr", True)
    assert (channel.kind, channel.inbox_id, sites_of(channel)) == ("chat", inbox.pk, [])
    assert PublicAddress.objects.get(value=channel.identifier).workspace == owner.workspace


def test_three_steps(client, zoe):
    first = client.post(
        "/welcome/", {"name": "Atelier Lumen", "inbox_name": "Support", "time_zone": "Europe/Paris"}
    )
    assert first["Location"].startswith("/w/atelier-lumen/welcome/")
    second = client.post(first["Location"], {"name": "Live chat", "sites": "lumen.example"})
    snippet = client.get(second["Location"]).content.decode()
    with workspace_scope(Workspace.objects.get()):
        channel = Channel.objects.get(kind="chat")
    assert f"data-key=&quot;{channel.identifier}&quot;" in snippet
    assert channel.config["sites"] == ["https://lumen.example"]
    assert User.objects.get(pk=zoe.pk).time_zone == "Europe/Paris"
    assert client.get("/")["Location"] == "/w/atelier-lumen/inbox/unassigned/"


def test_mistakes_keep_what_was_typed(client):
    answer = client.post("/welcome/", {"name": "Atelier Lumen", "inbox_name": ""})
    assert answer.status_code == 422 and 'value="Atelier Lumen"' in answer.content.decode()
    assert not Workspace.objects.exists()


def test_a_time_zone_nobody_knows_is_left_out(client):
    client.post("/welcome/", {"name": "A", "inbox_name": "B", "time_zone": "../../etc/passwd"})
    assert Workspace.objects.get().time_zone == "UTC"


def test_a_second_workspace_leaves_the_first_alone(ada, client_of):
    client = client_of(ada)
    assert client.get("/workspaces/new/")["Location"] == "/welcome/"
    client.post("/welcome/", {"name": "Other", "inbox_name": "Support"})
    assert Member.objects.filter(user=ada.user, role="owner").count() == 2
    assert client.get("/")["Location"].startswith("/w/other/")


def test_strangers_are_asked_to_sign_in(db):
    assert Client().get("/welcome/")["Location"] == "/account/login/?next=/welcome/"
