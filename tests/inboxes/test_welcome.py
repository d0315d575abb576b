"""The first set-up: from a name to a snippet."""

import pytest
from django.core import mail as outbox
from django.test import Client

from channels_app.reactions import deliver
from contacts.models import Contact
from conversations.actions import send_reply
from conversations.models import Conversation, Message
from conversations.receive import Inbound, receive
from conversations.sample import add_samples
from events.models import Event, ReactionDue
from inboxes.actions import found_workspace
from inboxes.addresses import fallback_of
from inboxes.models import Channel, Inbox, PublicAddress
from inboxes.origins import sites_of
from notifications.models import Notification
from tests.factories import make_conversation, make_user
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
    assert first["Location"] == "/w/atelier-lumen/welcome/"
    chosen = client.post(first["Location"], {"kind": "chat"})
    second = client.post(chosen["Location"], {"name": "Live chat", "sites": "lumen.example"})
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


def test_the_way_of_mail_shows_the_address_and_waits_for_a_letter(acme, ada, client_of):
    client = client_of(ada)
    chosen = client.post("/w/acme/welcome/", {"kind": "email"})
    page = client.get(chosen["Location"]).content.decode()
    with acme.scope():
        own = fallback_of(acme.inbox)
    assert own.identifier in page
    waits = f"/w/acme/welcome/{own.pk}/arrived/"
    assert waits in page
    assert "data-arrived" not in client.get(waits).content.decode()
    with acme.scope():
        receive(Inbound(channel=own, body="A test", address="ada@home.example", is_mail=True))
    assert "data-arrived" in client.get(waits).content.decode()


def test_the_snippet_goes_to_a_developer_by_mail(acme, ada, client_of, django_capture_on_commit_callbacks):
    client, way = client_of(ada), f"/w/acme/welcome/{acme.chat.pk}/developer/"
    assert client.post(way, {"address": "nobody"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(way, {"address": "dev@agency.example"}).status_code == 302
    [letter] = outbox.outbox
    assert letter.to == ["dev@agency.example"]
    assert f'data-key="{acme.chat.identifier}"' in letter.body


def test_the_test_page_shows_the_chat_and_what_arrived(acme, ada, client_of):
    page = client_of(ada).get(f"/w/acme/welcome/{acme.chat.pk}/test/").content.decode()
    assert "preview__panel" in page and f"/w/acme/welcome/{acme.chat.pk}/arrived/" in page


# ── The checklist, and samples ──


def test_steps_are_read_from_what_is_there(acme, ada, ben, client_of):
    client = client_of(ada)
    steps = "/w/acme/welcome/steps/"
    assert steps in client.get("/w/acme/inbox/unassigned/").content.decode()
    assert steps not in client_of(ben).get("/w/acme/inbox/unassigned/").content.decode()
    before = client.get(steps).content.decode()
    assert before.count("step--done") == 3 and before.count("step--now") == 1
    with acme.scope():
        make_conversation(acme)
    assert "All is set up" in client.get(steps).content.decode()
    assert client.get(steps, headers={"HX-Request": "true"}).content == b"", (
        "nothing stands in the inbox any more"
    )
    assert steps not in client.get("/w/acme/inbox/unassigned/").content.decode()


def test_the_steps_are_put_away_for_everybody_and_brought_back(acme, ada, client_of):
    client = client_of(ada)
    client.post("/w/acme/welcome/done/")
    assert "/welcome/steps/" not in client.get("/w/acme/inbox/unassigned/").content.decode()
    client.post("/w/acme/welcome/done/", {"again": "yes"})
    assert "/welcome/steps/" in client.get("/w/acme/inbox/unassigned/").content.decode()


def test_samples_come_once_tell_nobody_and_go_with_one_click(acme, ada, ben, client_of):
    client = client_of(ada)
    with acme.scope():
        real = make_conversation(acme)
        told = ReactionDue.objects.count()
    for _twice in range(2):
        client.post("/w/acme/welcome/samples/")
    with acme.scope():
        assert Conversation.objects.filter(detail__is_sample=True).open().count() == 5
        assert not Notification.objects.exists()
        assert not ReactionDue.objects.filter(event__type="message.received")[told:].exists()
    page = client_of(ben).get("/w/acme/inbox/open/").content.decode()
    assert "Maya Olsen" in page and "Sample" in page
    client.post("/w/acme/welcome/samples/", {"remove": "yes"})
    with acme.scope():
        assert list(Conversation.objects.values_list("pk", flat=True)) == [real.pk]
        assert not Contact.objects.filter(email__endswith="@sample.example").exists()


def test_what_is_written_in_a_sample_leaves_nobody(acme, ada):
    with acme.scope():
        add_samples(acme.inbox, by=ada)
        sample = Conversation.objects.get(contact_name="Maya Olsen")
        appended = send_reply(sample, body="On its way.", by=ada)
        event = Event.objects.filter(type="message.sent").latest("pk")
    deliver(event)
    assert outbox.outbox == []
    with acme.scope():
        assert Message.objects.get(pk=appended.message_id).delivery == "sent"
