"""Keys for programs: shown once, kept as a hash, never more than their person may."""

import math
from dataclasses import replace

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from events import api_limit, buckets
from tests.factories import PASSWORD
from workspaces import actions, tokens
from workspaces.models import ApiToken
from workspaces.permissions import Permission, Role
from workspaces.refusals import NotAllowed

P = Permission
PAGE = "/w/acme/settings/tokens/"


@pytest.fixture
def key(acme, ben):
    with acme.scope():
        return tokens.make_token(ben, name="Nightly", scopes=[P.WORK], days=30)[1]


def ask(key: str, **more):
    return Client(headers={"Authorization": f"Bearer {key}", **more}).get("/api/v1/me")


def test_a_key_says_whose_it_is_and_what_it_may(key, ben):
    told = ask(key).json()
    assert told["member"] == {"id": ben.pk, "name": "Ben Agent", "role": "agent"}
    assert told["scopes"] == ["work"] and told["workspace"]["slug"] == "acme"


def test_only_a_hash_is_kept(acme, key):
    with acme.scope():
        row = ApiToken.objects.get()
    assert key not in str(vars(row)) and key.startswith(row.prefix) and len(row.prefix) < 30


@pytest.mark.parametrize("wrong", ["", "x", "parley_1_" + "a" * 43, "parley_999999_" + "a" * 43])
def test_an_unknown_key_opens_nothing(acme, key, wrong):
    answer = ask(wrong)
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_key(ada, client_of):
    assert client_of(ada).get("/api/v1/me").status_code == 401


def test_a_key_of_one_workspace_opens_no_other(globex, key, acme):
    assert ask(key.replace(f"_{acme.workspace.pk}_", f"_{globex.workspace.pk}_")).status_code == 401


def test_scopes_never_go_beyond_the_person(in_acme, ben):
    with pytest.raises(NotAllowed):
        tokens.make_token(ben, name="More", scopes=[P.EXPORT], days=None)


def test_what_the_person_lost_the_key_lost(acme, ada, ben, key):
    with acme.scope():
        actions.change_role(ben, role=Role.RESTRICTED, by=ada)
    assert ask(key).status_code == 401


def test_who_left_leaves_no_key_behind(acme, ada, ben, key):
    with acme.scope():
        actions.deactivate(ben, by=ada)
        actions.reactivate(ben, by=ada)
    assert ask(key).status_code == 401


def test_revoked_and_expired_keys_open_nothing(acme, ben, key):
    with acme.scope():
        ApiToken.objects.update(expires_at="2020-01-01T00:00Z")
        assert ask(key).status_code == 401
        ApiToken.objects.update(expires_at=None)
    assert ask(key).status_code == 200
    with acme.scope():
        tokens.revoke_token(ApiToken.objects.get(), by=ben)
    assert ask(key).status_code == 401


def test_a_missing_scope_is_refused(key):
    view = tokens.with_token(P.EXPORT)(lambda request: HttpResponse("data"))
    may = tokens.with_token(P.WORK)(lambda request: HttpResponse("data"))
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {key}"})
    assert (view(request).status_code, may(request).status_code) == (403, 200)


def test_too_many_requests_are_asked_to_wait_and_half_as_many_without_valkey(key, monkeypatch):
    assert (api_limit.BY_KEY.count, api_limit.BY_KEY.seconds, api_limit.BY_KEY.burst) == (300, 60, 300)
    monkeypatch.setattr(api_limit, "BY_KEY", replace(api_limit.BY_KEY, count=1, seconds=86_400, burst=4))
    answers = [ask(key) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert int(answers[-1]["Retry-After"]) >= 1
    monkeypatch.setattr(buckets, "_silent_until", math.inf)
    assert [ask(key).status_code for _ in range(4)] == [200] * 2 + [429] * 2


def test_a_key_is_made_after_the_password_shown_once_and_revoked(acme, ben, client_of):
    client = client_of(ben)
    asked = client.post(PAGE, {"name": "Nightly", "days": "30", "scopes": ["work"]})
    assert "/reauthenticate/" in asked["Location"]
    shown = client.post(asked["Location"], {"password": PASSWORD, "next": PAGE}).content.decode()
    key = tokens.SHAPE.search(shown).group()
    assert ask(key).status_code == 200 and key not in client.get(PAGE).content.decode()
    with acme.scope():
        row = ApiToken.objects.get()
    client.post(f"{PAGE}{row.pk}/removal/")
    assert ask(key).status_code == 401


def test_colleagues_do_not_see_or_revoke_each_others_keys_but_admins_do(acme, ada, ben, key, client_of):
    from tests.factories import make_member

    with acme.scope():
        row = ApiToken.objects.get()
    dan = client_of(make_member(acme.workspace, "dan@acme.example", "Dan"))
    assert "Nightly" not in dan.get(PAGE).content.decode()
    assert dan.post(f"{PAGE}{row.pk}/removal/").status_code == 404
    assert "Nightly" in client_of(ada).get(PAGE).content.decode()
    assert client_of(ada).post(f"{PAGE}{row.pk}/removal/").status_code == 302
