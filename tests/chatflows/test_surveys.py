"""LC-7 outside of the chat: letters that ask, links that only open a page, buttons in Messenger."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from channels_app.tasks import understand_mail
from chatflows.models import SurveyAnswer
from chatflows.satisfaction import ask_how_it_was
from chatflows.surveys import links
from chatflows.surveys.wishes import Wish, set_wish, wish_of
from contacts.models import Contact
from conversations.actions import assign, send_reply, set_status
from conversations.aside import mark_spam
from conversations.models import Conversation, Status
from events import tasks
from events.models import Event, ReactionDue
from events.retry import Postponed
from events.types import CONVERSATION_CLOSED, LETTER_SENT, SURVEY_ANSWERED
from tests.channels_app.messenger.conftest import knocks, meta
from tests.channels_app.messenger.posts import PAGE
from tests.factories import make_conversation
from tests.postoffice import post_office

__all__ = ["knocks", "meta"]
committed = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
NOW = Wish(on=True, delay=0)


def settled(house, by, conversation=None, **told) -> Conversation:
    """Answered and closed. Inside the scope."""
    conversation = conversation or make_conversation(house, **told)
    assign(conversation, to=by, by=by)
    send_reply(Conversation.objects.get(pk=conversation.pk), body="Turn it off and on.", by=by)
    set_status(Conversation.objects.get(pk=conversation.pk), Status.CLOSED, by=by)
    return Conversation.objects.get(pk=conversation.pk)


def ask(conversation: Conversation) -> None:
    """The reaction, twice."""
    event = Event.objects.filter(type=CONVERSATION_CLOSED, conversation_id=conversation.pk).latest("pk")
    for _twice in range(2):
        ask_how_it_was(event)


def asked_of(acme, ben, **told) -> SurveyAnswer:
    set_wish(acme.email, Wish(**{"on": True, "delay": 0, **told}))
    ask(settled(acme, ben))
    return SurveyAnswer.objects.get()


def url_of(answer: SurveyAnswer, signed: str = "") -> str:
    return f"/live/rate/{signed or links.sign(answer)}/"


# ── Whom, and when ──


def test_who_is_asked_and_when(in_acme, ben):
    """Off from the first day; after its delay; once; not within the days of rest; never spam, and never what nobody answered."""
    acme = in_acme
    quiet = settled(acme, ben)
    ask(quiet)
    assert not SurveyAnswer.objects.exists(), "it is off"
    set_wish(acme.email, Wish(on=True, delay=2))
    with pytest.raises(Postponed) as later:
        ask(quiet)
    assert 7000 < later.value.seconds <= 7201
    set_wish(acme.email, NOW)
    unanswered = make_conversation(acme, address="nora@elm.example")
    set_status(unanswered, Status.CLOSED, by=ben)
    ask(unanswered)
    spam = settled(acme, ben, address="junk@elm.example")
    mark_spam(spam, by=ben)
    ask(spam)
    blocked = settled(acme, ben, address="rude@elm.example")
    Contact.objects.filter(pk=blocked.contact_id).update(blocked_at=timezone.now())
    ask(blocked)
    again = settled(acme, ben, address="back@elm.example")
    set_status(again, Status.OPEN, by=ben)
    ask(again)
    assert not SurveyAnswer.objects.exists()
    ask(quiet)
    answer = SurveyAnswer.objects.get()
    assert (answer.agent, answer.inbox, answer.channel, answer.channel_kind) == (
        ben, acme.inbox, acme.email, "email",
    )  # fmt: skip
    assert answer.expires_at - answer.asked_at == timedelta(days=14)
    letter = Event.objects.get(type=LETTER_SENT)
    assert letter.payload["kind"] == "survey" and letter.conversation_id == quiet.pk
    ask(settled(acme, ben))
    assert SurveyAnswer.objects.count() == 1, "the same person within thirty days"
    SurveyAnswer.objects.update(asked_at=timezone.now() - timedelta(days=31))
    event = Event.objects.filter(type=CONVERSATION_CLOSED).latest("pk")
    ask_how_it_was(event)
    assert SurveyAnswer.objects.count() == 1, "an address hears one such letter a day at most"


def test_what_is_stored_is_within_bounds(in_acme):
    in_acme.email.config = {"survey": {"on": 1, "delay": 10**9, "rest": True, "question": 7, "low": -3}}
    assert wish_of(in_acme.email) == Wish(on=False, delay=168, low=0)


# ── The letter and its link ──


@committed
def test_from_the_letter_to_the_vote(acme, ben, client_of, settings):
    with post_office(settings) as post:
        with acme.scope():
            set_wish(acme.email, NOW)
            conversation = settled(acme, ben)
        for _round in range(4):
            with acme.scope():
                ReactionDue.objects.update(run_at=timezone.now())
            tasks.run_reactions()
        letter = next(one for one in post.read if "How was it" in one["Subject"])
    assert letter["Auto-Submitted"] and "reply+" in letter["Reply-To"]
    text = letter.get_body(("plain",)).get_content()
    found = re.findall(r"/live/rate/\S+\?score=\d", text)
    assert len(found) == 5, "a link for each answer"
    browser = Client(enforce_csrf_checks=True)  # as browsers meet it: no cookie reaches these pages
    for _scanner in range(2):
        for link in found:
            page = browser.get(link)
            assert page.status_code == 200 and browser.head(link).status_code == 200
    with acme.scope():
        assert SurveyAnswer.objects.get().score is None, "only a POST votes"
    page = browser.get(found[1]).content.decode()
    assert re.search(r'value="4" required checked', page) and page.count(" checked") == 1
    link = found[1].partition("?")[0]
    assert browser.post(link, {"score": "9"}).status_code == 422
    voted = browser.post(link, {"score": "2", "comment": "Slow. <b>Very</b>"}).text
    assert "Thank you" in voted and "Your answer: <b>Not content</b>" in voted and "before" not in voted
    for again in (browser.post(link, {"score": "5"}).text, browser.get(link).text):
        assert "Your answer: <b>Not content</b>" in again and "It was given before" in again
    with acme.scope():
        answer = SurveyAnswer.objects.get()
        assert (answer.score, answer.comment) == (2, "Slow. <b>Very</b>"), "the first vote stands"
        assert Event.objects.get(type=SURVEY_ANSWERED).payload == {
            "score": 2, "comment": "Slow. <b>Very</b>", "low": True,
        }  # fmt: skip
    shown = client_of(ben).get(f"/w/acme/inbox/closed/{conversation.pk}/").content.decode()
    assert "Slow. &lt;b&gt;Very" in shown and "the question was mailed to" in shown


def test_links_that_open_nothing(acme, globex, ben, cleo):
    """Forged, of another tenant, counted up, over: one answer for all of them, and nothing moves."""
    with globex.scope():
        theirs = asked_of(globex, cleo)
    with acme.scope():
        answer = asked_of(acme, ben)
    good = links.sign(answer)
    bare = f"{answer.workspace_id}.{answer.pk}"
    mac = good.rpartition(":")[2]
    forged = [
        bare,
        f"{bare}:{mac[:-1]}x",
        f"{answer.workspace_id}.{answer.pk + 1}:{mac}",
        f"{theirs.workspace_id}.{answer.pk}:{mac}",
        signing.Signer(salt="parley.resume").sign(bare),
        signing.Signer(key="guessed", salt=links.SALT).sign(bare),
        # Ours, but a workspace and a question that do not belong together.
        signing.Signer(salt=links.SALT).sign(f"{globex.workspace.pk}.{answer.pk}")
        if theirs.pk != answer.pk
        else bare,
        "x" * 300,
    ]
    browser = Client()
    seen = {(got.status_code, got.content) for got in (browser.get(url_of(answer, one)) for one in forged)}
    assert len(seen) == 1 and {status for status, _body in seen} == {410}
    for one in forged:
        assert browser.post(url_of(answer, one), {"score": "1"}).status_code == 410
    with acme.scope():
        SurveyAnswer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.post(url_of(answer), {"score": "1"}).status_code == 410
    with acme.scope():
        SurveyAnswer.objects.update(expires_at=timezone.now() + timedelta(days=1))
        mark_spam(Conversation.objects.get(), by=ben)
    assert browser.get(url_of(answer)).status_code == 410
    for house in (acme, globex):
        with house.scope():
            assert SurveyAnswer.objects.get().score is None


def test_a_link_speaks_the_customers_language(acme, ben):
    with acme.scope():
        answer = asked_of(acme, ben, question="Ça va ?")
        Conversation.objects.update(language="fr")
    page = Client().get(url_of(answer))
    assert page["Content-Language"] == "fr" and "Ça va ?" in page.content.decode()


# ── Messenger ──


@committed
def test_in_messenger_a_button_votes_once(acme, ben, knocks):
    """FM-6: within the day only. A press is no message: the conversation stays closed."""

    def work():
        for _round in range(4):
            knocks.hooks.wait()
            understand_mail()
            with acme.scope():
                ReactionDue.objects.update(run_at=timezone.now())
            tasks.run_reactions()

    with acme.scope():
        set_wish(acme.messenger, Wish(on=True, delay=0, question="Good?", thanks="Merci!"))
    customer = knocks.customer(PAGE, "600700800")
    customer.say("Where is my lamp?")
    work()
    with acme.scope():
        settled(acme, ben, Conversation.objects.get())
    work()
    sent = [one["message"] for one in knocks.world.taken]
    question = next(one for one in sent if one["text"] == "Good?")
    press = question["quick_replies"][1]
    assert [one["title"] for one in question["quick_replies"]][1] == "Content"
    with acme.scope():
        before = Conversation.objects.get().messages.count()
    for _twice in range(2):
        customer.say(press["title"], payload=press["payload"])
        work()
    with acme.scope():
        answer, conversation = SurveyAnswer.objects.get(), Conversation.objects.get()
        assert (answer.score, answer.channel_kind) == (4, "messenger")
        assert conversation.is_closed() and conversation.messages.count() == before + 1, "and the thanks"
        assert Event.objects.filter(type=SURVEY_ANSWERED).count() == 1
    stranger = knocks.customer(PAGE, "900900900")
    stranger.say("Content", payload=press["payload"])
    work()
    with acme.scope():
        assert SurveyAnswer.objects.count() == 1 and Conversation.objects.count() == 2, "a message of theirs"


# ── Settings ──


def test_a_channel_is_told_what_to_ask(acme, ada, ben, client_of):
    client, tab = client_of(ada), f"/w/acme/settings/inboxes/{acme.inbox.pk}/satisfaction/"
    url = f"/w/acme/settings/channels/{acme.email.pk}/satisfaction/"
    assert url in client.get(tab).content.decode()
    fields = {
        "on": "on",
        "question": "Good?",
        "thanks": "",
        "delay": "3",
        "rest": "10",
        "good_for": "7",
        "low": "1",
    }
    assert client.post(url, fields | {"delay": "169"}).status_code == 422
    assert client.post(url, fields)["Location"] == tab
    with acme.scope():
        acme.email.refresh_from_db()
        assert wish_of(acme.email) == Wish(True, "Good?", "", 3, 10, 7, 1)
    assert client.get(f"/w/acme/settings/channels/{acme.chat.pk}/satisfaction/").status_code == 404
    assert client_of(ben).get(url).status_code == 404
