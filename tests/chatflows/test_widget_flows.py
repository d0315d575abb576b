"""A chatflow in a visitor's panel: what a bot says first, what may be answered, and what is asked around a chat."""

import json

import pytest

from chatflows import actions, figures, serving
from chatflows.models import Chatflow, ConsentProof, SurveyAnswer
from chatflows.session import hear, settings_of
from chatflows.widget import chat, flows
from chatflows.widget.panel import panel_of
from contacts.models import Contact, Visitor
from conversations.actions import set_status
from conversations.models import Conversation, Message, Status
from tests.chatflows.test_views import Panel

BOT = {
    "format": 1,
    "start": "hello",
    "steps": [
        {
            "id": "hello",
            "kind": "question",
            "name": "Hello",
            "bubbles": ["Hello. What is it about?"],
            "replies": [{"label": "A lamp", "value": "lamp"}, {"label": "An order", "value": "order"}],
            "typed": False,
        },
        {"id": "thanks", "kind": "message", "name": "Thanks", "bubbles": ["Thank you."]},
        {
            "id": "mail",
            "kind": "question",
            "name": "Mail",
            "bubbles": ["Your number?"],
            "answer": "number",
        },
        {"id": "end", "kind": "end", "name": "End"},
    ],
}


@pytest.fixture
def panel(acme) -> Panel:
    return Panel()


def make_flow(house, *, bot=True, **parts):
    """The flow that visitors of the house's chat meet, published."""
    with house.scope():
        flow = actions.create(
            house.chat, template="blank" if bot else "welcome", name="Greeter", language="en", by=None
        )
        if bot:
            parts = {"definition": BOT} | parts
        actions.save_draft(flow, revision=None, by=None, **parts)
        flow = actions.publish(flow, None)
        actions.move(flow, "top")
        if not flow.is_live():
            flow = actions.resume(flow)
    serving.forget()
    return flow


def met(client, house) -> dict:
    return json.loads(client.get(f"/live/config/{house.chat.identifier}/?u=https://shop.example/").content)


def write(panel, flow, body="A lamp", reply=("lamp",)) -> str:
    answer = panel.write(body, flow=str(flow.published.public_id), reply=list(reply))
    assert answer.status_code == 200, answer.content
    return answer.json()["conversation"]


def test_a_page_that_meets_a_bot_shows_what_it_says_first_and_how_it_may_be_answered(acme, client):
    flow = make_flow(acme)
    config = met(client, acme)
    assert config["flow"] == str(flow.published.public_id)
    assert config["greeting"] == "Hello. What is it about?"
    page = client.get(config["panel"].split("testserver")[1])
    data = json.loads(
        page.content.decode().split('id="data" type="application/json">')[1].split("</script>")[0]
    )
    [said] = data["opening"]
    assert said["body"] == "Hello. What is it about?"
    assert said["asks"]["closed"] is True
    assert [reply["label"] for reply in said["asks"]["replies"]] == ["A lamp", "An order"]
    assert data["here"] == 1  # CT-9: a bot is always there


def test_a_chosen_reply_walks_the_bot_on_and_its_opening_stands_before(acme, panel):
    """BE-1, LC-3: what it said before the first word is the first message; the reply is told by its value."""
    flow = make_flow(acme)
    panel.begin()
    public = write(panel, flow)
    with acme.scope():
        conversation = Conversation.objects.get(detail__public_id=public)
        assert conversation.bot_since is not None
        first, second = Message.objects.filter(conversation=conversation).order_by("seq")
        assert (first.body, second.body) == ("Hello. What is it about?", "A lamp")
        assert second.extra["reply"] == ["lamp"]
        hear(conversation.pk)
    standing = panel.get("messages", conversation=public).json()
    assert standing["bot"]["name"]
    assert [said["body"] for said in standing["messages"]][:2] == ["Hello. What is it about?", "A lamp"]
    assert standing["messages"][0]["asks"]["closed"] is True


