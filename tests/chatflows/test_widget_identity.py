"""TR-5 to TR-7: who a visitor is, when the customer's server signs it; and never otherwise."""

import json
import time

import jwt
import pytest
from django.test import Client

from chatflows import actions
from chatflows.models import IdentitySecret
from chatflows.widget import identity
from chatflows.widget.identity import TwoSecrets, make_secret, read_token, revoke_secret
from contacts.models import Contact, Visitor
from conversations.models import Conversation
from tests.chatflows.test_views import Panel
from tests.factories import make_ticket
from tickets.actions import delete
from tickets.models import Pipeline
from tickets.portal import passes


@pytest.fixture
def secret(acme, ada) -> str:
    with acme.scope():
        return make_secret(acme.chat, by=ada)


def token(
    secret: str, email="nora@example.com", *, lasts=3600, audience="acme-chat", algorithm="HS256", **more
):
    claims = {"email": email, "exp": int(time.time()) + lasts, "aud": audience} | more
    return jwt.encode(claims, secret, algorithm=algorithm)


def identify(panel, secret, email="nora@example.com", **more):
    return panel.send("identify", {"email": email, "token": token(secret, email, **more)})


def test_a_signed_visitor_finds_their_chats_on_another_device(acme, secret):
    phone, desk = Panel().begin(), Panel().begin()
    phone.write("From my phone")
    assert identify(phone, secret, first_name="Nora", last_name="Blanc").json() == {
        "ok": True,
        "changed": True,
    }
    assert identify(phone, secret).json() == {"ok": True, "changed": False}
    desk.write("From my desk")
    assert identify(desk, secret).json()["changed"]
    titles = {chat["title"] for chat in desk.get("conversations").json()["conversations"]}
    assert titles == {"From my phone", "From my desk"}
    assert phone.get("conversations").json() == desk.get("conversations").json()
    with acme.scope():
        contact = Contact.objects.get(email="nora@example.com")
        assert contact.called == "Nora Blanc"
        assert {row.contact for row in Conversation.objects.all()} == {contact}


def test_who_looks_after_them_is_shown_to_who_is_named_where_the_chatflow_says_so(acme, ada, secret):
    """LC-1; TR-6: an address that was only typed tells nobody who that is."""
    with acme.scope():
        flow = actions.default_flow(acme.chat)
        actions.save_draft(flow, revision=None, by=ada, options={"heading": "owner"})
        shown = str(actions.publish(flow, by=ada).published.public_id)
        plain = str(flow.versions.order_by("pk").first().public_id)
    panel = Panel().begin()
    panel.write("Hello")
    assert panel.get("owner", flow=shown).json() == {"owner": None}
    identify(panel, secret)
    with acme.scope():
        Contact.objects.filter(email="nora@example.com").update(owner=ada)
    assert panel.get("owner", flow=shown).json()["owner"]["name"] == ada.display_name
    for other in (plain, "", "nothing"):
        assert panel.get("owner", flow=other).json() == {"owner": None}
    page = client_page(shown)
    assert '"owner": true' in page


def client_page(flow: str) -> str:
    return Client().get(f"/live/panel/acme-chat/?flow={flow}").content.decode()


def test_a_name_is_written_for_a_new_contact_alone(acme, secret):
    with acme.scope():
        from contacts.actions import find_or_create_contact

        find_or_create_contact(kind="email", address="nora@example.com", name="Nora")
    identify(Panel().begin(), secret, first_name="Somebody", last_name="Else")
    with acme.scope():
        assert Contact.objects.get(email="nora@example.com").called == "Nora"


