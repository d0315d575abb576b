"""Signing in and out: what strangers learn (nothing), where one lands, what happens to the session."""

import re

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_conversation, make_user
from tests.workspaces.mails import code_in, link_in, links_in

TOKENS = re.compile(rb'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"')


def neutral(answer, email: str) -> tuple:
    """An answer without what differs by chance: the address itself and the tokens of the forms."""
    body = TOKENS.sub(b"", answer.content).replace(email.encode(), b"ADDRESS")
    return answer.status_code, answer.get("Location"), body


# ── Where one lands ──


def test_home_asks_strangers_to_sign_in(db):
    assert Client().get("/")["Location"] == "/account/login/"


def test_a_letter_in_an_open_thread_says_that_one_is_signed_out(acme):
    """The sign-in page must not be framed: a frame that loads late says it in words, and only to us."""
    with acme.scope():
        letter = f"/w/acme/conversations/{make_conversation(acme).pk}/"
    said = Client().get(letter, headers={"Sec-Fetch-Dest": "iframe"})
    assert (said.status_code, said["Content-Type"]) == (401, "text/plain; charset=utf-8")
    assert "frame-ancestors 'self'" in said["Content-Security-Policy"] and "X-Frame-Options" not in said
    assert Client().get(letter)["Location"].startswith("/account/login/")


def test_home_leads_to_what_waits(ada, client_of):
    assert client_of(ada).get("/")["Location"] == "/w/acme/inbox/unassigned/"


def test_home_of_a_restricted_agent_is_their_own_list(ben, client_of):
    """VW-5."""
    ben.role = "restricted"
    ben.save()
    assert client_of(ben).get("/")["Location"] == "/w/acme/inbox/mine/"


def test_home_leads_to_the_workspace_used_last(ada, globex, client_of):
    globex.workspace.members.create(user=ada.user, role="agent", display_name="Ada")
    client = client_of(ada)
    session = client.session
    session["workspace"] = "globex"
    session.save()
    assert client.get("/")["Location"].startswith("/w/globex/")


def test_home_without_a_workspace_is_the_welcome(db, sign_in):
    make_user("new@x.example", "New")
    client, answer = sign_in("new@x.example")
    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == "/welcome/"


def test_signing_in_goes_on_where_one_was(ada, sign_in):
    _client, answer = sign_in("ada@acme.example", next="/w/acme/settings/team/?x=1")
    assert answer["Location"] == "/w/acme/settings/team/?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "http:evil.example",
        "https://evil.example/",
        "https://testserver@evil.example/",
        "https://testserver/w/acme/",
        "\\\\evil.example",
        "/\\evil.example",
        "/%5Cevil.example/..//evil.example\\",
        "javascript:alert(1)",
        "/\nhttps://evil.example",
        " //evil.example",
        "/\t/evil.example",
        "evil.example",
    ],
)
def test_next_is_a_path_here_or_nothing(ada, sign_in, client_of, target):
    """T025, for signing in and for every form that takes `next`."""
    _client, answer = sign_in("ada@acme.example", next=target)
    assert answer["Location"] == "/"
    client = client_of(ada)
    for address, fields, fallback in (
        ("/language/", {"language": "fr"}, "/"),
        ("/w/acme/theme/", {"theme": "dark"}, "/w/acme/inbox/unassigned/"),
        ("/w/acme/availability/", {"availability": "away"}, "/w/acme/inbox/unassigned/"),
    ):
        assert client.post(address, {**fields, "next": target})["Location"] == fallback


# ── What strangers learn (T026) ──


def test_wrong_password_and_unknown_address_look_alike(ada):
    known = Client().post("/account/login/", {"login": "ada@acme.example", "password": "wrong"})
    unknown = Client().post("/account/login/", {"login": "zoe@acme.example", "password": "wrong"})
    assert neutral(known, "ada@acme.example") == neutral(unknown, "zoe@acme.example")
    assert "do not match" in known.content.decode()


def test_error_stands_at_the_password(ada):
    page = (
        Client().post("/account/login/", {"login": "ada@acme.example", "password": "wrong"}).content.decode()
    )
    field = re.search(r'<input type="password"[^>]*>', page).group()
    assert (
        'aria-invalid="true"' in field and 'aria-describedby="login-error"' in field and "autofocus" in field
    )
    assert 'value="ada@acme.example"' in page


