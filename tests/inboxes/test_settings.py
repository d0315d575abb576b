"""Settings of inboxes and channels, as an owner uses them."""

import re

import pytest

from inboxes import actions
from inboxes.models import Channel, Inbox
from inboxes.queries import people_in, snippet_of
from workspaces.actions import add_to_team, create_team
from workspaces.models import Member
from workspaces.refusals import NameTaken

INBOXES = "/w/acme/settings/inboxes/"


@pytest.fixture
def client(ada, client_of):
    return client_of(ada)


def version(member: Member) -> int:
    return Member.objects.get(pk=member.pk).access_version


# ── Names ──


def test_inbox_names_are_used_once_whatever_the_case(in_acme):
    """IN-6."""
    with pytest.raises(NameTaken):
        actions.create_inbox(name="SUPPORT")
    other = actions.create_inbox(name="Sales")
    with pytest.raises(NameTaken):
        actions.rename_inbox(other, name="support")


def test_creating_and_renaming(acme, client):
    made = client.post(f"{INBOXES}new/", {"name": "Sales"})
    assert made.status_code == 302
    client.post(made["Location"], {"name": "Sales, Lyon"})
    assert "Sales, Lyon" in client.get(INBOXES).content.decode()


def test_name_that_is_taken_stays_in_the_field(client):
    answer = client.post(f"{INBOXES}new/", {"name": "support"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="support"' in page and 'aria-invalid="true"' in page and "name is taken" in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_names_have_a_length(client, name):
    assert client.post(f"{INBOXES}new/", {"name": name}).status_code == 422


# ── Access (AC-1) ──


def test_named_people_and_teams_come_in_and_the_rest_stay_out(acme, client, ada, ben):
    before = version(ben)
    with acme.scope():
        team = create_team("Lyon desk")
        add_to_team(team, ben)
        assert Inbox.objects.worked_by(ben).exists()
    address = f"{INBOXES}{acme.inbox.pk}/access/"
    client.post(address, {"who": "named", "members": [ada.pk]})
    with acme.scope():
        assert not Inbox.objects.worked_by(ben).exists()
        assert [member.pk for member in people_in(Inbox.objects.get())] == [ada.pk]
    client.post(address, {"who": "named", "members": [ada.pk], "teams": [team.pk]})
    with acme.scope():
        assert Inbox.objects.worked_by(ben).exists()
    client.post(address, {"who": "everyone", "members": [ada.pk]})
    with acme.scope():
        inbox = Inbox.objects.get()
        assert inbox.open_to_everyone and not inbox.access.exists()
    # Joining the team, and three changes of the inbox: open pages look again each time (T062).
    assert version(ben) == before + 4


def test_an_inbox_for_nobody_is_a_mistake(acme, client):
    answer = client.post(f"{INBOXES}{acme.inbox.pk}/access/", {"who": "named"})
    assert answer.status_code == 422 and "at least one" in answer.content.decode()
    with acme.scope():
        assert Inbox.objects.get().open_to_everyone


def test_people_of_other_workspaces_cannot_be_let_in(acme, client, cleo):
    answer = client.post(f"{INBOXES}{acme.inbox.pk}/access/", {"who": "named", "members": [cleo.pk]})
    assert answer.status_code == 422


# ── Channels ──


def test_chat_settings_are_saved_and_others_kept(acme, client):
    with acme.scope():
        actions.change_channel(acme.chat, name="Website", config={"accent": "#123456"})
    address = f"/w/acme/settings/channels/{acme.chat.pk}/"
    typed = {
        "name": "Shop",
        "title": "Acme",
        "greeting": "Hello!",
        "sites": "shop.example\nhttps://www.shop.example/x",
    }
    assert client.post(address, typed).status_code == 302
    with acme.scope():
        saved = Channel.objects.get(pk=acme.chat.pk)
    assert saved.name == "Shop"
    assert saved.config == {
        "accent": "#123456",
        "name": "Acme",
        "greeting": "Hello!",
        "sites": ["https://shop.example", "https://www.shop.example"],
        "typing_preview": False,
        "attachments": False,
        "continue_by_mail": 0,
        "auto_close_minutes": 0,
        "transcript": {"visitor": False, "internal": []},
    }
    page = client.get(address).content.decode()
    assert "https://shop.example\nhttps://www.shop.example" in page


def test_a_chat_says_whether_typing_is_shown_and_files_are_taken(acme, client):
    """CT-16: off and on; a chat that was never set takes files and shows no typing."""
    address = f"/w/acme/settings/channels/{acme.chat.pk}/"
    page = client.get(address).content.decode()
    ticked = {name for name in ("typing_preview", "attachments") if _is_ticked(page, name)}
    assert ticked == {"attachments"}
    client.post(address, {"name": "Shop", "sites": "", "typing_preview": "on"})
    with acme.scope():
        channel = Channel.objects.get(pk=acme.chat.pk)
    assert (channel.config["typing_preview"], channel.config["attachments"]) == (True, False)
    page = client.get(address).content.decode()
    assert _is_ticked(page, "typing_preview")
    assert not _is_ticked(page, "attachments")


def test_the_set_up_of_a_chat_leaves_the_rest_as_it_is(acme, client):
    """It asks for three things: files, mail and transcripts stay what they are by themselves."""
    client.post(f"/w/acme/welcome/{acme.chat.pk}/", {"name": "Shop", "title": "Acme", "sites": ""})
    with acme.scope():
        channel = Channel.objects.get(pk=acme.chat.pk)
    assert channel.config["name"] == "Acme"
    assert "attachments" not in channel.config and channel.minutes_unseen() == 2


def test_what_a_chat_sends_by_mail(acme, client):
    """CT-14, CT-15: on after two minutes and without transcripts, until somebody says otherwise."""
    address = f"/w/acme/settings/channels/{acme.chat.pk}/"
    page = client.get(address).content.decode()
    assert _is_ticked(page, "by_mail") and not _is_ticked(page, "transcript")
    assert 'value="2"' in page
    typed = {
        "name": "Shop",
        "by_mail": "on",
        "by_mail_after": "15",
        "transcript": "on",
        "transcript_readers": "Boss@acme.example\n\n boss@acme.example \nlog@acme.example",
    }
    assert client.post(address, typed).status_code == 302
    with acme.scope():
        channel = Channel.objects.get(pk=acme.chat.pk)
    assert channel.minutes_unseen() == 15
    assert channel.config["transcript"] == {
        "visitor": True,
        "internal": ["boss@acme.example", "log@acme.example"],
    }
    client.post(address, {"name": "Shop", "by_mail_after": "15"})
    with acme.scope():
        assert Channel.objects.get(pk=acme.chat.pk).minutes_unseen() == 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"by_mail": "on"}, "after how many minutes"),
        ({"by_mail": "on", "by_mail_after": "0"}, "greater than or equal to 1"),
        ({"by_mail": "on", "by_mail_after": "2000"}, "less than or equal to 1440"),
        ({"transcript_readers": "the boss"}, "is not an email address"),
        ({"transcript_readers": "a@b.example\r\nBcc: x@y.example"}, "is not an email address"),
        ({"transcript_readers": "\n".join(f"{n}@b.example" for n in range(11))}, "No more than 10"),
    ],
)
def test_what_a_chat_cannot_send_by_mail_is_said_beside_it(acme, client, typed, words):
    answer = client.post(f"/w/acme/settings/channels/{acme.chat.pk}/", {"name": "Shop"} | typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with acme.scope():
        assert "transcript" not in Channel.objects.get(pk=acme.chat.pk).config


def _is_ticked(page: str, name: str) -> bool:
    box = re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group()
    return " checked" in box


def test_what_is_not_a_site_is_named_in_the_mistake(acme, client):
    typed = {"name": "Shop", "sites": "https://shop.example\n'none'; script-src *"}
    answer = client.post(f"/w/acme/settings/channels/{acme.chat.pk}/", typed)
    assert answer.status_code == 422
    with acme.scope():
        assert Channel.objects.get(pk=acme.chat.pk).config.get("sites", []) == []


def test_snippet_names_our_site_and_the_key(acme, settings):
    settings.SITE_URL = "https://parley.example"
    assert snippet_of(acme.chat) == (
        '<script async src="https://parley.example/live/w.js" data-key="acme-chat"></script>'
    )


def test_channels_are_paused_and_resumed(acme, client):
    address = f"/w/acme/settings/channels/{acme.chat.pk}/activity/"
    client.post(address, {"active": "no"})
    with acme.scope():
        assert not Channel.objects.active().filter(pk=acme.chat.pk).exists()
    client.post(address, {"active": "yes"})
    with acme.scope():
        assert Channel.objects.active().filter(pk=acme.chat.pk).exists()


def test_another_chat_has_a_key_of_its_own(acme, client):
    made = client.post(f"{INBOXES}{acme.inbox.pk}/channels/")
    assert client.get(made["Location"]).status_code == 200
    with acme.scope():
        keys = set(Channel.objects.filter(kind="chat").values_list("identifier", flat=True))
    assert len(keys) == 2


def test_kinds_without_settings_have_no_page(acme, client):
    assert client.get(f"/w/acme/settings/channels/{acme.email.pk}/").status_code == 404
