"""LC-4: a chatflow's own rule comes before that of its channel."""

import pytest
from django.utils import timezone

from chatflows import actions
from chatflows.models import FlowSession
from chatflows.session import hear
from contacts.models import Contact, Visitor
from conversations import routing
from conversations.actions import assign
from conversations.models import Conversation
from events.models import Event
from inboxes.availability import set_availability
from inboxes.models import RoutingRule
from inboxes.routing import rule_of_flow, set_rule, set_rule_of_flow
from tests.chatflows.test_views import Panel
from tests.chatflows.test_widget_flows import make_flow, write
from workspaces.models import Member


@pytest.fixture
def panel(acme) -> Panel:
    return Panel()


def given(house) -> Conversation:
    event = Event.objects.filter(type="conversation.started").latest("pk")
    routing.route_started(event)
    return Conversation.objects.get(pk=event.conversation_id)


def test_what_begins_with_a_chatflow_goes_by_its_rule(acme, ada, ben, panel, client_of):
    flow = make_flow(acme, bot=False)
    with acme.scope():
        set_rule(acme.chat, mode="people", members=[ada])
        set_rule_of_flow(flow.pk, flow.name, mode="people", members=[ben])
    panel.begin()
    write(panel, flow, "Hello", ())
    with acme.scope():
        conversation = given(acme)
        assert conversation.assignee == ben
        assert (conversation.detail.chatflow, conversation.detail.flow_version) == (
            flow.pk,
            flow.published_id,
        )
    shown = client_of(ada).get(f"/w/acme/conversations/{conversation.pk}/why/").content.decode()
    assert "Chatflow “Greeter”" in shown
    # Without a chatflow that visitors meet it is the channel's; "nobody" of a chatflow is nobody all the same.
    with acme.scope():
        set_rule_of_flow(flow.pk, flow.name, mode="unassigned")
    panel.write("Another matter", flow=str(flow.published.public_id), new=True)
    with acme.scope():
        assert given(acme).assignee is None
        actions.pause(flow)
    panel.write("A third matter", new=True)
    with acme.scope():
        assert given(acme).assignee == ada


def test_its_queue_is_handed_out_too(acme, ben, panel):
    """RT-12 by the rule of a chatflow, whatever that of the channel says."""
    flow = make_flow(acme, bot=False)
    with acme.scope():
        set_availability(ben, availability="away", by=ben)
        set_rule_of_flow(flow.pk, flow.name, mode="people", members=[ben], drain_queue_on_available=True)
    panel.begin()
    write(panel, flow, "Hello", ())
    with acme.scope():
        assert given(acme).assignee is None
        set_availability(ben, availability="available", by=ben)
        routing.drain_for(Event.objects.filter(type="member.availability_changed").latest("pk"))
        assert Conversation.objects.get().assignee == ben


def test_its_page(acme, ada, ben, client_of):
    flow = make_flow(acme)
    client, url = client_of(ada), f"/w/acme/chatflows/{flow.pk}/routing/"
    page = client.get(url).content.decode()
    assert "As its channel does" in page
    assert client.post(url, {"mode": "people"}).status_code == 422
    assert client.post(url, {"mode": "people", "members": [ben.pk]}).status_code == 302
    with acme.scope():
        rule = rule_of_flow(flow.pk)
        assert (rule.mode, rule.name, rule.targets.get().member) == ("people", "Greeter", ben)
        copy = actions.clone(flow, ada)
        assert rule_of_flow(copy.pk).targets.get().member == ben
        actions.rename(flow, "Reception")
        assert rule_of_flow(flow.pk).name == "Reception"
    assert client_of(ben).post(url, {"mode": "channel"}).status_code == 404
    assert client.post(url, {"mode": "channel"}).status_code == 302
    with acme.scope():
        assert rule_of_flow(flow.pk) is None
        assert RoutingRule.objects.count() == 1
        bot = actions.create(acme.chat, template="blank", name="Bot", language="en", by=ada)
    steps = f"/w/acme/chatflows/{bot.pk}/build/?tab=routing"
    assert 'id="routing-form"' in client.get(steps).content.decode()
    beside, at = {"mode": "people", "beside": "1"}, f"/w/acme/chatflows/{bot.pk}/routing/"
    refused = client.post(at, beside)
    assert refused.status_code == 422 and 'id="flow-panel"' in refused.content.decode()
    plain = client.post(at, beside | {"members": [ben.pk]})
    assert plain.status_code == 302 and plain["Location"].endswith("/build/?tab=routing")
    scripted = client.post(at, {"mode": "channel", "beside": "1"}, headers={"HX-Request": "true"})
    assert scripted.status_code == 200 and 'id="flow-panel"' in scripted.content.decode()
    with acme.scope():
        assert rule_of_flow(bot.pk) is None


def test_a_bots_handover_goes_by_it(acme, ada, ben, panel):
    """BE-13 "by the rule": the chatflow's before the channel's."""
    steps = [{"id": "hand", "kind": "handover", "name": "Hand", "to": "rule"}]
    ask = {"id": "ask", "kind": "question", "name": "Ask", "bubbles": ["What is it about?"]}
    flow = make_flow(acme, definition={"format": 1, "start": "ask", "steps": [ask, *steps]})
    with acme.scope():
        set_rule(acme.chat, mode="people", members=[ada])
        set_rule_of_flow(flow.pk, flow.name, mode="people", members=[ben])
    panel.begin()
    write(panel, flow, "A lamp", ())
    with acme.scope():
        conversation = Conversation.objects.get()
        hear(conversation.pk)
        conversation.refresh_from_db()
        assert (conversation.assignee, FlowSession.objects.get().outcome) == (ben, "handed_over")


# ── Who stands in the head ──


def test_the_owner_meets_whom_the_site_named_and_whoever_answers_shows_their_meeting_link(acme, ben, client):
    """LC-1, OP-8, TR-6: on the page of the chat."""
    make_flow(acme, bot=False, options={"heading": "owner"})
    client.post("/live/chat/acme-chat/", {"body": "Hello"})
    with acme.scope():
        visitor = Visitor.objects.get()
        visitor.claimed_email = "nora@pine.example"
        visitor.contact = Contact.objects.create(name="Nora", owner=ben)
        visitor.save()
    assert "Ben Agent" not in client.get("/live/chat/acme-chat/").content.decode(), (
        "nobody proved who that is"
    )
    with acme.scope():
        Visitor.objects.update(identified_at=timezone.now())
        Member.objects.filter(pk=ben.pk).update(
            meeting_url="https://meet.example/ben", meeting_text="Talk to Ben"
        )
    page = client.get("/live/chat/acme-chat/").content.decode()
    assert "Ben Agent" in page and "meet.example" not in page
    with acme.scope():
        assign(Conversation.objects.get(), to=ben, by=ben)
    page = client.get("/live/chat/acme-chat/").content.decode()
    assert 'href="https://meet.example/ben"' in page and "Talk to Ben" in page