def test_a_flow_of_another_house_or_a_paused_one_is_no_flow(acme, globex):
    flow, other = make_flow(acme), make_flow(globex)
    with acme.scope():
        assert flows.find_shown(acme.chat, str(flow.published.public_id), "en") is not None
        assert flows.find_shown(acme.chat, str(other.published.public_id), "en") is None
        assert flows.find_shown(acme.chat, "nonsense", "en") is None
        actions.pause(flow)
        assert flows.find_shown(acme.chat, str(flow.published.public_id), "en") is None


def test_a_live_flow_says_its_own_welcome_and_asks_what_its_options_say(acme):
    flow = make_flow(
        acme,
        bot=False,
        options={
            "welcome": "Good day.",
            "consent": "explicit",
            "consent_text": "May we?",
            "survey": True,
            "email_capture": "now",
            "heading": "custom",
            "custom_name": "The lamp desk",
        },
    )
    with acme.scope():
        data = panel_of(acme.chat, "en", [], {"flow": str(flow.published.public_id)})
    assert data["opening"] == [{"name": "The lamp desk", "body": "Good day."}]
    assert data["texts"]["name"] == "The lamp desk"
    assert data["care"]["consent"] == {"explicit": True, "text": "May we?"}
    assert data["care"]["survey"]
    assert data["care"]["capture"]["required"] is False


def test_a_live_chat_counts_who_began_with_it_once_for_each_conversation(
    acme, panel, monkeypatch, django_capture_on_commit_callbacks
):
    """AN-3, AN-4: the share of those who began, and what a trial of two versions is judged by."""
    told = []
    monkeypatch.setattr(figures, "note", lambda measure, **of: told.append((str(measure), of["version"])))
    flow = make_flow(acme, bot=False)
    with django_capture_on_commit_callbacks(execute=True):
        panel.begin()
        chat_id = write(panel, flow, "Is anybody there?", ())
        panel.write("Hello?", conversation=chat_id, flow=str(flow.published.public_id))
    assert [one for one in told if one[0] == "started"] == [("started", flow.published_id)]


# ── Around a chat ──


def test_consent_is_kept_with_its_words_its_page_and_no_address(acme, panel):
    """OP-4."""
    panel.begin()
    sent = {"kind": "processing", "accepted": True, "text": "May we?", "page_url": "https://shop.example/"}
    assert panel.send("consent", sent).status_code == 201
    assert panel.send("consent", sent | {"kind": "other"}).status_code == 400
    with acme.scope():
        proof = ConsentProof.objects.get()
    assert (proof.accepted, proof.text, proof.page_url) == (True, "May we?", "https://shop.example/")
    assert "127.0.0.1" not in proof.address_hash


def test_where_consent_is_explicit_no_message_is_taken_before_it(acme, panel):
    """OP-4: not even from a panel that does not ask."""
    flow = make_flow(acme, bot=False, options={"consent": "explicit", "consent_text": "May we?"})
    panel.begin()
    asked = panel.write("Hello", flow=str(flow.published.public_id))
    assert (asked.status_code, asked.json()["error"]) == (422, "consent")
    panel.send("consent", {"kind": "processing", "accepted": True, "text": "May we?"})
    assert panel.write("Hello", flow=str(flow.published.public_id)).status_code == 200


def test_a_typed_address_is_a_label_and_shows_nothing(acme, panel):
    """LC-5, TR-6, T064."""
    with acme.scope():
        Contact.objects.create(name="Nora", email="nora@example.com")
    panel.begin()
    assert panel.send("address", {"email": "not one"}).json() == {"error": "email"}
    assert panel.send("address", {"email": " Nora@Example.com "}).status_code == 200
    with acme.scope():
        visitor = Visitor.objects.get()
        assert (visitor.claimed_email, visitor.contact) == ("nora@example.com", None)
    assert panel.get("conversations").json() == {"conversations": []}


