"""The chat's own page and the panel of a customer's page are one conversation, in a browser that keeps their memories apart."""

import html
import re

import pytest
from django.test import Client
from django.test.utils import override_settings

from chatflows.models import ConsentKind, ConsentProof
from chatflows.widget import chat, limits, own
from chatflows.widget.identity import join
from contacts.models import Contact, Visitor
from conversations.models import Conversation, Message
from tests.chatflows.test_views import Panel
from tests.chatflows.test_widget_flows import make_flow

PAGE = "/live/chat/acme-chat/"
HERE = "http://testserver"


@pytest.fixture
def panel(acme) -> Panel:
    return Panel().begin()


def hand(client, token, *, origin=HERE, **more):
    return client.post(
        f"{PAGE}own/?lang=en", {"token": token} | more, headers={"Origin": origin} if origin else {}
    )


def cookie(client) -> str:
    return next((one.value for name, one in client.cookies.items() if name.startswith("parley_chat_")), "")


def told(client) -> dict:
    """What the page tells its script."""
    main = re.search(r"<main[^>]*>", client.get(PAGE).content.decode())[0]
    return {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', main)}


def test_the_panel_takes_its_session_to_the_page_and_both_write_in_one_conversation(acme, client, panel):
    panel.write("From the site")
    answer = hand(client, panel.token)
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?lang=en#end")
    assert panel.token not in answer["Location"] and "no-store" in answer["Cache-Control"]
    [kept] = [one for name, one in client.cookies.items() if name.startswith("parley_chat_") and one.value]
    assert kept["path"] == PAGE and kept["httponly"] and kept["samesite"] == "Lax" and kept["max-age"]
    assert b"From the site" in client.get(PAGE).content
    assert client.post(PAGE, {"body": "From the page"}).status_code == 303
    with acme.scope():
        assert Conversation.objects.count() == 1 == Visitor.objects.count()
    said = [one["body"] for one in panel.get("messages").json()["messages"]]
    assert said[-2:] == ["From the site", "From the page"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://testserver.evil.example"])
def test_no_other_page_seats_a_visitor(client, panel, origin):
    """A foreign form, a link and a letter would seat them in a chat that somebody else reads."""
    assert hand(client, panel.token, origin=origin).status_code == 403
    assert client.get(f"{PAGE}own/", {"token": panel.token}).status_code == 405
    assert not cookie(client)


def test_a_wrong_session_opens_nothing_and_asking_is_limited(acme, globex, client, panel, monkeypatch):
    assert hand(client, "x" * 43).status_code == 303 and not cookie(client)
    assert hand(client, "x" * 43, quiet="1").status_code == 404
    assert hand(client, panel.token, quiet="1").status_code == 204 and cookie(client) == panel.token
    other = Client()
    address = f"/live/chat/{globex.chat.identifier}/own/"
    other.post(address, {"token": panel.token}, headers={"Origin": HERE})
    assert not cookie(other), "a session is its channel's"
    monkeypatch.setattr(own, "BY_ADDRESS", limits.Rate("own-page-test", 1, limits.HOUR, 1))
    assert hand(Client(), panel.token).status_code == 303
    assert hand(Client(), panel.token).status_code == 429


def test_what_was_written_on_the_page_before_comes_along(acme, client, panel):
    client.post(PAGE, {"body": "While scripts were blocked"})
    assert told(client)["token"] == cookie(client) != ""
    panel.write("From the site")
    hand(client, panel.token, quiet="1")
    titles = [one["title"] for one in panel.get("conversations").json()["conversations"]]
    assert sorted(titles) == ["From the site", "While scripts were blocked"]
    with acme.scope():
        assert Conversation.objects.values("visitor").distinct().count() == 1
        assert hand(client, panel.token, quiet="1").status_code == 204  # twice is once


def test_nobody_who_is_somebody_else_is_joined(acme, client, panel):
    client.post(PAGE, {"body": "I am Nora"})
    with acme.scope():
        nora = Contact.objects.create(name="Nora")
        Visitor.objects.update(contact=None)
        before = chat.load_visitor(acme.chat.pk, cookie(client))
        into = chat.load_visitor(acme.chat.pk, panel.token)
        for change in (
            {"contact": nora},
            {"identified_at": before.created_at},
            {"blocked_at": before.created_at},
        ):
            Visitor.objects.filter(pk=before.pk).update(**change)
            assert join(acme.chat, cookie(client), into) is False
            Visitor.objects.filter(pk=before.pk).update(contact=None, identified_at=None, blocked_at=None)
        assert join(acme.chat, "", into) is False and join(acme.chat, panel.token, into) is False
        Visitor.objects.filter(pk=into.pk).update(contact=nora)
        into.refresh_from_db()
        assert join(acme.chat, cookie(client), into) is True
        assert Conversation.objects.get().contact == nora


def test_the_page_gives_its_session_to_the_panel_of_its_own(acme, client, panel):
    found = told(client)
    assert found["token"] == "" and found["own"] == f"{PAGE}own/" and found["key"] == "acme-chat"
    inside = client.get(found["panel"]).content.decode()
    assert re.search(r'id="close"[^>]* hidden', inside) and re.search(r'<form id="own"[^>]* hidden', inside)
    outside = client.get("/live/panel/acme-chat/?lang=en")
    assert re.search(
        r'<form id="own" action="/live/chat/acme-chat/own/\?lang=en" method="post"', outside.content.decode()
    )
    # Origin names us to ourselves, and nobody else hears where a visitor is.
    assert outside["Referrer-Policy"] == "same-origin"
    assert "form-action 'self'" in outside["Content-Security-Policy"]
    assert "data-panel" not in client.post(PAGE, {"body": " "}).content.decode(), (
        "what is refused stays a form"
    )


def test_where_remembering_is_asked_for_the_page_remembers_no_longer(acme, client):
    """OP-3: a no, or no word yet, lasts as long as the browser is open; the page then stays with its forms."""
    make_flow(acme, bot=False, options={"cookies_consent": True})
    panel = Panel().begin()
    assert "panel" in told(client), "the panel asks by itself"
    for accepted, lasts in ((None, False), (False, False), (True, True)):
        if accepted is not None:
            panel.send("consent", {"kind": "cookies", "accepted": accepted, "text": "May we?"})
        hand(client, panel.token)
        [kept] = [
            one for name, one in client.cookies.items() if name.startswith("parley_chat_") and one.value
        ]
        assert bool(kept["max-age"]) is lasts
        assert ("panel" in told(client)) is lasts
    with acme.scope():
        assert ConsentProof.objects.filter(kind=ConsentKind.COOKIES).count() == 2
        assert not Message.objects.exists()


@override_settings(SESSION_COOKIE_SECURE=True)
def test_over_tls_the_cookie_is_for_tls(client, panel):
    hand(client, panel.token)
    assert next(one for name, one in client.cookies.items() if name.startswith("parley_chat_"))["secure"]
