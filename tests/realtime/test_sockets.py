"""The socket is a doorbell: who may listen, what is heard, and what happens when it was not."""

from contextlib import suppress

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import F
from websockets.exceptions import ConnectionClosed

from conversations.actions import comment, send_reply, set_status
from conversations.models import Conversation, ReadMark, Status
from events.models import Event
from inboxes.actions import create_inbox
from realtime import tickets
from tests.factories import make_conversation
from tests.realtime.conftest import opened
from workspaces.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


# ── Who may listen ──


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://127.0.0.1.evil.example"])
@pytest.mark.parametrize("path", ["/live/agent/", "/live/visitor/"])
def test_a_socket_from_elsewhere_is_refused(live, origin, path):
    """T060."""
    with pytest.raises(Exception, match="HTTP 403|rejected"), opened(live, path, origin):
        pass


def test_a_ticket_opens_one_socket(live, ben):
    ticket = tickets.issue(ben, "", "en")
    with opened(live, "/live/agent/") as line:
        line.say(t="hello", ticket=ticket)
        assert line.hear("ready")
    with opened(live, "/live/agent/") as line:
        line.say(t="hello", ticket=ticket)
        assert line.code_when_closed() == 4401


@pytest.mark.parametrize("ticket", ["", "x" * 43, 7, None, {"a": 1}])
def test_without_a_ticket_nothing_is_heard(live, ticket):
    with opened(live, "/live/agent/") as line:
        line.say(t="hello", ticket=ticket)
        assert line.code_when_closed() == 4401


@pytest.mark.parametrize(
    ("raw", "code"),
    [("[]", 1007), ("{", 1007), ("[" * 5000, 1007), ("x" * 70_000, 1009), (b"\x00\x01", 1003)],
)
def test_what_is_no_frame_closes_the_socket_cleanly(live, raw, code):
    """T070."""
    with opened(live, "/live/visitor/") as line:
        line.socket.send(raw)
        assert line.code_when_closed() == code


def test_a_flood_of_frames_closes_the_socket(visitor_line, session):
    """T070."""
    with visitor_line(session[1]) as line:
        line.hear("ready")
        with suppress(ConnectionClosed):
            for _ in range(60):
                line.say(t="pong")
        assert line.code_when_closed() == 1008


# ── What members hear ──


def test_a_message_is_heard_with_its_row_and_the_counts(agent_line, acme, ben):
    with agent_line(ben) as line:
        line.hear("ready")
        with acme.scope():
            conversation = make_conversation(acme)
        heard = [line.hear("event", "counts") for _ in range(3)]  # the counts come after either event
        started, received = (frame for frame in heard if frame["t"] == "event")
        counts = next(frame for frame in heard if frame["t"] == "counts")
    assert (started["type"], received["type"]) == ("conversation.started", "message.received")
    assert f'id="row-{conversation.pk}"' in received["row"] and "The dimmer flickers." in received["row"]
    assert received["unread"] is True
    told = {key: count for key, count in counts["counts"].items() if count}
    assert told == {"unassigned": 1, "open": 1, conversation.channel_kind: 1}
    assert counts["counts"].keys() >= {"mine", "snoozed", "filtered", "spam", "trash"}


def test_what_a_tab_does_not_show_is_told_in_short(agent_line, acme, ada, ben):
    """What stands on the line is drawn for who looks at it; nobody who turns to it misses any."""
    with acme.scope():
        conversation, other = make_conversation(acme), make_conversation(acme, external_id="<other@x>")
    with agent_line(ben) as line:
        line.hear("ready")
        with acme.scope():
            comment(conversation, body="Before", by=ada)
        short = line.hear("event")
        assert "item" not in short and "header" not in short and f"row-{conversation.pk}" in short["row"]
        line.say(t="see", conversation=conversation.pk)
        late = line.hear("event")
        assert (late["id"], late["unread"]) == (short["id"], False)
        assert "Before" in late["item"] and 'id="conversation-header"' in late["header"]
        line.say(t="see", conversation=None)  # a hidden tab still holds the page
        with acme.scope():
            comment(conversation, body="Hidden", by=ada)
        assert "Hidden" in line.hear("event")["item"]
        with acme.scope():
            comment(other, body="Elsewhere", by=ada)
        assert "item" not in line.hear("event")


def test_what_was_told_in_short_is_not_told_in_full_to_who_lost_sight_of_it(agent_line, acme, ada, ben):
    """T062: between the bell and the look."""
    with acme.scope():
        conversation = make_conversation(acme)
    with agent_line(ben) as line:
        line.hear("ready")
        with acme.scope():
            comment(conversation, body="Not for Ben", by=ada)
        line.hear("event")
        with acme.scope():
            Conversation.objects.update(inbox=create_inbox(name="Sales", members=[ada]))
        line.say(t="see", conversation=conversation.pk)
        assert line.hears_nothing("event")


def test_frames_are_in_the_readers_language(agent_line, acme, ada, ben):
    with acme.scope():
        conversation = make_conversation(acme)
    with agent_line(ben, language="fr") as french, agent_line(ada, language="en") as english:
        french.hear("ready"), english.hear("ready")
        english.say(t="see", conversation=conversation.pk)
        with acme.scope():
            set_status(conversation, Status.CLOSED, by=ben)
        while "closed this" not in (item := english.hear("event").get("item", "")):
            pass
        assert "Ben Agent closed this." in item


def test_another_workspace_hears_nothing(agent_line, acme, cleo):
    """T061."""
    with agent_line(cleo) as line:
        line.hear("ready")
        with acme.scope():
            make_conversation(acme)
        assert line.hears_nothing("event", "counts")


