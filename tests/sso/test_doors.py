"""In by the workspace's own provider: who comes in, what that opens, and what is believed of no token."""

import time

import pytest
from allauth.account.models import EmailAddress
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client

from sso.models import Identity
from tests.factories import PASSWORD, make_member
from workspaces.actions import deactivate, invite
from workspaces.models import AuditEntry, Member, User
from workspaces.permissions import Role

INBOX = "/w/acme/settings/profile/"


@pytest.fixture
def dora(acme):
    return make_member(acme.workspace, "dora@acme.example", "Dora Night")


def text_of(answer) -> str:
    return answer.content.decode()


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ── Coming in ──


def test_a_member_proves_the_address_once_and_comes_in_from_then_on(
    acme, dora, idp, switched_on, prove, come_in
):
    switched_on()
    client, answer = prove(next=INBOX)
    assert (answer.status_code, answer["Location"]) == (302, INBOX)
    assert client.get(INBOX).status_code == 200
    asked = idp.asked[-1]
    assert asked["scope"] == "openid email profile" and asked["redirect_uri"].endswith("/sso/acme/answer/")
    sent = len(mail.outbox)
    _again, answer = come_in()
    assert answer["Location"].startswith("/w/acme/") and len(mail.outbox) == sent
    with acme.scope():
        assert AuditEntry.objects.filter(action="sign_in.signed_in", member_id=dora.pk).count() == 2


def test_who_is_invited_becomes_a_member_with_the_role_of_the_invitation(acme, ada, switched_on, prove):
    switched_on()
    with acme.scope():
        invite("dora@acme.example", role=Role.MANAGER, by=ada)
    prove()
    member = Member.objects.get(workspace=acme.workspace, user__email="dora@acme.example")
    assert (member.role, member.display_name) == (Role.MANAGER, "Dora Night")
    assert not member.user.has_usable_password()


def test_nobody_comes_uninvited_unless_the_domain_is_let_in(acme, switched_on, come_in, prove):
    switched_on()
    sent = len(mail.outbox)
    _client, answer = come_in()
    assert answer.status_code == 403 and "Nobody invited this address" in text_of(answer)
    assert len(mail.outbox) == sent and not User.objects.filter(email="dora@acme.example").exists()
    switched_on(newcomer_role=Role.AGENT)
    prove()
    member = Member.objects.get(workspace=acme.workspace, user__email="dora@acme.example")
    assert member.role == Role.AGENT
    with acme.scope():
        assert AuditEntry.objects.get(action="member.joined").member_id == member.pk


def test_who_was_removed_stays_outside(acme, ada, dora, switched_on, prove, come_in):
    switched_on(newcomer_role=Role.AGENT)
    prove()
    with acme.scope():
        deactivate(dora, by=ada)
    client, answer = come_in()
    assert answer.status_code == 403 and not is_signed_in(client)


def test_the_sign_in_page_finds_the_workspace_by_the_domain(acme, switched_on, client):
    assert client.get("/sso/acme/").status_code == 404
    assert client.post("/sso/", {"email": "x@acme.example"}).status_code == 422
    switched_on()
    assert client.post("/sso/", {"email": "x@acme.example"})["Location"] == "/sso/acme/"
    assert "Acme" in text_of(client.get("/sso/acme/"))
    assert client.post("/sso/", {"email": "x@other.example"}).status_code == 422


# ── Nobody's account is taken over ──


def test_nothing_is_bound_before_the_code_is_right_and_five_tries_are_all(acme, dora, switched_on, come_in):
    switched_on()
    client, answer = come_in()
    for _ in range(5):
        assert client.post(answer["Location"], {"code": "BBBB-BBBB"}).status_code == 422
    assert client.post(answer["Location"], {"code": "BBBB-BBBB"}).status_code == 403
    assert client.get(answer["Location"]).status_code == 404
    with acme.scope():
        assert not is_signed_in(client) and not Identity.objects.exists()


def test_a_password_set_by_somebody_who_never_proved_the_address_opens_nothing(acme, ada, switched_on, prove):
    squatter = User.objects.create_user("dora@acme.example", PASSWORD)
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    switched_on(newcomer_role=Role.AGENT)
    prove()
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()


