"""A bot's life in a conversation: what is kept, who is silent when, what is said once (BE-8, BE-9, BE-13, RT-10)."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from chatflows import session
from chatflows.models import Chatflow, ChatflowVersion, FlowKind, FlowSession, FlowStatus
from chatflows.widget.bots import name_of
from contacts.actions import find_or_create_contact
from contacts.models import Contact, Visitor
from conversations.actions import assign, send_reply, set_status
from conversations.inbound import Inbound
from conversations.models import Comment, Conversation, Message
from conversations.queries.counts import counts_for
from conversations.receive import receive
from events.models import Event, ReactionDue
from inboxes.models import Channel, OpeningHours, RoutingMode
from inboxes.routing import set_rule
from tests.factories import make_member, make_visitor
from workspaces.models import Availability, Member, Team, TeamMember

ASK = {
    "id": "ask",
    "kind": "question",
    "bubbles": ["Hello", "What is it?"],
    "replies": [
        {"label": "Track it", "value": "track", "to": "number"},
        {"label": "A person", "value": "human", "to": "hand"},
    ],
    "next": "hand",
}
NUMBER = {
    "id": "number",
    "kind": "question",
    "bubbles": ["Which number?"],
    "answer": "number",
    "save": "var.order",
}
MAIL = {"id": "mail", "kind": "question", "asks": "email", "bubbles": ["Your address?"], "skip_known": True}
END = {
    "id": "end",
    "kind": "end",
    "bubbles": ['Order {{ var.order | "?" }} is on its way'],
    "start_over": True,
}
HAND = {
    "id": "hand",
    "kind": "handover",
    "text": "One moment",
    "joined": "{{ agent.first_name }} joined",
    "away": "Nobody is here",
}


def make_bot(house, *steps, delay=0, **options) -> ChatflowVersion:
    """A live bot on the house's chat. Inside the scope."""
    flow = Chatflow.objects.create(channel=house.chat, name="Helper", kind=FlowKind.BOT, language="en")
    version = ChatflowVersion.objects.create(
        chatflow=flow,
        number=1,
        definition={"steps": list(steps or (ASK, NUMBER, MAIL, END, HAND))},
        options={"typing_delay_ms": delay, "custom_name": "Lumi"} | options,
        published_at=timezone.now(),
    )
    flow.published, flow.status = version, FlowStatus.LIVE
    flow.save()
    return version


class Chat:
    """A visitor at a chat with a bot."""

    def __init__(self, house, version: ChatflowVersion):
        self.house, self.version, self.visitor = house, version, make_visitor(house)
        self.conversation_id: int | None = None

    def write(self, body: str, *reply: str, hears: bool = True):
        extra = {"reply": list(reply)} if reply else {}
        inbound = Inbound(
            channel=self.house.chat,
            body=body,
            visitor=self.visitor,
            conversation_id=self.conversation_id,
            extra=extra,
        )
        if self.conversation_id is None:
            inbound = replace(inbound, opening=tuple(session.opening_of(self.version, "en")))
        appended = receive(inbound)
        if self.conversation_id is None:
            self.conversation_id = appended.conversation_id
            facts = {"page_url": "https://shop.example/lamps", "language": "en"}
            session.begin(appended.conversation_id, self.version, visitor=self.visitor, facts=facts)
        if hears:
            session.hear(self.conversation_id)
        return self

    @property
    def row(self) -> Conversation:
        return Conversation.objects.get(pk=self.conversation_id)

    @property
    def walk(self) -> FlowSession:
        return FlowSession.objects.filter(conversation=self.conversation_id).latest("pk")

    def said(self) -> list[str]:
        rows = Message.objects.filter(conversation=self.conversation_id, author_kind="bot").order_by("seq")
        return list(rows.values_list("body", flat=True))


@pytest.fixture
def chat(in_acme, ben):
    return Chat(in_acme, make_bot(in_acme))


# ── Talking ──


def test_what_the_visitor_saw_first_stands_before_their_first_word(chat):
    chat.write("Track it", "track")
    rows = chat.row.messages.order_by("seq").values_list("kind", "direction", "body")
    assert list(rows) == [
        ("welcome", "out", "Hello"),
        ("welcome", "out", "What is it?"),
        ("message", "in", "Track it"),
        ("message", "out", "Which number?"),
    ]
    last = chat.row.messages.latest("seq")
    assert (last.author_kind, last.author_name) == ("bot", name_of(chat.version, "en")) == ("bot", "Lumi")
    assert last.extra["flow"] == {"step": "number", "typed": True, "input": "number"}


