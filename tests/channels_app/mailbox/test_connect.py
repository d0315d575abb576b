"""Connecting a mailbox by its pages: tried both ways first, nothing kept that does not work, no secret shown again."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from channels_app.email.mailbox import probe
from channels_app.models import Mailbox
from events.models import Event
from inboxes.models import Channel
from tests.channels_app.mailbox.conftest import account, catch_up, kept, mail
from tests.channels_app.mailbox.fake_providers import FakeOAuth
from tests.factories import make_member
from workspaces.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(probe, "ARRIVAL_SECONDS", 0.3)


@pytest.fixture
def form(imap, smtp):
    smtp.on_mail = imap.deliver
    return {
        "address": "Hello@acme.example",
        "username": "hello",
        "password": "secret",
        "imap_host": "127.0.0.1",
        "imap_port": imap.port,
        "imap_security": "plain",
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_security": "plain",
        "folder": "INBOX",
        "after_reading": "leave",
        "backfill_days": 0,
    }


def page(house, name: str = "imap/") -> str:
    return f"/w/{house.workspace.slug}/settings/inboxes/{house.inbox.pk}/mail/{name}"


def mailboxes(house) -> list[Mailbox]:
    with house.scope():
        return list(Mailbox.objects.select_related("channel"))


def test_a_mailbox_is_tried_both_ways_and_connected(acme, ada, client_of, form, imap, smtp):
    """EM-2, EM-2b. The test mail arrives and makes no conversation."""
    imap.deliver(mail("before"))
    client = client_of(ada)
    answer = client.post(page(acme), form, follow=True)
    assert "The test went well both ways." in answer.content.decode()
    made = mailboxes(acme)[0]
    assert (made.channel.identifier, made.uid_validity, made.last_uid) == ("hello@acme.example", 7, 2)
    assert smtp.received[0][1] == ["Hello@acme.example"]
    imap.deliver(mail("after"))
    assert catch_up(acme, made) == 1
    assert [payload.external_id for payload in kept(acme)] == ["7:3"]


def test_the_password_is_sealed_and_on_no_page(acme, ada, client_of, form):
    client = client_of(ada)
    client.post(page(acme), form | {"password": "tr0ub4dor"})  # wrong: the form comes back
    answer = client.post(page(acme), form | {"password": "tr0ub4dor"})
    assert answer.status_code == 422
    assert "tr0ub4dor" not in answer.content.decode()
    client.post(page(acme), form)
    made = mailboxes(acme)[0]
    assert "secret" not in made.secret
    for url in (
        f"/w/acme/settings/mail/{made.channel_id}/",
        f"/w/acme/settings/mail/{made.channel_id}/password/",
    ):
        assert "secret" not in client.get(url).content.decode()
    assert account(acme, made).secret == {"password": "secret"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "The server refused the user name or the password."),
        ({"folder": "Nowhere"}, "There is no such folder in this mailbox."),
        ({"after_reading": "move", "move_to": "Nowhere"}, "There is no such folder in this mailbox."),
        ({"after_reading": "move"}, "Name the folder."),
        ({"imap_host": "10.0.0.1", "imap_port": 993}, "This server cannot be used here."),
        ({"smtp_host": "127.0.0.1", "smtp_port": 22}, "This server cannot be used here."),
        ({"imap_host": "a b"}, "This server cannot be used here."),
        ({"username": "x\r\nA1 DELETE INBOX"}, "This contains characters that cannot be used."),
    ],
)
def test_what_fails_is_said_and_nothing_is_kept(acme, ada, client_of, form, change, words):
    answer = client_of(ada).post(page(acme), form | change)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    assert 'value="Hello@acme.example"' in text  # what was typed stays
    assert mailboxes(acme) == []


def test_a_sender_that_the_server_refuses_is_found_out_before(acme, ada, client_of, form, smtp):
    smtp.refuses_sender = True
    answer = client_of(ada).post(page(acme), form)
    assert "does not let this mailbox send from this address" in answer.content.decode()
    assert mailboxes(acme) == []


def test_a_test_mail_that_does_not_arrive_is_said(acme, ada, client_of, form, smtp):
    smtp.on_mail = None
    answer = client_of(ada).post(page(acme), form, follow=True)
    assert "it has not arrived yet" in answer.content.decode()
    assert len(mailboxes(acme)) == 1


def test_it_is_no_port_scanner(acme, ada, client_of, form):
    """Ten tests an hour."""
    client, bad = client_of(ada), form | {"password": "wrong"}
    for _ in range(probe.TRIES_AN_HOUR):
        client.post(page(acme), bad)
    assert "That were many tests" in client.post(page(acme), form).content.decode()
    assert mailboxes(acme) == []


def test_an_address_is_connected_once_over_the_installation(acme, globex, ada, cleo, client_of, form):
    client_of(ada).post(page(acme), form)
    for house, member in ((acme, ada), (globex, cleo)):
        answer = client_of(member).post(page(house), form)
        assert "This address is taken." in answer.content.decode()


def test_disconnected_and_connected_again_it_is_the_same_channel(acme, ada, client_of, form, imap):
    """CH-2."""
    client = client_of(ada)
    client.post(page(acme), form)
    first = mailboxes(acme)[0]
    client.post(f"/w/acme/settings/mail/{first.channel_id}/disconnection/")
    with acme.scope():
        assert Channel.objects.get(pk=first.channel_id).disconnected_at
        assert Mailbox.objects.get().secret == ""
    imap.deliver(mail("meanwhile"))
    client.post(page(acme), form)
    again = mailboxes(acme)
    assert [row.channel_id for row in again] == [first.channel_id]
    assert again[0].channel.is_active()


def test_a_new_password_goes_on_where_it_stood(acme, ada, client_of, form, imap, smtp):
    client = client_of(ada)
    client.post(page(acme), form)
    first = mailboxes(acme)[0]
    with acme.scope():
        Channel.objects.update(needs_attention_since=timezone.now())
        Mailbox.objects.update(failures=5, last_error="login", last_error_at=timezone.now())
    url = f"/w/acme/settings/mail/{first.channel_id}/"
    text = client.get(url).content.decode()
    assert "Needs attention" in text
    assert "The server refused the user name or the password." in text
    imap.deliver(mail("meanwhile"))
    imap.password = smtp.password = "changed"
    client.post(f"{url}password/", {"username": "hello", "password": "changed"})
    now = mailboxes(acme)[0]
    assert (now.failures, now.channel.needs_attention_since) == (0, None)
    assert catch_up(acme, now) >= 1
    assert mail("meanwhile") in [bytes(payload.body) for payload in kept(acme)]


# ── The choice, forwarding, settings ──


def test_a_personal_mailbox_is_refused_with_a_reason(acme, ada, client_of):
    """EM-1."""
    query = {"address": "ben@acme.example", "shared": "no", "way": "imap"}
    answer = client_of(ada).get(page(acme, ""), query)
    assert "would read this person" in answer.content.decode()


def test_servers_are_guessed_by_the_address(acme, ada, client_of):
    query = {"address": "team@icloud.com", "shared": "yes", "way": "imap"}
    text = client_of(ada).get(page(acme, ""), query, follow=True).content.decode()
    assert "smtp.mail.me.com" in text
    assert "587" in text
    assert "app password" in text


def test_forwarding_gives_an_address_and_tests_it(acme, ada, client_of):
    """EM-3."""
    client = client_of(ada)
    text = client.post(
        page(acme, "forwarding/"), {"address": "desk@acme.example"}, follow=True
    ).content.decode()
    with acme.scope():
        channel = Channel.objects.get(identifier="desk@acme.example")
    assert channel.config["forwarding_address"] in text
    assert "Not tested" in text
    url = f"/w/acme/settings/mail/{channel.pk}/"
    assert "Waiting for the test mail" in client.post(f"{url}verification/", follow=True).content.decode()
    with acme.scope():
        long_ago = (timezone.now() - timedelta(hours=3)).isoformat()
        came = (timezone.now() - timedelta(days=3)).isoformat()
        channel.config["forwarding"] = {"sent_at": long_ago, "came_at": came}
        channel.save()
    assert "Broken" in client.get(url).content.decode()


def test_how_an_address_signs_is_saved(acme, ada, client_of):
    """EM-6. Tokens are a closed list."""
    url, client = f"/w/acme/settings/mail/{acme.email.pk}/", client_of(ada)
    good = {
        "name": "Support",
        "from_style": "company",
        "from_name": "Acme Lamps",
        "from_address": "hello@acme.example",
        "signature": "{{ agent.first_name }}, Acme",
        "checkers": "mx.acme.example",
    }
    assert client.post(url, good).status_code == 302
    with acme.scope():
        config = Channel.objects.get(pk=acme.email.pk).config
    assert (config["from_style"], config["from_name"]) == ("company", "Acme Lamps")
    assert config["authserv_ids"] == ["mx.acme.example"]
    for bad in ({"signature": "{{ agent.password }}"}, {"from_address": "ceo@globex.example"}):
        assert client.post(url, good | bad).status_code == 422


def test_whom_answers_go_to_and_whether_arrival_is_said(acme, ada, client_of):
    """To all, and in silence, until somebody says otherwise."""
    url, client = f"/w/acme/settings/mail/{acme.email.pk}/", client_of(ada)
    page = client.get(url).content.decode()
    assert _is_ticked(page, "reply_all") and not _is_ticked(page, "acknowledge")
    assert 'name="sent_folder"' not in page  # forwarded: there is no mailbox to keep copies in
    typed = {"name": "Support", "from_style": "company", "acknowledge": "on"}
    assert client.post(url, typed).status_code == 302
    with acme.scope():
        config = Channel.objects.get(pk=acme.email.pk).config
    assert (config["reply_all"], config["acknowledge"]) == (False, True)
    page = client.get(url).content.decode()
    assert _is_ticked(page, "acknowledge") and not _is_ticked(page, "reply_all")


def _is_ticked(page: str, name: str) -> bool:
    return " checked" in re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group()


def test_a_folder_for_what_was_sent_is_asked_for_where_the_server_keeps_no_copy(
    acme, ada, client_of, mailbox
):
    """EM-2b. Google keeps what it sends by itself."""
    url, client = f"/w/acme/settings/mail/{acme.email.pk}/", client_of(ada)
    typed = {"name": "Support", "from_style": "company", "after_reading": "leave", "sent_folder": "Sent"}
    assert client.post(url, typed).status_code == 302
    with acme.scope():
        assert Mailbox.objects.get().sent_folder == "Sent"
        Mailbox.objects.update(provider="google")
    assert 'name="sent_folder"' not in client.get(url).content.decode()
    assert client.post(url, typed | {"sent_folder": "a\x01b"}).status_code == 302  # not asked, not looked at
    with acme.scope():
        assert Mailbox.objects.get().sent_folder == "Sent"


def test_who_connects_and_disconnects_stands_in_the_log_without_a_secret(acme, ada, client_of, form):
    client = client_of(ada)
    url = client.post(f"/w/acme/settings/inboxes/{acme.inbox.pk}/mail/imap/", form)["Location"]
    client.post(f"{url}password/", {"username": form["username"], "password": "secret"})
    client.post(f"{url}disconnection/")
    with acme.scope():
        rows = list(Event.objects.filter(type__startswith="channel.").order_by("pk"))
    assert [row.type for row in rows] == [
        "channel.connected",
        "channel.credentials_changed",
        "channel.disconnected",
    ]
    assert {(row.actor_id, row.payload["way"]) for row in rows} == {(ada.pk, "imap")}
    assert "secret" not in str([row.payload for row in rows])


def test_the_inboxs_own_address_can_be_chosen_once_and_never_left(acme, ada, client_of):
    """FB-2, FB-4."""
    client = client_of(ada)
    with acme.scope():
        own = Channel.objects.get(kind="email", config__fallback=True)
    url = f"/w/acme/settings/mail/{own.pk}/"
    assert client.post(f"{url}address/", {"local_part": "a b"}).status_code == 422
    assert client.post(f"{url}address/", {"local_part": "acme-help"}).status_code == 302
    client.post(f"{url}disconnection/")
    with acme.scope():
        own.refresh_from_db()
    assert own.identifier.startswith("acme-help@")
    assert own.disconnected_at is None


def test_only_who_manages_inboxes_sees_the_health(acme, ben, client_of):
    manager = make_member(acme.workspace, "mo@acme.example", "Mo Manager", Role.MANAGER)
    for member in (ben, manager):
        assert client_of(member).get(f"/w/acme/settings/mail/{acme.email.pk}/").status_code == 404


# ── By consent ──


@pytest.fixture
def google(settings, imap, smtp):
    made = FakeOAuth(email="hello@acme.example")
    imap.tokens = smtp.tokens = made.tokens
    smtp.on_mail = imap.deliver
    settings.MAIL_PROVIDERS = {"google": made.endpoints(imap.port, smtp.port)}
    yield made
    made.stop()


def visit(client, house, provider: FakeOAuth, **query) -> str:
    """Where the provider sends the browser back to, once the person said yes."""
    sent = client.get(page(house, "google/"), query)
    asked = {name: values[-1] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/mail/consent/google/")
    back = urlsplit(provider.consent(asked))
    return f"{back.path}?{back.query}"


def test_google_lets_us_in_by_consent(acme, ada, client_of, google):
    client = client_of(ada)
    answer = client.get(visit(client, acme, google), follow=True)
    assert "The test went well both ways." in answer.content.decode()
    made = mailboxes(acme)[0]
    assert (made.provider, made.username) == ("google", "hello@acme.example")
    assert account(acme, made).secret["refresh"] in google.grants
    client.post(f"/w/acme/settings/mail/{made.channel_id}/disconnection/")
    assert google.grants == set()  # given back


def test_consent_is_bound_to_the_visit(acme, ada, cleo, client_of, google):
    """State: nobody connects their mailbox to another's inbox, and no answer is taken twice."""
    client = client_of(ada)
    back = visit(client, acme, google)
    assert client_of(cleo).get(back).status_code == 404
    assert client.get(back.replace("state=", "state=x")).status_code == 404
    assert client.get(back).status_code == 404  # the visit ended with the wrong answer
    assert mailboxes(acme) == []


