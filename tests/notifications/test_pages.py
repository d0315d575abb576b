"""The bell, its page, its settings: what is on them, and how many questions they ask."""

import json

import pytest
from django.utils import timezone

from conversations.actions import assign
from inboxes.models import Channel
from notifications.actions import choose
from notifications.models import Device, Mute, Notification, Preferences
from notifications.tasks import _managers, tell_of_trouble
from notifications.topics import Topic, Way
from notifications.wishes import wishes_for
from tests.factories import make_conversation

PAGE = "/w/acme/notifications/"
SETTINGS = "/w/acme/settings/notifications/"
DEFAULTS = "/w/acme/settings/notification-defaults/"


@pytest.fixture
def told(acme, ben, react):
    """Ben is told of so many conversations: `told(3)`."""

    def tell(many: int = 1) -> list[Notification]:
        with acme.scope():
            for number in range(many):
                make_conversation(acme, body=f"Number {number}", address=f"a{number}@pine.example")
            react()
            return list(Notification.objects.filter(member=ben).order_by("pk"))

    return tell


def test_the_bell_counts_what_is_not_read(told, ben, client_of):
    told(2)
    page = client_of(ben).get("/w/acme/inbox/open/").content.decode()
    assert "data-bell-count>2</span>" in page


def test_the_list_says_what_happened_and_leads_there(told, acme, ben, client_of):
    [row] = told()
    client = client_of(ben)
    page = client.get(PAGE).content.decode()
    assert "New conversation with James Whitfield" in page and "Number 0" in page
    answer = client.get(f"{PAGE}{row.pk}/")
    assert answer.url == f"/w/acme/conversations/{row.conversation_id}/#message-{row.message_id}"
    with acme.scope():
        assert Notification.objects.get(pk=row.pk).read_at


def test_what_is_told_to_others_is_not_there(told, acme, ada, ben, client_of):
    [row] = told()
    assert client_of(ada).get(f"{PAGE}{row.pk}/").status_code == 404


@pytest.mark.parametrize("url", [PAGE, f"{PAGE}recent/", f"{PAGE}news/", "/w/acme/inbox/open/"])
def test_a_page_asks_as_many_questions_whatever_its_length(
    told, ben, client_of, url, django_assert_max_num_queries
):
    client = client_of(ben)
    told(1)
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    told(9)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(url)


def test_news_for_open_pages(told, ben, client_of):
    [row] = told()
    news = json.loads(client_of(ben).get(f"{PAGE}news/").content)
    assert news["count"] == 1 and news["waiting"] == []
    assert news["items"][0]["id"] == row.pk and news["items"][0]["ways"] == ["bell"]


def test_a_chat_that_waits_rings_until_somebody_takes_it(acme, ben, a_chat, react, client_of):
    with acme.scope():
        chat = a_chat()
        react()
    client = client_of(ben)
    assert json.loads(client.get(f"{PAGE}news/").content)["waiting"] == [chat.pk]
    with acme.scope():
        assign(chat, to=ben, by=ben)
    assert json.loads(client.get(f"{PAGE}news/").content)["waiting"] == []


def test_all_are_read_at_once(told, ben, client_of):
    told(3)
    assert client_of(ben).post(f"{PAGE}read/").status_code == 302
    assert not Notification.unscoped.filter(member=ben, read_at=None).exists()


def test_opening_a_conversation_empties_the_bell(told, ben, client_of):
    [row] = told()
    client = client_of(ben)
    client.get(f"/w/acme/inbox/open/{row.conversation_id}/")
    assert json.loads(client.get(f"{PAGE}news/").content)["count"] == 0


def test_a_conversation_is_muted_and_heard_again(told, acme, ben, client_of):
    [row] = told()
    client, url = client_of(ben), f"/w/acme/conversations/{row.conversation_id}/mute/"
    client.post(url, {"on": "1"})
    with acme.scope():
        assert Mute.objects.filter(member=ben).exists()
    assert "Hear of it again" in client.get(PAGE).content.decode()
    client.post(url, {"on": "0"})
    with acme.scope():
        assert not Mute.objects.exists()


# ── Settings ──


def test_choices_are_kept_and_cleared(acme, ben, client_of):
    client = client_of(ben)
    assert client.get(SETTINGS).status_code == 200
    ways = [way for way in Way.values if way != "push"]
    form = {"cells": ["reply:email"], "switches": ways, "quiet_from": "22:00", "quiet_to": "07:00"}
    assert client.post(SETTINGS, form).status_code == 302
    with acme.scope():
        wishes = wishes_for(ben)
        assert wishes.ways(Topic.REPLY) == ["email"] and wishes.ways(Topic.MENTION) == []
        assert not wishes.switches["push"] and wishes.quiet
    assert "Clear all preferences" in client.get(SETTINGS).content.decode()
    client.post(f"{SETTINGS}clear/")
    with acme.scope():
        assert not Preferences.objects.exists()


def test_what_no_page_offers_is_refused(ben, client_of):
    assert client_of(ben).post(SETTINGS, {"cells": ["reply:fax"]}).status_code == 422


def test_admins_set_what_holds_for_others(acme, ada, ben, client_of):
    """NO-3."""
    client = client_of(ada)
    assert client.post(DEFAULTS, {"cells": ["reply:email"], "switches": Way.values}).status_code == 302
    with acme.scope():
        assert wishes_for(ben).ways(Topic.REPLY) == ["email"]
        choose(ben, matrix={"reply": {"email": False}}, switches={})
        assert wishes_for(ben).ways(Topic.REPLY) == []
    assert client_of(ben).get(DEFAULTS).status_code == 404
    assert "Mails today" in client.get(DEFAULTS).content.decode()


def test_a_browser_that_is_none_is_refused_with_a_reason(ben, client_of):
    answer = client_of(ben).post(
        f"{SETTINGS}devices/", {"endpoint": "https://127.0.0.1/x", "p256dh": "x", "auth": "y"}
    )
    assert answer.status_code == 422 and b"cannot be reached" in answer.content


def test_a_device_is_removed_by_its_owner_alone(acme, ada, ben, client_of):
    with acme.scope():
        device = Device.objects.create(member=ben, endpoint="https://push.example/x", session_key="x")
    url = f"{SETTINGS}devices/{device.pk}/removal/"
    assert client_of(ada).post(url).status_code == 404
    assert client_of(ben).post(url).status_code == 302
    assert not Device.unscoped.exists()


# ── A channel in trouble ──


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_admins_are_told_once_that_a_channel_stopped(acme, ada, ben):
    with acme.scope():
        Channel.objects.filter(pk=acme.email.pk).update(needs_attention_since=timezone.now())
        assert [member.pk for member in _managers(acme.workspace.pk)] == [ada.pk]
    assert tell_of_trouble() == tell_of_trouble() == 1
    with acme.scope():
        row = Notification.objects.get()
    assert (row.member_id, row.topic, row.channel_id) == (ada.pk, "attention", acme.email.pk)
