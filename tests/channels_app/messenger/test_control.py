"""FM-4: another app of the page may answer somebody; what comes then, what is shown, and how it is taken over."""

import time
import uuid

import pytest

from channels_app.adapter import DeliveryRefused
from channels_app.messenger import control, typing
from channels_app.tasks import fetch_what_was_sent, show_typing, understand_mail
from conversations.actions import send_reply
from conversations.models import Conversation, Message
from conversations.windows import is_elsewhere
from events.dispatch import quietly
from events.models import Event
from tests.channels_app.messenger.posts import PERSON, echo, post, post_of, text
from tests.pictures import picture

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


@pytest.fixture
def conversation(acme, knocks) -> Conversation:
    knocks.customer("acme-messenger", PERSON, "Fatou Diop").say("Is Halo in stock?")
    heard(knocks)
    with acme.scope():
        return Conversation.objects.get()


def heard(meta) -> None:
    meta.hooks.wait()
    understand_mail()


def how(acme) -> list[tuple[bool, str]]:
    with acme.scope():
        events = Event.objects.filter(type="messenger.control").order_by("pk")
        return [(one.payload["ours"], one.payload["how"]) for one in events]


def test_taken_away_and_taken_back(acme, ben, knocks, conversation, client_of):
    customer = knocks.customer("acme-messenger", PERSON)
    customer.hand_over("263902037430900")
    customer.say("Are you there?")  # comes as standby
    heard(knocks)
    assert how(acme) == [(False, "taken")]
    client, here = client_of(ben), f"/w/acme/conversations/{conversation.pk}/"
    page = client.get(here, follow=True).content.decode()
    assert "Another app of this page answers this person now." in page
    assert "Another app of the page answers from here on." in page
    # Sending is locked until somebody takes over; the team can still talk.
    letter = {"body": "Yes.", "client_id": str(uuid.uuid4())}
    refused = client.post(f"{here}replies/", letter, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "Take over to answer here." in refused.text
    assert ">Yes.</textarea>" in refused.text
    note = {"body": "Who has them?", "client_id": str(uuid.uuid4())}
    assert client.post(f"{here}comments/", note, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(f"{here}thread-control/", {"verb": "ask"}).status_code == 302
    assert client.post(f"{here}thread-control/", {"verb": "steal"}).status_code == 404
    assert client.post(f"{here}thread-control/", {"verb": "take"}, follow=True).status_code == 200
    assert how(acme) == [(False, "taken"), (False, "asked"), (True, "take")]
    page = client.get(here, follow=True).content.decode()
    assert "Ben Agent took this over from another app of the page." in page
    assert 'id="thread-control" hidden' in page
    assert client.post(f"{here}replies/", letter, headers={"HX-Request": "true"}).status_code == 200
    client.post(f"{here}thread-control/", {"verb": "pass"})
    assert how(acme)[-1] == (False, "pass")
    assert knocks.world.pages["acme-messenger"].people[PERSON].with_app == control.PAGE_INBOX
    customer.hand_over()
    customer.say("And now?")
    heard(knocks)
    assert how(acme)[-1] == (True, "passed")
    with acme.scope():
        assert not is_elsewhere(conversation)


def test_what_comes_says_it_too(acme, knocks, conversation):
    """An event of the protocol may be lost, or nobody subscribed to it."""
    post(post_of(text("To the other one"), name="standby"))
    post(post_of(text("Still to the other one"), name="standby"))
    understand_mail()
    assert how(acme) == [(False, "seen")]
    post(post_of(text("To us")))
    understand_mail()
    assert how(acme) == [(False, "seen"), (True, "seen")]


def test_only_who_works_there_asks_for_it(acme, cleo, conversation, client_of):
    answer = client_of(cleo).post(
        f"/w/acme/conversations/{conversation.pk}/thread-control/", {"verb": "take"}
    )
    assert answer.status_code == 404
    assert how(acme) == []


def test_what_meta_refuses_changes_nothing(acme, ben, knocks, conversation, settings):
    knocks.world.faults["token"] = 1
    with pytest.raises((DeliveryRefused, Exception)):
        control.change(acme.workspace.pk, conversation.pk, control.PASS, by=ben)
    assert how(acme) == []


def test_customers_see_that_somebody_writes_and_meta_is_not_told_each_key(
    acme, knocks, conversation, monkeypatch
):
    asked = []
    monkeypatch.setattr(show_typing, "apply_async", lambda args, **_more: asked.append(args[2]))
    for on in (True, True, True, False, False, True):
        typing.pass_on(acme.workspace.pk, conversation.pk, on=on)
    assert asked == [True, False, True]
    quietly(lambda client: client.delete(*client.keys("*messenger-typing*")))
    for on in asked[:2]:
        show_typing(acme.workspace.pk, conversation.pk, on)
    said = knocks.world.pages["acme-messenger"].people[PERSON].said
    assert [one["action"] for one in said if "action" in one] == ["typing_on", "typing_off"]
    post(post_of(text("Elsewhere"), name="standby"))
    understand_mail()
    show_typing(acme.workspace.pk, conversation.pk, True)
    assert len([one for one in said if "action" in one]) == 2


def test_a_file_that_was_sent_elsewhere_is_here_too(acme, knocks, conversation):
    """An echo that is not ours brings its files, like a message that came."""
    with knocks.world.lock:
        knocks.world.files["key"] = ("image/png", picture())
    url = f"{knocks.address}/files/key/lamp.png"
    files = [{"type": "image", "payload": {"url": url}}]
    post(post_of(echo(mid="m_elsewhere", attachments=files, at=int(time.time() * 1000))))
    post(post_of(echo(mid="m_bare", attachments=[{"type": "image", "payload": {}}])))
    understand_mail()
    fetch_what_was_sent()
    with acme.scope():
        message = Message.objects.get(external_id="m_elsewhere")
        assert message.attachments.get().content_type == "image/png"
        assert (message.direction, message.extra["messenger"]["media"][0]["state"]) == ("out", "here")
        assert Message.objects.get(external_id="m_bare").body == "A file, sent on Facebook"


def test_an_answer_while_another_app_has_them_says_so(acme, ben, knocks, conversation):
    from events import tasks

    knocks.customer("acme-messenger", PERSON).person.with_app = "1"
    with acme.scope():
        pk = send_reply(conversation, body="Two left.", by=ben).message_id
    tasks.run_reactions()
    with acme.scope():
        assert "primary receiver" in Message.objects.get(pk=pk).delivery_error