def test_who_may_no_more_is_not_let_through_by_the_answer(acme, ada, ben, client_of, google):
    client = client_of(ada)
    back = visit(client, acme, google)
    ada.role = Role.AGENT
    ada.save()
    assert client.get(back).status_code == 404


def test_a_no_is_told_on_our_page(acme, ada, client_of, google):
    client = client_of(ada)
    back = visit(client, acme, google)
    state = parse_qs(urlsplit(back).query)["state"][0]
    answer = client.get("/mail/consent/google/", {"state": state, "error": "access_denied"}, follow=True)
    assert "Google did not let us in." in answer.content.decode()


def test_connecting_again_must_be_the_same_mailbox(acme, ada, client_of, google):
    client = client_of(ada)
    client.get(visit(client, acme, google))
    made = mailboxes(acme)[0]
    google.withdraw()
    sent = client.get(f"/w/acme/settings/mail/{made.channel_id}/password/")
    assert "/google/?" in sent["Location"]
    google.email = "other@acme.example"
    answer = client.get(visit(client, acme, google, channel=made.channel_id), follow=True)
    assert "another mailbox" in answer.content.decode()
    google.email = "hello@acme.example"
    client.get(visit(client, acme, google, channel=made.channel_id))
    assert account(acme, mailboxes(acme)[0]).secret["refresh"] in google.grants


def test_the_inbox_tells_of_a_mailbox_that_cannot_be_reached(acme, ada, ben, client_of):
    """FB-5. Whoever manages inboxes finds the way to it from there."""
    clients, words = (client_of(ada), client_of(ben)), "cannot be reached at the moment"
    assert all(words not in client.get("/w/acme/inbox/open/").content.decode() for client in clients)
    with acme.scope():
        Channel.objects.filter(pk=acme.email.pk).update(needs_attention_since=timezone.now())
    ours, his = (client.get("/w/acme/inbox/open/").content.decode() for client in clients)
    assert words in ours
    assert words in his
    way = f"/w/acme/settings/mail/{acme.email.pk}/"
    assert way in ours
    assert way not in his