def test_what_acmes_provider_says_opens_acme_alone(acme, globex, dora, switched_on, prove):
    """The provider belongs to Acme's administrators: it must not lead into Globex, nor to how Dora signs in."""
    Member.objects.create(workspace=globex.workspace, user=dora.user, display_name="Dora")
    switched_on()
    client, _answer = prove()
    assert client.get("/w/globex/settings/profile/")["Location"] == "/account/logout/"
    for page in ("/account/password/change/", "/account/2fa/", "/account/email/", "/account/sessions/"):
        assert client.get(page).status_code == 302, page
    own = Client()
    own.post("/account/login/", {"login": "dora@acme.example", "password": PASSWORD})
    assert own.get("/w/globex/settings/profile/").status_code == 200


def test_where_it_is_required_a_password_opens_nothing_but_for_owners(
    acme, ada, dora, client_of, switched_on, prove
):
    switched_on(required=True)
    assert client_of(ada).get(INBOX).status_code == 200
    client = client_of(dora)
    assert client.get(INBOX)["Location"] == "/sso/acme/?next=%2Fw%2Facme%2Fsettings%2Fprofile%2F"
    swap = client.get(INBOX, headers={"HX-Request": "true"})
    assert (swap.status_code, swap["HX-Redirect"][:10]) == (403, "/sso/acme/")
    _client, answer = prove(client, next=INBOX)
    assert answer["Location"] == INBOX and client.get(INBOX).status_code == 200
    assert client.get("/account/email/").status_code == 200, "their own password opened this session"


def test_sensitive_acts_are_proved_at_the_provider_again(acme, ada, dora, idp, switched_on, prove):
    Member.objects.filter(pk=dora.pk).update(role=Role.ADMIN)
    switched_on()
    client, _answer = prove()
    session = client.session
    session["sso_at"] = time.time() - 3600
    session.save()
    page = "/w/acme/settings/security/"
    asked = client.post(page, {})
    away = client.get(client.get(asked["Location"])["Location"])
    assert "prompt=login" in away["Location"] and "max_age=0" in away["Location"]
    idp.says = {"auth_time": int(time.time()) - 3600}
    assert client.get(idp.visit(away["Location"])).status_code == 403, "the provider did not ask again"
    idp.says = {}
    away = client.get(client.get(asked["Location"])["Location"])
    assert client.get(idp.visit(away["Location"]))["Location"] == page
    assert client.post(page, {}).status_code == 302


# ── Tokens that prove nothing ──


@pytest.mark.parametrize(
    "says",
    [
        {"nonce": "of another visit"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["parley", "another-client"]},
        {"azp": "another-client"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"sub": None},
        {"email": "dora@globex.example"},
    ],
    ids=str,
)
def test_a_token_that_does_not_say_all_of_it_opens_nothing(acme, dora, idp, switched_on, come_in, says):
    switched_on()
    idp.says = says
    client, answer = come_in()
    assert answer.status_code == 403 and not is_signed_in(client) and not mail.outbox


def test_a_token_that_the_published_key_did_not_sign_opens_nothing(acme, dora, idp, switched_on, come_in):
    switched_on()
    idp.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert come_in()[1].status_code == 403
    idp.kid = "k2"
    assert come_in()[1].status_code == 403
    idp.key, idp.kid, idp.algorithm = "a shared secret that is long enough", "k1", "HS256"
    assert come_in()[1].status_code == 403


def test_the_answer_to_another_browsers_visit_is_refused(acme, dora, idp, switched_on):
    """The state stands in the session of who began, and answers once (T027)."""
    switched_on()
    began, other = Client(), Client()
    back = idp.visit(began.get("/sso/acme/visit/")["Location"])
    other.get("/sso/acme/visit/")
    assert other.get(back).status_code == 400
    assert began.get(back).status_code == 302
    assert began.get(back).status_code == 400


def test_the_provider_of_another_workspace_answers_for_its_own_people_only(
    acme, globex, dora, idp, switched_on, come_in
):
    """Globex agreed with the same provider on nothing: a visit to Acme is no answer there."""
    switched_on()
    client = Client()
    back = idp.visit(client.get("/sso/acme/visit/")["Location"])
    globex.workspace.sso_domains = ["acme.example"]
    globex.workspace.save()
    assert client.get(back.replace("/sso/acme/", "/sso/globex/")).status_code == 400


def test_where_to_go_next_is_on_this_site(acme, dora, switched_on, prove):
    """T025."""
    switched_on()
    assert prove(next="https://evil.example/")[1]["Location"].startswith("/w/acme/")