def test_an_inbox_one_may_not_open_is_silent(agent_line, acme, ada, ben):
    """T061."""
    with acme.scope():
        conversation = make_conversation(acme)
        Conversation.objects.update(inbox=create_inbox(name="Sales", members=[ada]))
    with agent_line(ben) as bens, agent_line(ada) as adas:
        bens.hear("ready"), adas.hear("ready")
        with acme.scope():
            comment(conversation, body="Quietly", by=ada)
        assert adas.hear("event")["type"] == "comment.added"
        assert bens.hears_nothing("event")


def test_access_that_ends_is_felt_within_two_seconds(looks_often, agent_line, acme, ada, ben):
    """T062."""
    with acme.scope():
        conversation = make_conversation(acme)
        sales = create_inbox(name="Sales", members=[ada, ben])
        Conversation.objects.update(inbox=sales)
    with agent_line(ben) as line:
        line.hear("ready")
        with acme.scope():
            sales.access.filter(member=ben).delete()
            type(ben).objects.filter(pk=ben.pk).update(access_version=F("access_version") + 1)
        assert line.hears_nothing("event", seconds=2.2)
        with acme.scope():
            comment(conversation, body="Not for Ben", by=ada)
        assert line.hears_nothing("event")


@pytest.mark.parametrize("how", ["removed", "signed out", "password changed"])
def test_who_may_not_be_here_any_more_is_put_out_within_two_seconds(looks_often, agent_line, ben, how):
    """T029."""
    session = SessionStore()
    session["x"] = 1
    session.save()
    with agent_line(ben, session_key=session.session_key) as line:
        line.hear("ready")
        if how == "removed":
            type(ben).objects.filter(pk=ben.pk).update(deactivated_at=ben.joined_at)
        elif how == "signed out":
            session.flush()
        else:
            ben.user.set_password("another-long-password-1")
            ben.user.save()
        assert line.code_when_closed() == 4403


def test_what_was_missed_is_replayed_and_nothing_twice_matters(agent_line, acme, ben):
    """P5: replay by last id; the overlap may repeat, the ids say so."""
    with acme.scope():
        conversation = make_conversation(acme)
        head = Event.objects.order_by("-pk").first().pk
        send_reply(conversation, body="While you were away", by=ben)
    with agent_line(ben, after=head) as line:
        frames = []
        while (frame := line.hear("event", "ready"))["t"] == "event":
            frames.append(frame)
    assert any("While you were away" in frame["item"] for frame in frames if frame["id"] > head)
    assert frame["head"] >= max(frame["id"] for frame in frames)


def test_what_was_read_since_is_no_news_when_it_is_replayed(agent_line, acme, ben):
    """The overlap goes back further than what was missed: a row that was read does not turn bold again."""
    with acme.scope():
        conversation = make_conversation(acme)
        head = Event.objects.order_by("-pk").first().pk

    def is_news() -> bool:
        with agent_line(ben, after=head) as line:
            told = []
            while (frame := line.hear("event", "ready"))["t"] == "event":
                told.append(frame)
        return any(frame.get("unread") for frame in told)

    assert is_news()
    with acme.scope():
        ReadMark.objects.update_or_create(
            conversation=conversation, member=ben, defaults={"seq": conversation.last_seq}
        )
    assert not is_news()


def test_an_event_that_committed_late_is_still_replayed(agent_line, acme, ben):
    """A smaller id can become visible after a larger one was seen."""
    with acme.scope():
        conversation = make_conversation(acme)
        late = Event.objects.order_by("-pk").first().pk
        comment(conversation, body="Later id, earlier seen", by=ben)
        newest = Event.objects.order_by("-pk").first().pk
    with agent_line(ben, after=newest) as line:
        ids = []
        while (frame := line.hear("event", "ready"))["t"] == "event":
            ids.append(frame["id"])
    assert late in ids


def test_who_is_far_behind_is_told_to_load_anew(agent_line, acme, ben, monkeypatch):
    monkeypatch.setattr("realtime.frames.MOST", 3)
    with acme.scope():
        for number in range(5):
            make_conversation(acme, external_id=f"<{number}@x>")
    with agent_line(ben, after=1) as line:
        assert line.hear("reload", "ready")["t"] == "reload"


def test_the_heartbeat_heals_a_lost_bell(agent_line, acme, ben, monkeypatch):
    """The head shows what a doorbell that was never rung would have told."""
    monkeypatch.setattr("realtime.hub.PING", 0.3)
    with agent_line(ben) as line:
        line.hear("ready")
        monkeypatch.setattr("events.dispatch.ring", lambda bells: None)
        with acme.scope():
            make_conversation(acme)
        while not (head := line.hear("ping")["head"]):
            pass  # it beat before
        line.say(t="sync", after=0)
        assert line.hear("event")["id"] <= head


def test_plain_requests_hear_the_same(client_of, acme, ben):
    with acme.scope():
        conversation = make_conversation(acme)
    heard = client_of(ben).get("/w/acme/live/since/?after=0").json()
    assert heard["head"] == heard["frames"][-2]["id"]
    assert heard["frames"][-2]["conversation"] == conversation.pk
    assert heard["frames"][-1]["counts"]["open"] == 1


def test_a_reporter_hears_nothing(agent_line, acme, ben):
    ben.role = Role.REPORTER
    ben.save()
    with agent_line(ben) as line:
        line.hear("ready")
        with acme.scope():
            make_conversation(acme)
        assert line.hears_nothing("event")
