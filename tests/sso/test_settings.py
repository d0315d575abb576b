"""Settings > Security > Single sign-on."""

import pytest

from sso.models import Provider
from tests.factories import PASSWORD
from tests.sso.idp import CLIENT, SECRET
from workspaces.models import AuditEntry, Workspace

PAGE = "/w/acme/settings/security/sign-on/"


@pytest.fixture
def client(ada, client_of):
    """Ada, who typed her password a moment ago."""
    client = client_of(ada)
    client.post(f"/account/reauthenticate/?next={PAGE}", {"password": PASSWORD, "next": PAGE})
    return client


@pytest.fixture
def typed(idp):
    return {
        "on": "on",
        "issuer": idp.issuer,
        "client_id": CLIENT,
        "secret": SECRET,
        "domains": "Acme.example",
    }


def text_of(answer) -> str:
    return answer.content.decode()


def test_it_is_switched_on_after_the_password_and_the_secret_is_never_shown(
    acme, ada, client_of, client, typed
):
    assert "/reauthenticate/" in client_of(ada).post(PAGE, typed)["Location"]
    assert client.post(PAGE, typed)["Location"] == PAGE
    assert Workspace.objects.get(slug="acme").sso_domains == ["acme.example"]
    page = text_of(client.get(PAGE))
    assert "/sso/acme/answer/" in page and SECRET not in page
    with acme.scope():
        assert Provider.objects.get().secret == SECRET and SECRET not in Provider.objects.get().sealed_secret
        line = AuditEntry.objects.get(action="sso.changed")
    assert line.after["domains"] == "acme.example" and SECRET not in str(line.after)


@pytest.mark.parametrize("domain", ["globex.example", "gmail.com", "no domain", "acme.example.evil.example"])
def test_a_domain_needs_an_administrator_with_an_address_of_it(acme, client, typed, domain):
    answer = client.post(PAGE, typed | {"domains": domain})
    assert answer.status_code == 422 and Workspace.objects.get(slug="acme").sso_domains == []
    assert f'value="{typed["issuer"]}"' in text_of(answer)


def test_an_issuer_that_does_not_answer_as_itself_is_not_kept(acme, client, typed, idp):
    assert "differently" in text_of(client.post(PAGE, typed | {"issuer": idp.issuer + "/"}))
    assert "Nothing answers" in text_of(client.post(PAGE, typed | {"issuer": "https://127.0.0.1:1"}))
    assert client.post(PAGE, typed | {"issuer": "http://login.example"}).status_code == 422
    with acme.scope():
        assert not Provider.objects.exists()


def test_a_secret_goes_to_the_server_it_was_typed_for_alone(acme, client, typed, idp):
    client.post(PAGE, typed)
    without = typed | {"secret": ""}
    assert client.post(PAGE, without).status_code == 302
    answer = client.post(PAGE, without | {"issuer": f"{idp.issuer}/other"})
    assert answer.status_code == 422 and "Type the secret for this issuer" in text_of(answer)


def test_the_second_of_two_administrators_sees_what_the_first_changed(acme, ada, client, typed):
    client.post(PAGE, typed)
    seen = client.get(PAGE).context["form"].seen.split('value="')[1].rstrip('">')
    client.post(PAGE, typed | {"client_id": "parley-2"})
    answer = client.post(PAGE, typed | {"seen": seen, "newcomer_role": "agent"})
    assert answer.status_code == 422 and "meanwhile" in text_of(answer)


def test_switched_off_it_opens_nothing_and_remembers_the_domains(acme, client, typed):
    client.post(PAGE, typed)
    client.post(PAGE, {name: value for name, value in typed.items() if name != "on"})
    assert client.get("/sso/acme/").status_code == 404
    assert "acme.example" in text_of(client.get(PAGE))