def test_it_walks_to_its_end_and_keeps_what_was_answered(chat):
    chat.write("Track it", "track").write("12 k").write("4812").write("jo@pine.example")
    assert chat.said()[3:] == ["Please write a number.", "Your address?", "Order 4812 is on its way"]
    assert (chat.walk.outcome, chat.walk.is_over()) == ("completed", True)
    assert chat.walk.state["vars"]["var.order"] == "4812"


def test_the_same_reaction_twice_says_nothing_twice(chat):
    chat.write("Track it", "track")
    before = chat.said()
    assert session.hear(chat.conversation_id) and session.hear(chat.conversation_id)
    session.speak(chat.walk.pk)
    assert chat.said() == before


def test_the_queue_owes_the_bot_its_answer(chat):
    """A worker may die: what is owed stands in rows, written with the message itself."""
    chat.write("Track it", "track", hears=False)
    owed = ReactionDue.objects.filter(name="chatflows.reactions.greet")
    assert owed.count() == 1
    session.hear(chat.conversation_id)
    chat.write("4812", hears=False)
    assert ReactionDue.objects.filter(name="chatflows.reactions.answer").count() == 1


def test_balloons_wait_for_the_typing_delay_and_are_said_once(in_acme, ben):
    bubbles = {"id": "two", "kind": "message", "bubbles": ["One", "Two"], "next": "number"}
    ask = {"id": "ask", "kind": "question", "bubbles": ["Yes?"], "next": "two"}
    chat = Chat(in_acme, make_bot(in_acme, ask, bubbles, NUMBER, END, delay=2000)).write("Hi")
    assert chat.said()[1:] == ["One"] and chat.walk.due_at
    FlowSession.objects.update(
        waiting=[one | {"at": timezone.now().isoformat()} for one in chat.walk.waiting]
    )
    ids = [one["id"] for one in chat.walk.waiting]
    session.speak(chat.walk.pk)
    session.speak(chat.walk.pk)
    assert chat.said()[1:] == ["One", "Two", "Which number?"] and chat.walk.due_at is None
    written = chat.row.messages.filter(body__in=["Two", "Which number?"]).order_by("seq")
    assert [str(one.client_id) for one in written] == ids


def test_what_is_written_during_the_delay_is_applied_to_the_question(in_acme, ben):
    ask = {"id": "ask", "kind": "question", "bubbles": ["Yes?"], "next": "number"}
    first = {"id": "first", "kind": "message", "bubbles": ["Wait", "a bit"], "next": "number"}
    chat = (
        Chat(in_acme, make_bot(in_acme, ask | {"next": "first"}, first, NUMBER, END, delay=3000))
        .write("Hi")
        .write("4812")
    )
    assert chat.said()[1:] == ["Wait"]
    assert [one["body"] for one in chat.walk.waiting] == [
        "a bit",
        "Which number?",
        "Order 4812 is on its way",
    ]
    assert chat.walk.outcome == "completed"


# ── Whose it is ──


def test_rt10_it_sits_with_the_bots_and_is_not_unassigned(chat, ben):
    chat.write("Track it", "track")
    assert not Conversation.objects.unassigned().exists()
    assert Conversation.objects.with_bots().get().pk == chat.conversation_id
    counts = counts_for(ben)
    assert (counts["bots"], counts["unassigned"], counts["open"]) == (1, 0, 1)
    assert chat.row.waiting_since is None, "the bot answered: nobody waits for us"


def test_be9_who_takes_it_silences_the_bot_at_once_also_in_the_middle(chat, ben):
    """The next answer goes to the agent."""
    chat.write("Track it", "track")
    assign(chat.row, to=ben, by=ben)
    said = chat.said()
    chat.write("4812")
    assert chat.said() == said and chat.row.bot_since is None
    assert chat.walk.outcome == "handed_over"
    assert chat.row.waits_for_us()


