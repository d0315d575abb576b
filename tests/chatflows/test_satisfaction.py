"""LC-7: what was asked and what was said of it, as the team sees it and reports count it."""

import pytest

from chatflows.models import SurveyAnswer
from chatflows.satisfaction import ask_how_it_was
from conversations.actions import assign, set_status
from conversations.models import Conversation, Status
from conversations.queries.thread import thread_of
from events.models import Event
from inboxes.actions import create_inbox, set_access
from tests.chatflows.test_views import Panel
from tests.chatflows.test_widget_flows import make_flow, write


@pytest.fixture
def panel(acme) -> Panel:
    return Panel()


def closed(by) -> Conversation:
    conversation = Conversation.objects.latest("pk")
    set_status(conversation, Status.CLOSED, by=by)
    for _twice in range(2):
        ask_how_it_was(Event.objects.filter(type="conversation.closed").latest("pk"))
    return conversation


def test_a_vote_from_the_question_to_the_agents(acme, ada, ben, panel, client_of):
    flow = make_flow(acme, bot=False, options={"survey": True})
    panel.begin()
    public = write(panel, flow, "Hello", ())
    with acme.scope():
        assign(Conversation.objects.get(), to=ben, by=ben)
        conversation = closed(ben)
        asked = SurveyAnswer.objects.get()
        assert (asked.score, asked.agent, asked.version, asked.channel_kind) == (
            None, ben, flow.published, "chat",
        )  # fmt: skip
    # Looking at the address votes for nothing.
    assert panel.get("survey", conversation=public, score=5).status_code == 404
    vote = {"conversation": public, "score": 4, "comment": "Quick. <b>Thanks</b>"}
    assert panel.send("survey", vote).json() == {"ok": True, "score": 4}
    assert panel.send("survey", vote | {"score": 1, "comment": "x"}).json() == {"ok": True, "score": 4}
    with acme.scope():
        stands = SurveyAnswer.objects.get()
        assert (stands.score, stands.comment) == (4, "Quick. <b>Thanks</b>")
        assert stands.answered_at > stands.asked_at
        told = [item["e"]["text"] for item in thread_of(conversation, ada).items if item["type"] == "event"]
        assert "They gave this 4 of 5: “Quick. <b>Thanks</b>”" in told
    frames = client_of(ada).get("/w/acme/live/since/?after=0").json()["frames"]
    assert any("They gave this 4 of 5" in str(frame) for frame in frames), "open threads hear of it"
    page = client_of(ada).get(f"/w/acme/inbox/closed/{conversation.pk}/").content.decode()
    assert page.count("Quick. &lt;b&gt;Thanks") == 2 and "How content they were" in page
    # Another conversation of the same person shows it as well, to who may see the first.
    panel.write("Another matter", new=True)
    with acme.scope():
        second = Conversation.objects.latest("pk")
        aside = create_inbox(name="Aside")
        set_access(aside, everyone=False, members=[ada], teams=[])
        Conversation.objects.filter(pk=conversation.pk).update(inbox=aside)
    for member, sees in ((ada, True), (ben, False)):
        page = client_of(member).get(f"/w/acme/inbox/open/{second.pk}/").content.decode()
        assert ("4 of 5" in page) == sees


def test_nothing_is_asked_without_the_option(acme, ben, panel):
    flow = make_flow(acme, bot=False)
    panel.begin()
    write(panel, flow, "Hello", ())
    with acme.scope():
        closed(ben)
        assert not SurveyAnswer.objects.exists()