def test_one_vote_for_each_closed_chat(acme, panel, ben):
    """LC-7."""
    panel.begin()
    public = panel.write("Hello").json()["conversation"]
    vote = {"conversation": public, "score": 4, "comment": "Quick."}
    assert panel.send("survey", vote).json() == {"error": "open"}
    with acme.scope():
        set_status(Conversation.objects.get(), Status.CLOSED, by=ben)
    assert panel.send("survey", vote | {"score": 6}).status_code == 400
    assert panel.send("survey", vote).json() == {"ok": True, "score": 4}
    assert panel.send("survey", vote | {"score": 1}).json() == {"ok": True, "score": 4}
    with acme.scope():
        stands = SurveyAnswer.objects.get()
    assert (stands.score, stands.comment) == (4, "Quick.")
    stranger = Panel().begin()
    assert stranger.send("survey", vote).status_code == 404


def test_a_bot_shows_a_robot_and_no_dot(acme, panel, client):
    """LC-1: in the head before and after the first word; it is not somebody who is there."""
    flow = make_flow(acme)
    with acme.scope():
        [face] = panel_of(acme.chat, "en", [], {"flow": str(flow.published.public_id)})["faces"]
    panel.begin()
    panel.write("Hello", flow=str(flow.published.public_id))
    bot = panel.get("messages").json()["bot"]
    for one in (face, bot):
        assert (one["picture"].endswith("bot.svg"), one["here"]) == (True, False)
    with acme.scope():
        Conversation.objects.update(language="fr")
    assert panel.get("messages").json()["bot"]["title"] == "Répond tout de suite"


def test_a_chatflow_speaks_what_it_was_given_beyond_our_own_languages(acme, client):
    """OP-2: by the page's language, else the browser's; our own words stay in a language of ours."""
    words = {
        "hello.bubbles.0": "Hallo. Worum geht es?",
        "hello.replies.0": "Eine Lampe",
        "thanks.bubbles.0": "Danke.",
    }
    make_flow(acme, translations={"de": words})
    told = client.get("/live/config/acme-chat/?u=https://shop.example/&lang=de-AT").json()
    assert (told["greeting"], told["language"]) == ("Hallo. Worum geht es?", "de")
    assert "lang=de&" in told["panel"] and told["words"]["open"] == "Open chat"
    page = client.get(told["panel"].removeprefix("http://testserver")).content.decode()
    assert '<html lang="en"' in page and "Eine Lampe" in page
    german, french = Panel(), Panel()
    for one, language in ((german, "de"), (french, "fr")):
        one.token = one.send("session", {"key": one.key, "language": language}).json()["token"]
    flow = told["flow"]
    assert german.write("Eine Lampe", flow=flow, reply=["lamp"]).status_code == 200
    with acme.scope():
        conversation = Conversation.objects.get()
        assert conversation.language == "de"
        hear(conversation.pk)
    said = [one["body"] for one in german.get("messages").json()["messages"]]
    assert said == ["Hallo. Worum geht es?", "Eine Lampe", "Danke."]
    with acme.scope():
        assert Visitor.objects.order_by("pk").last().language == "fr"
    plain = client.get("/live/chat/acme-chat/", headers={"Accept-Language": "de,en;q=0.5"}).content.decode()
    assert "Worum geht es?" in plain and "Look for new answers" in plain