def test_be9_an_agents_answer_silences_it_and_what_it_was_about_to_say(in_acme, ben):
    two = {"id": "two", "kind": "message", "bubbles": ["One", "Two"], "next": "number"}
    ask = {"id": "ask", "kind": "question", "bubbles": ["Yes?"], "next": "two"}
    chat = Chat(in_acme, make_bot(in_acme, ask, two, NUMBER, delay=2000)).write("Hi")
    send_reply(chat.row, body="I am here", by=ben, client_id=uuid.uuid4())
    FlowSession.objects.update(
        waiting=[one | {"at": timezone.now().isoformat()} for one in chat.walk.waiting]
    )
    session.speak(chat.walk.pk)
    assert chat.said()[1:] == ["One"] and chat.walk.waiting == [] and chat.walk.is_over()


def test_be13_it_hands_over_by_the_rule_of_the_channel(chat, ben):
    set_rule(chat.house.chat, mode=RoutingMode.PEOPLE, members=[ben])
    Member.objects.filter(pk=ben.pk).update(availability=Availability.AVAILABLE)
    chat.write("A person", "human")
    assert chat.row.assignee == ben and chat.row.bot_since is None
    assert chat.said()[2:] == ["One moment", "Ben joined"]
    assert chat.walk.outcome == "handed_over"
    told = Event.objects.filter(type="bot.handed_over").get()
    assert told.payload["member"] == ben.pk


def test_be13_where_nothing_is_given_out_whoever_is_there_takes_it_and_nobody_is_called_away(chat, ben):
    Member.objects.filter(pk=ben.pk).update(availability=Availability.AVAILABLE)
    chat.write("A person", "human")
    assert chat.said()[2:] == ["One moment"] and chat.walk.is_over()
    assert Conversation.objects.unassigned().get().pk == chat.conversation_id


def test_be13_outside_the_hours_it_waits_even_if_somebody_is_there(chat, ben):
    """CT-8."""
    set_rule(chat.house.chat, mode=RoutingMode.PEOPLE, members=[ben])
    Member.objects.filter(pk=ben.pk).update(availability=Availability.AVAILABLE)
    OpeningHours.objects.create(channel=chat.house.chat, time_zone="UTC", weekly=[[]] * 7)
    Channel.objects.filter(pk=chat.house.chat.pk).update(config={"availability": {"mode": "hours"}})
    chat.house.chat.refresh_from_db()
    chat.write("A person", "human")
    assert chat.row.assignee is None and chat.said()[3] == "Nobody is here"


def test_be13_nobody_there_leaves_it_unassigned_and_asks_for_the_address(chat, ben):
    Member.objects.update(availability=Availability.AWAY)
    chat.write("A person", "human")
    assert chat.said()[2:] == ["One moment", "Nobody is here", "Where can we write to you?"]
    assert Conversation.objects.unassigned().get().pk == chat.conversation_id and chat.row.waits_for_us()
    chat.write("jo@pine.example")
    assert chat.row.contact.email == "jo@pine.example" and chat.walk.is_over()


def test_be13_a_team_of_the_step_gets_it_in_turn(in_acme, ben):
    team = Team.objects.create(workspace=in_acme.workspace, name="Lyon")
    nora = make_member(in_acme.workspace, "nora@acme.example", "Nora Lyon")
    TeamMember.objects.create(workspace=in_acme.workspace, team=team, member=nora, is_main=True)
    Member.objects.filter(pk__in=[ben.pk, nora.pk]).update(availability=Availability.AVAILABLE)
    hand = HAND | {"to": "people", "people": [f"team:{team.pk}"]}
    chat = Chat(in_acme, make_bot(in_acme, ASK, NUMBER, hand)).write("A person", "human")
    assert chat.row.assignee == nora
    assert chat.said()[-1] == "Nora joined"


# ── Its time ──


def test_be8_after_the_time_without_a_word_it_begins_anew_in_the_same_thread(chat):
    chat.write("Track it", "track")
    FlowSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    session.expire(chat.walk.pk)
    assert chat.walk.outcome == "abandoned"
    chat.write("Hello again")
    assert FlowSession.objects.filter(conversation=chat.conversation_id).count() == 2
    assert chat.said()[-2:] == ["Hello", "What is it?"]
    chat.write("Track it", "track")
    assert chat.said()[-1] == "Which number?"