@pytest.mark.parametrize("address", ["/account/password/reset/", "/account/login/code/"])
def test_asking_for_a_mail_tells_nothing(ada, mailoutbox, address):
    answers = {}
    for email in ("ada@acme.example", "zoe@acme.example"):
        client = Client()
        first = client.post(address, {"email": email})
        answers[email] = neutral(first, email), neutral(client.get(first["Location"]), email)
    assert answers["ada@acme.example"] == answers["zoe@acme.example"]
    assert [mail.to for mail in mailoutbox] == [["ada@acme.example"], ["zoe@acme.example"]]


def test_signing_up_tells_nothing(ada, mailoutbox):
    answers = {}
    for email in ("ada@acme.example", "zoe@acme.example"):
        client = Client()
        typed = {"name": "Zoe", "email": email, "password1": "a-very-long-secret"}
        first = client.post("/account/signup/", typed)
        answers[email] = neutral(first, email), neutral(client.get(first["Location"]), email)
    assert answers["ada@acme.example"] == answers["zoe@acme.example"]
    assert len(mailoutbox) == 2


def test_many_tries_are_stopped_and_look_alike_too(ada):
    for email in ("ada@acme.example", "zoe@acme.example"):
        for _ in range(6):
            last = Client().post("/account/login/", {"login": email, "password": "wrong"})
        assert "Too many tries" in last.content.decode() or last.status_code == 429
    right = Client().post("/account/login/", {"login": "ada@acme.example", "password": PASSWORD})
    assert right.status_code != 302


# ── The session (T028) ──


def test_session_key_changes_and_the_old_one_is_dead(ada, sign_in):
    victim = Client()
    victim.cookies["parley-language"] = "en"
    session = victim.session
    session["planted"] = "yes"
    session.save()
    before = victim.cookies["parley"].value
    client, _ = sign_in("ada@acme.example", client=victim)
    after = client.cookies["parley"].value
    assert after and after != before
    thief = Client()
    thief.cookies["parley"] = before
    assert thief.get("/w/acme/settings/profile/").status_code == 302


def test_invented_session_key_is_not_taken_over(ada, sign_in):
    victim = Client()
    victim.cookies["parley"] = "a" * 32
    client, _ = sign_in("ada@acme.example", client=victim)
    assert client.cookies["parley"].value != "a" * 32


def test_signing_out_is_a_post_and_kills_the_session(ada, sign_in):
    client, _ = sign_in("ada@acme.example")
    key = client.cookies["parley"].value
    assert client.get("/account/logout/").status_code == 200
    assert client.get("/w/acme/settings/profile/").status_code == 200
    client.post("/account/logout/")
    thief = Client()
    thief.cookies["parley"] = key
    assert thief.get("/w/acme/settings/profile/").status_code == 302


def test_changed_password_ends_the_other_sessions(ada, sign_in):
    """T029."""
    here, _ = sign_in("ada@acme.example")
    there, _ = sign_in("ada@acme.example")
    fields = {"oldpassword": PASSWORD, "password1": "another-long-secret", "password2": "another-long-secret"}
    assert here.post("/account/password/change/", fields).status_code == 302
    assert here.get("/w/acme/settings/profile/").status_code == 200
    assert there.get("/w/acme/settings/profile/").status_code == 302


def test_sessions_are_listed_and_ended(ada, sign_in):
    here, _ = sign_in(
        "ada@acme.example", client=Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140"})
    )
    there, _ = sign_in("ada@acme.example")
    assert "Firefox, Linux" in here.get("/account/sessions/").content.decode()
    here.post("/account/sessions/")
    assert here.get("/w/acme/settings/profile/").status_code == 200
    assert there.get("/w/acme/settings/profile/").status_code == 302


# ── Forged requests (T031) ──


@pytest.mark.parametrize(
    "address",
    [
        "/account/login/",
        "/account/signup/",
        "/account/logout/",
        "/account/password/reset/",
        "/account/login/code/",
        "/language/",
        "/welcome/",
        "/invitations/x/acceptance/",
        "/w/acme/theme/",
        "/w/acme/availability/",
        "/w/acme/settings/profile/",
        "/w/acme/settings/team/invitations/",
        "/w/acme/settings/inboxes/new/",
    ],
)
def test_posts_from_elsewhere_are_refused(ada, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada.user)
    assert client.post(address, {"login": "ada@acme.example"}).status_code == 403
    json = client.post(address, '{"theme": "dark"}', content_type="text/plain")
    assert json.status_code == 403
    client.get("/account/email/")
    token = client.cookies["parley-csrf"].value
    elsewhere = {"origin": "https://sub.testserver.evil.example", "x-csrftoken": token}
    assert client.post(address, headers=elsewhere).status_code == 403