def test_our_sentences_are_said_as_the_chatflow_words_them(acme, client):
    """OP-2: the button, the window, what is asked around a chat, and what the bot refuses."""
    words = {
        "hello.replies.0": "Eine Lampe",
        "say_open": "Chat öffnen",
        "say_chatWith": "Chat mit {name}",
        "say_agree": "Einverstanden",
        "say_sent": "Gesendet",
        "say_at_once": "Antwortet sofort",
        "say_cookies": "Darf ich mich erinnern?",
        "say_number": "Bitte eine Zahl.",
        "consent_text": "Wir speichern das.",
        "say_lookAgain": "Neue Antworten?",
        "say_agreeFirst": "Bitte zuerst zustimmen.",
        "say_tooLong": "Zu lang, höchstens {n}.",
    }
    options = {"consent": "explicit", "cookies_consent": True, "custom_name": "Robo", "survey": True}
    make_flow(acme, translations={"de": words, "en": {"say_keep": "Do remember"}}, options=options)
    told = client.get("/live/config/acme-chat/?u=https://shop.example/&lang=de").json()
    assert told["words"]["open"] == "Chat öffnen" and told["words"]["chatWith"] == "Chat mit Robo"
    page = client.get(told["panel"].removeprefix("http://testserver")).content.decode()
    for said in (
        "Einverstanden",
        "Wir speichern das.",
        "Darf ich mich erinnern?",
        "Antwortet sofort",
        "Do remember",
    ):
        assert said in page
    assert 'id="care" hidden' in page  # no button is shown before it is heard
    assert "<title>Chat mit Robo</title>" in page and "I agree" not in page and '"sent": "Gesendet"' in page
    assert "No, only for now" in page  # nobody wrote that: English
    english = client.get("/live/config/acme-chat/?u=https://shop.example/&lang=en").json()
    assert english["words"]["open"] == "Open chat"
    with acme.scope():
        flow = Chatflow.objects.get(published__isnull=False)
        assert settings_of(flow.published, "de")["sentences"]["number"] == "Bitte eine Zahl."
    panel = Panel()
    panel.token = panel.send("session", {"key": panel.key, "language": "de"}).json()["token"]
    agreed = {"kind": "processing", "accepted": True, "text": "Wir speichern das.", "page_url": ""}
    assert panel.send("consent", agreed).status_code == 201
    for body, reply in (("Eine Lampe", ["lamp"]), ("bald", [])):
        assert panel.write(body, flow=told["flow"], reply=reply).status_code == 200
        with acme.scope():
            hear(Conversation.objects.get().pk)
    heard = panel.get("messages").json()
    assert heard["bot"]["title"] == "Antwortet sofort"
    # The same without a script.
    german = {"Accept-Language": "de"}
    page = client.post("/live/chat/acme-chat/", {"body": "Hallo"}, headers=german).content.decode()
    assert "Bitte zuerst zustimmen." in page and "Neue Antworten?" in page
    much = {"body": "x" * 10_001, "agree": "yes"}
    assert (
        "Zu lang, höchstens 10000."
        in client.post("/live/chat/acme-chat/", much, headers=german).content.decode()
    )


# ── Without a script ──


def test_the_plain_page_is_the_same_conversation_by_forms(acme, client, monkeypatch):
    shown = []
    monkeypatch.setattr(
        serving, "note_shown", lambda _form, one, measure: shown.append((one.public_id, measure))
    )
    flow = make_flow(acme)
    with acme.scope():
        acme.chat.config["accent"] = "#7c432c"
        acme.chat.save()
    page = client.get("/live/chat/acme-chat/")
    assert page.status_code == 200
    assert b"--pw-accent: #7c432c" in page.content
    # Who comes to it sees it open; the panel that takes its place does not count again.
    assert shown == [(str(flow.published.public_id), measure) for measure in ("shown", "opened")]
    with acme.scope():
        asked = {"flow": str(flow.published.public_id)}
        assert [panel_of(acme.chat, "en", [], asked | own)["counted"] for own in ({}, {"own": "1"})] == [
            True,
            False,
        ]
    assert b"What is it about?" in page.content
    assert b'value="A lamp"' in page.content
    assert not [name for name in client.cookies if name.startswith("parley_chat")]  # nothing before they act
    answer = client.post("/live/chat/acme-chat/", {"said": "A lamp", "reply": "lamp"})
    assert answer.status_code == 303
    with acme.scope():
        conversation = Conversation.objects.get()
        assert conversation.bot_since
        hear(conversation.pk)
        assert conversation.flow_sessions.get().version == flow.published
        chat_visitor = conversation.visitor
    again = client.get("/live/chat/acme-chat/")
    assert b"A lamp" in again.content
    assert len(shown) == 2, "whoever has a chat is not shown what begins one"
    [cookie] = [one for name, one in client.cookies.items() if name.startswith("parley_chat")]
    assert cookie["httponly"]
    assert cookie["path"] == "/live/chat/acme-chat/"
    with acme.scope():
        assert chat.load_visitor(acme.chat.pk, cookie.value) == chat_visitor