def test_cf5_a_walk_finishes_on_the_version_it_began_with(chat):
    chat.write("Track it", "track")
    newer = ChatflowVersion.objects.create(
        chatflow=chat.version.chatflow, number=2, definition={"steps": [END]}, published_at=timezone.now()
    )
    Chatflow.objects.update(published=newer)
    chat.write("x").write("4812")
    assert chat.said()[-1] == "Your address?" and chat.walk.version == chat.version


def test_a_flow_that_is_gone_leaves_the_next_word_to_people(chat):
    chat.write("Track it", "track").write("1").write("jo@pine.example")
    Chatflow.objects.update(status=FlowStatus.PAUSED)
    chat.write("One more thing")
    assert Conversation.objects.unassigned().get().pk == chat.conversation_id


def test_a_closed_conversation_hears_nothing_of_a_bot(in_acme, ben):
    two = {"id": "two", "kind": "message", "bubbles": ["One", "Two"], "next": "number"}
    ask = {"id": "ask", "kind": "question", "bubbles": ["Yes?"], "next": "two"}
    chat = Chat(in_acme, make_bot(in_acme, ask, two, NUMBER, delay=2000)).write("Hi")
    set_status(chat.row, "closed", by=ben)
    FlowSession.objects.update(
        waiting=[one | {"at": timezone.now().isoformat()} for one in chat.walk.waiting]
    )
    session.speak(chat.walk.pk)
    assert chat.said()[1:] == ["One"]


# ── Who they say they are ──


def test_t064_tr6_the_address_of_somebody_known_is_a_label_and_opens_nothing(chat):
    known = find_or_create_contact(kind="email", address="jo@pine.example", name="Jo Secret")
    chat.write("Track it", "track").write("4812").write("jo@pine.example")
    visitor = Visitor.objects.get(pk=chat.visitor.pk)
    assert visitor.claimed_email == "jo@pine.example" and visitor.contact is None
    assert chat.row.contact is None and "Secret" not in " ".join(chat.said())
    assert Contact.objects.get(pk=known.pk).name == "Jo Secret"


def test_an_address_nobody_has_makes_a_contact_but_proves_nothing(chat):
    chat.write("Track it", "track").write("4812").write("new@pine.example")
    assert chat.row.contact.email == "new@pine.example"
    assert Visitor.objects.get(pk=chat.visitor.pk).contact is None


def test_set_writes_the_contact_and_is_silent_without_one(in_acme, ben):
    put = {"id": "put", "kind": "set", "property": "city", "value": "{{ var.town }}", "next": "town"}
    mail = MAIL | {"next": "put"}
    town = {"id": "town", "kind": "question", "bubbles": ["Town?"], "save": "var.town", "next": "again"}
    again = put | {"id": "again", "next": None}
    chat = Chat(in_acme, make_bot(in_acme, mail, put, town, again))
    chat.write("new@pine.example").write("Lyon")
    assert chat.row.contact.city == "Lyon"


def test_consent_is_kept_with_its_words(in_acme, ben):
    news = {
        "id": "news",
        "kind": "subscription",
        "bubbles": ["Our letter?"],
        "subscription": "News",
        "next": None,
    }
    chat = Chat(in_acme, make_bot(in_acme, ASK | {"replies": [], "next": "news"}, news, NUMBER, HAND))
    chat.write("Hi").write("Yes, please").write("new@pine.example")
    kept = Comment.objects.get(conversation=chat.conversation_id)
    assert "new@pine.example" in kept.body and "Our letter?" in kept.body


def test_a_rule_is_started_by_an_event(in_acme, ben):
    rule = {"id": "rule", "kind": "rule", "rule": 7, "next": None}
    Chat(in_acme, make_bot(in_acme, ASK | {"replies": [], "next": "rule"}, rule, NUMBER, HAND)).write("Hi")
    assert Event.objects.get(type="rule.asked").payload["rule"] == 7


def test_another_workspace_sees_nothing_of_it(acme, globex, ben):
    with acme.scope():
        chat = Chat(acme, make_bot(acme, ASK, NUMBER | {"bubbles": ["Fine", "Which?"]}, delay=2000))
        chat.write("Track it", "track")
        pk, due = chat.walk.pk, chat.walk.due_at
        assert due
    with globex.scope():
        assert not FlowSession.objects.exists()
        session.speak(pk)
        session.expire(pk)
        session.answered(pk, "x", {})
    with acme.scope():
        assert chat.walk.due_at == due and not chat.walk.is_over()
