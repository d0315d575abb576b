"""Two-step sign-in for everybody of a workspace."""

import pytest
from allauth.mfa.models import Authenticator

from tests.factories import PASSWORD
from workspaces import actions
from workspaces.models import Workspace
from workspaces.refusals import NotAllowed, TwoStepsFirst

PAGE = "/w/acme/settings/security/"
INBOX = "/w/acme/settings/profile/"


def second_step(member):
    return Authenticator.objects.create(user=member.user, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.fixture
def required(acme, ada):
    second_step(ada)
    with acme.scope():
        actions.require_two_steps(acme.workspace, True, by=ada)


def test_nothing_opens_before_it_is_set_up(required, ada, ben, client_of):
    client = client_of(ben)
    assert client.get(INBOX)["Location"] == "/account/2fa/"
    swap = client.get(INBOX, headers={"HX-Request": "true"})
    assert (swap.status_code, swap["HX-Redirect"]) == (403, "/account/2fa/")
    assert client.get("/account/2fa/").status_code == 200
    second_step(ben)
    assert client.get(INBOX).status_code == 200
    assert client_of(ada).get(INBOX).status_code == 200


def test_recovery_codes_alone_are_no_second_step(required, ben, client_of):
    Authenticator.objects.create(user=ben.user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert client_of(ben).get(INBOX).status_code == 302


def test_who_asks_for_it_has_it(acme, ada, ben):
    with acme.scope():
        with pytest.raises(TwoStepsFirst):
            actions.require_two_steps(acme.workspace, True, by=ada)
        with pytest.raises(NotAllowed):
            actions.require_two_steps(acme.workspace, True, by=ben)


def test_it_is_switched_on_the_page_after_the_password(acme, ada, ben, client_of):
    client = client_of(ada)
    second_step(ada)
    assert "1 person signs in with a password alone" in client.get(PAGE).content.decode()
    asked = client.post(PAGE, {"two_steps": "on"})
    assert "/reauthenticate/" in asked["Location"]
    client.post(asked["Location"], {"password": PASSWORD, "next": PAGE})
    assert Workspace.objects.get(pk=acme.workspace.pk).two_step_required_at