# ── Codes and links by mail ──


def test_code_by_mail_signs_in(ada, mailoutbox):
    client = Client()
    client.post("/account/login/code/", {"email": "ada@acme.example", "next": "/w/acme/settings/team/"})
    done = client.post("/account/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert done.status_code == 302
    assert client.get("/w/acme/settings/profile/").status_code == 200


def test_wrong_codes_run_out(ada, mailoutbox):
    client = Client()
    client.post("/account/login/code/", {"email": "ada@acme.example"})
    for _ in range(4):
        client.post("/account/login/code/confirm/", {"code": "WRNG-CODE"})
    client.post("/account/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert client.get("/w/acme/settings/profile/").status_code == 302


def test_forgotten_password_all_steps(ada, mailoutbox, sign_in):
    client = Client()
    client.post("/account/password/reset/", {"email": "ada@acme.example"})
    path = "/" + link_in(mailoutbox[0], "/password/reset/key/").split("/", 3)[3]
    form = client.get(path, follow=True)
    fields = {"password1": "another-long-secret", "password2": "another-long-secret"}
    done = client.post(form.request["PATH_INFO"], fields, follow=True)
    assert done.status_code == 200
    _client, answer = sign_in("ada@acme.example", "another-long-secret")
    assert answer.status_code == 302
    assert "no longer works" in Client().get(path, follow=True).content.decode()


def test_links_lead_to_the_site_whatever_the_host(ada, mailoutbox, settings):
    """T024."""
    settings.SITE_URL = "https://parley.example"
    for email in ("ada@acme.example", "zoe@acme.example"):
        Client(headers={"x-forwarded-host": "evil.example"}).post(
            "/account/password/reset/", {"email": email}
        )
    Client(headers={"x-forwarded-host": "evil.example"}).post(
        "/account/signup/", {"name": "Z", "email": "ada@acme.example", "password1": "a-very-long-secret"}
    )
    assert len(mailoutbox) == 3
    for mail in mailoutbox:
        assert links_in(mail)
        assert all(link.startswith("https://parley.example") for link in links_in(mail))
        assert "testserver" not in mail.body and "evil" not in mail.body


def test_host_that_is_not_ours_is_refused(ada, mailoutbox):
    """T024."""
    answer = Client(headers={"host": "evil.example"}).post(
        "/account/password/reset/", {"email": "ada@acme.example"}
    )
    assert answer.status_code == 400 and not mailoutbox


def test_new_account_confirms_its_address_with_a_code(db, mailoutbox):
    client = Client()
    typed = {"name": "Zoe Marsh", "email": "zoe@x.example", "password1": "a-very-long-secret"}
    sent = client.post("/account/signup/?next=/welcome/", {**typed, "next": "/welcome/"})
    assert sent["Location"] == "/account/confirm-email/"
    assert client.get("/welcome/").status_code == 302
    done = client.post("/account/confirm-email/", {"code": code_in(mailoutbox[0])})
    assert done["Location"] == "/welcome/"
    page = client.get("/welcome/")
    assert page.status_code == 200 and page.wsgi_request.user.name == "Zoe Marsh"


@pytest.mark.parametrize("password", ["short", "password1234", "zoemarsh@x.example"])
def test_weak_passwords_are_refused(db, password):
    typed = {"name": "Zoe", "email": "zoemarsh@x.example", "password1": password}
    answer = Client().post("/account/signup/", typed)
    assert answer.status_code == 200
    assert 'value="Zoe"' in answer.content.decode()


def test_closed_house_says_how_to_get_in(db, settings):
    settings.SIGNUP_OPEN = False
    assert "By invitation only" in Client().get("/account/signup/").content.decode()
    assert "/account/signup/" not in Client().get("/account/login/").content.decode()
    typed = {"name": "Zoe", "email": "zoe@x.example", "password1": "a-very-long-secret"}
    assert "By invitation only" in Client().post("/account/signup/", typed).content.decode()
