"""Connecting a page, by token and by Facebook; giving it up; and from the first word to the answer that was read."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.models import MessengerPage
from channels_app.tasks import fetch_what_was_sent, understand_mail
from contacts.models import ContactAddress
from conversations.models import Conversation, Message
from events import tasks
from events.models import Event
from events.types import CHANNEL_CONNECTED, MESSENGER_REFERRED
from inboxes.models import Channel
from tests.channels_app.messenger.posts import PERSON
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
NEW = "104857600"


@pytest.fixture
def lumen(meta):
    """Another page, which nobody has connected."""
    page = meta.world.add_page(NEW, "Atelier Lumen", "lumen-token")
    page.subscribed = False
    return page


def channel_of(house, identifier=NEW) -> Channel:
    with house.scope():
        return Channel.objects.get(kind="messenger", identifier=identifier)


def noted(house) -> list[str]:
    """T034: what the log says of the page, and never a token of it."""
    with house.scope():
        lines = AuditEntry.objects.filter(target_id=str(channel_of(house).pk)).order_by("number")
        assert "lumen-token" not in str([(line.before, line.after) for line in lines])
        return [line.action for line in lines if line.action.startswith("channel.")]


def test_by_a_token(acme, ada, meta, lumen, client_of):
    client, where = client_of(ada), f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/"
    assert "Continue with Facebook" in client.get(where).content.decode()
    wrong = client.post(where, {"token": "no such token"})
    assert (wrong.status_code, "Connect it again" in wrong.content.decode()) == (422, True)
    page = client.post(where, {"token": "lumen-token"}, follow=True).content.decode()
    assert "Connected. Messages that come from now on arrive here." in page
    assert f"https://m.me/{NEW}" in page
    assert "primary receiver" in page
    assert lumen.subscribed
    with acme.scope():
        kept = MessengerPage.objects.get(channel=channel_of(acme))
        assert "lumen-token" not in kept.secret
        told = Event.objects.get(type=CHANNEL_CONNECTED)
        assert told.payload == {"channel": kept.channel_id, "kind": "messenger", "way": "oauth"}
    assert client.post(where, {"token": "lumen-token"}).status_code == 422, "it is connected already"


def test_an_app_of_ones_own_gets_a_door_of_its_own(acme, ada, meta, lumen, client_of):
    client, where = client_of(ada), f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/"
    assert client.post(where, {"token": "lumen-token", "app_id": "42"}).status_code == 422
    told = {"token": "lumen-token", "app_id": "42", "app_secret": "own"}
    page = client.post(where, told, follow=True).content.decode()
    with acme.scope():
        kept = MessengerPage.objects.get(channel=channel_of(acme))
    assert f"/live/messenger/{kept.hook_key}/" in page
    assert kept.verify_token in page
    asked = {"hub.mode": "subscribe", "hub.verify_token": kept.verify_token, "hub.challenge": "7"}
    assert client.get(f"/live/messenger/{kept.hook_key}/", asked).content == b"7"


def test_by_facebook(acme, ada, meta, lumen, settings, client_of):
    settings.MESSENGER_DIALOG = f"{meta.address}/dialog/oauth"
    client, where = client_of(ada), f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/"
    sent = client.get(f"{where}consent/")
    asked = parse_qs(urlsplit(sent["Location"]).query)
    assert asked["client_id"] == ["simulator"]
    assert client.get("/messenger/consent/", {"code": "c", "state": "guessed"}).status_code == 404
    sent = client.get(f"{where}consent/")
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    choice = client.get("/messenger/consent/", {"code": "c", "state": state}, follow=True)
    assert "Atelier Lumen" in choice.content.decode()
    assert "lumen-token" not in str(dict(client.session))
    client.post(f"{where}pages/", {"page": NEW})
    assert channel_of(acme).name == "Atelier Lumen"
    assert client.get("/messenger/consent/", {"code": "c", "state": state}).status_code == 404, "once"


def test_a_page_belongs_to_one_workspace(acme, globex, ada, cleo, meta, lumen, client_of):
    client_of(ada).post(f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/", {"token": "lumen-token"})
    where = f"/w/globex/settings/inboxes/{globex.inbox.pk}/messenger/"
    refused = client_of(cleo).post(where, {"token": "lumen-token"})
    assert refused.status_code == 422
    assert "connected already" in refused.content.decode()


def test_agents_do_not_connect(acme, ben, meta, client_of):
    assert client_of(ben).get(f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/").status_code in (
        403,
        404,
    )


def test_giving_it_up_and_taking_it_back(acme, ada, ben, meta, lumen, client_of):
    """CH-2: what was said stays; the same page goes on with its threads; its keys are gone meanwhile."""
    client, where = client_of(ada), f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/"
    client.post(where, {"token": "lumen-token"})
    channel = channel_of(acme)
    client.post(f"/w/acme/settings/channels/{channel.pk}/disconnection/")
    assert not lumen.subscribed
    with acme.scope():
        assert MessengerPage.objects.get(channel=channel).secret == ""
        assert not Channel.objects.get(pk=channel.pk).is_active()
    again = client.post(f"/w/acme/settings/channels/{channel.pk}/reconnection/")
    assert again["Location"].endswith("/messenger/")
    client.post(where, {"token": "lumen-token"})
    assert channel_of(acme).pk == channel.pk
    assert channel_of(acme).is_active()
    assert noted(acme) == ["channel.connected", "channel.disconnected", "channel.reconnected"]


def test_a_new_token_is_for_the_same_page(acme, ada, meta, lumen, client_of):
    client = client_of(ada)
    client.post(f"/w/acme/settings/inboxes/{acme.inbox.pk}/messenger/", {"token": "lumen-token"})
    channel = channel_of(acme)
    with acme.scope():
        Channel.objects.filter(pk=channel.pk).update(needs_attention_since=timezone.now())
    where = f"/w/acme/settings/messenger/{channel.pk}/"
    assert "does not let us into this page" in client.get(where).content.decode()
    other = client.post(f"{where}token/", {"token": "page-token"})
    assert (other.status_code, "another page" in other.content.decode()) == (422, True)
    lumen.token = "renewed"
    client.post(f"{where}token/", {"token": "renewed"})
    assert channel_of(acme).needs_attention_since is None
    assert noted(acme) == ["channel.connected", "channel.reconnected"]


def test_from_the_first_word_to_the_answer_that_was_read(acme, ben, knocks, client_of):
    """The whole way, by posts that the simulator signs, repeats and mixes up."""
    customer = knocks.customer("acme-messenger", "555001", "Noor Haddad")
    knocks.world.faults.update({"duplicate": 1})
    customer.start(ref="spring-flow")
    customer.say("Do you ship to Belgium?")
    settle(acme, knocks)
    with acme.scope():
        conversation = Conversation.objects.get()
        assert conversation.contact_name == "Noor Haddad"
        first = conversation.messages.order_by("seq").first()
        assert first.extra["messenger"]["ref"] == "spring-flow"
        assert first.extra["messenger"]["postback"]
    words = {"body": "We do.", "client_id": "11111111-1111-4111-8111-111111111111"}
    client_of(ben).post(f"/w/acme/conversations/{conversation.pk}/replies/", words)
    settle(acme, knocks)
    assert [one["text"] for one in customer.person.said if one["by"] == "page"] == ["We do."]
    customer.read()
    customer.react(customer.person.said[-1]["mid"], "👍")
    settle(acme, knocks)
    with acme.scope():
        answer = Message.objects.get(direction="out")
        assert answer.delivery == "read"
        assert answer.extra["messenger"]["reactions"]["555001"]["sign"] == "👍"
        assert conversation.messages.count() == 3
        assert ContactAddress.objects.get(kind="messenger").value == "555001"
    thread = client_of(ben).get(f"/w/acme/conversations/{conversation.pk}/", follow=True).content.decode()
    assert "👍" in thread
    assert "Seen" in thread


def test_a_link_that_somebody_opens_again_is_told(acme, knocks):
    """FM-3: for chatflows, which this room does not know."""
    customer = knocks.customer("acme-messenger", PERSON)
    customer.say("Hello")
    knocks.hooks.tell(customer.page, customer.person, referral={"ref": "summer", "source": "SHORTLINK"})
    settle(acme, knocks)
    with acme.scope():
        assert Event.objects.get(type=MESSENGER_REFERRED).payload == {"ref": "summer", "source": "SHORTLINK"}


def settle(house, simulator) -> None:
    for _round in range(3):
        simulator.hooks.wait()
        understand_mail()
        tasks.run_reactions()
    fetch_what_was_sent()


def test_the_door_takes_only_what_meta_does():
    assert Client().put("/live/messenger/").status_code == 405