def test_who_signs_in_next_in_a_browser_sees_nothing_of_who_was_there_before(acme, secret):
    shared, own = Panel().begin(), Panel().begin()
    shared.write("Nora's matter")
    identify(shared, secret)
    identify(own, secret)
    assert identify(shared, secret, "ben@example.com").json()["changed"]
    assert shared.get("conversations").json() == {"conversations": []}
    assert len(own.get("conversations").json()["conversations"]) == 1
    shared.write("Ben's matter", new=True)
    assert len(own.get("conversations").json()["conversations"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"lasts": -3600},
        {"lasts": 13 * 3600},
        {"audience": "globex-chat"},
        {"algorithm": "HS512"},
    ],
)
def test_a_token_that_does_not_hold_leaves_them_nobody(acme, secret, wrong):
    """TR-5: old, too long-lived, another channel's, another algorithm."""
    panel = Panel().begin()
    answer = identify(panel, secret, **wrong)
    assert (answer.status_code, answer.json()) == (403, {"error": "identity"})
    with acme.scope():
        assert Visitor.objects.get().contact is None
        assert not Contact.objects.exists()


def test_an_unsigned_token_and_another_address_than_the_signed_one_are_nothing(acme, secret):
    with acme.scope():
        assert read_token(acme.chat, token(secret), "ben@example.com") is None
        assert (
            read_token(
                acme.chat, jwt.encode({"email": "nora@example.com"}, "", algorithm="none"), "nora@example.com"
            )
            is None
        )
        assert read_token(acme.chat, token("x" * 32), "nora@example.com") is None
        assert read_token(acme.chat, token(secret), "Nora@Example.com").email == "nora@example.com"


def test_two_secrets_live_at_once_and_one_that_is_revoked_signs_nothing(acme, ada, secret):
    with acme.scope():
        second = make_secret(acme.chat, by=ada)
        assert read_token(acme.chat, token(secret), "nora@example.com")
        assert read_token(acme.chat, token(second), "nora@example.com")
        with pytest.raises(TwoSecrets):
            make_secret(acme.chat, by=ada)
        revoke_secret(IdentitySecret.objects.order_by("pk").first())
        assert read_token(acme.chat, token(secret), "nora@example.com") is None
        assert read_token(acme.chat, token(second), "nora@example.com")
        assert secret not in str(IdentitySecret.objects.values_list("sealed", flat=True))


def test_a_secret_of_one_house_signs_nothing_of_another(acme, globex, secret):
    with globex.scope():
        assert (
            identity.read_token(globex.chat, token(secret, audience="globex-chat"), "nora@example.com")
            is None
        )


def test_whoever_their_site_named_finds_their_tickets(acme, globex, ada, secret):
    """“My requests”: own ones of pipelines that are shown, and nothing for an address that was only typed (TR-6)."""
    named, typed = Panel().begin(), Panel().begin()
    named.write("My lamp flickers")
    identify(named, secret)
    typed.send("address", {"email": "nora@example.com"})
    with acme.scope():
        nora = Contact.objects.get(email="nora@example.com")
        own = make_ticket(acme, "Lamp", contact=nora)
        make_ticket(acme, "SECRET of another", contact=Contact.objects.create(name="Elm"))
        gone = make_ticket(acme, "SECRET gone", contact=nora)
        delete(gone, by=ada)
    assert named.send("requests", {}).json() == {"requests": []}, "no pipeline is shown"
    assert "requests" not in (named_care(acme) or {})
    with acme.scope():
        Pipeline.objects.update(shows_customers=True)
    assert named_care(acme)["requests"]
    assert named.get("requests").status_code == 405
    [line] = named.send("requests", {"language": "fr"}).json()["requests"]
    assert (line["number"], line["name"], line["stage"]) == (own.number, "Lamp", line["stage"])
    assert Client().get(line["url"].partition("/live/")[2].join(["/live/", ""])).status_code == 200
    assert named.send("requests", {}).json()["requests"][0]["url"] == line["url"], "one link a person"
    assert typed.send("requests", {}).json() == {"requests": []}
    with acme.scope():
        passes.revoke(own)
    assert named.send("requests", {}).json() == {"requests": []}, "what the team took back stays so"
    with acme.scope():
        assert passes.standing(own) is None and passes.share_unasked(own) is None
        passes.share(own, by=ada)
    assert named.send("requests", {}).json()["requests"][0]["url"] not in ("", line["url"])


def named_care(house) -> dict | None:
    page = Client().get(f"/live/panel/{house.chat.identifier}/").content.decode()
    return json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])["care"]
