"""What a bot asks of others: another server (BE-14), a calendar; and a worker that dies meanwhile."""

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from automation.models import RuleRun
from automation.reactions import start_rule
from chatflows import hook, meetings, reactions, spoken
from chatflows.models import FlowSession, Meeting
from chatflows.slots import Host, host_at, times
from conversations.actions import assign
from conversations.models import Message
from events.models import Event, ReactionDue
from events.tasks import run_one
from inboxes.hours import Schedule
from tests.automation.stories import make_rule
from tests.chatflows.test_sessions import ASK, HAND, NUMBER, Chat, make_bot

OPEN_ASK = ASK | {"replies": [], "next": "hook"}
SORRY = {"id": "sorry", "kind": "message", "bubbles": ["Something went wrong"], "next": None}


@pytest.fixture
def server(settings):
    """Another server; `answers` are given in turn, `calls` were made."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            served.calls.append((dict(self.headers), body))
            status, answer = served.answers.pop(0)
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *told):
            pass

    served = HTTPServer(("127.0.0.1", 0), Handler)
    served.calls, served.answers = [], []
    settings.EGRESS_ALLOWED = [f"127.0.0.1:{served.server_port}"]
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join(5)


def hook_step(server, **more):
    url = f"http://127.0.0.1:{server.server_port}/bot?x=1"
    return {
        "id": "hook",
        "kind": "webhook",
        "name": "Order status",
        "url": url,
        "to_error": "sorry",
        "next": "number",
    } | more


def call_all():
    """What the worker would do with every call that is owed."""
    for event in Event.objects.filter(type="bot.asked").order_by("pk"):
        hook.ask_server(event)


def test_be14_it_is_called_signed_with_what_was_said_here_and_its_answer_is_spoken(in_acme, ben, server):
    server.answers = [(200, json.dumps({"botMessage": "It is in Lyon", "customState": {"n": 1}}).encode())]
    chat = Chat(in_acme, make_bot(in_acme, OPEN_ASK, hook_step(server), SORRY, NUMBER, HAND)).write(
        "Where is 4812?"
    )
    assert server.calls == [], "nothing is called inside the transaction"
    call_all()
    [(headers, body)] = server.calls
    signed = hmac.new(
        hook.secret_of(chat.version.chatflow).encode(),
        headers["Parley-Timestamp"].encode() + b"." + body,
        hashlib.sha256,
    )
    assert headers["Parley-Signature"] == f"v1={signed.hexdigest()}"
    told = json.loads(body)
    assert told["userMessage"]["message"] == "Where is 4812?"
    assert told["session"]["properties"] == {"var.ask": "Where is 4812?"}
    assert told["bot"]["module"] == "Order status"
    assert chat.said()[-2:] == ["It is in Lyon", "Which number?"]
    assert chat.walk.state["custom"] == {"n": 1}
    call_all()
    assert len(server.calls) == 1 and chat.said()[-1] == "Which number?", "twice is harmless"


@pytest.mark.parametrize(
    "answer", [(500, b"Traceback"), (302, b""), (200, b"no json"), (200, b" " * 70_000), (200, b"[" * 60_000)]
)
def test_be14_a_failure_takes_the_error_branch_and_shows_nothing_of_it(in_acme, ben, server, answer):
    """T102: a redirection is not followed. T105: nor is a tower of brackets climbed."""
    server.answers = [answer]
    chat = Chat(in_acme, make_bot(in_acme, OPEN_ASK, hook_step(server), SORRY, NUMBER, HAND)).write("x")
    call_all()
    assert chat.said()[-1] == "Something went wrong"
    assert "Traceback" not in " ".join(chat.said())


def test_be14_what_is_written_meanwhile_waits_for_the_answer(in_acme, ben, server):
    server.answers = [(200, b"{}")]
    chat = (
        Chat(in_acme, make_bot(in_acme, OPEN_ASK, hook_step(server), SORRY, NUMBER, HAND))
        .write("x")
        .write("4812")
    )
    assert chat.said()[2:] == []
    call_all()
    assert chat.said()[2] == "Which number?" and chat.walk.state["vars"]["var.order"] == "4812"


def test_be14_one_that_is_not_waited_for_is_tried_again(in_acme, ben, server):
    server.answers = [(503, b""), (200, b"")]
    chat = Chat(
        in_acme, make_bot(in_acme, OPEN_ASK, hook_step(server, waits=False), SORRY, NUMBER, HAND)
    ).write("x")
    assert chat.said()[-1] == "Which number?"
    with pytest.raises(hook.NotTaken):
        call_all()
    call_all()
    assert [headers["Parley-Id"] for headers, _body in server.calls] == [server.calls[0][0]["Parley-Id"]] * 2


def test_our_own_network_is_not_called(in_acme, ben):
    for url in ("https://127.0.0.1/", "https://10.0.0.1/", "https://localhost/", "http://example.com/"):
        with pytest.raises((OSError, hook.NotTaken)):
            hook.call(url, b"{}", "secret", "1")


def test_be9_an_agent_who_takes_it_while_a_server_is_asked_hears_no_bot(in_acme, ben, server):
    server.answers = [(200, b'{"botMessage": "Too late"}')]
    chat = Chat(in_acme, make_bot(in_acme, OPEN_ASK, hook_step(server), SORRY, NUMBER, HAND)).write("x")
    assign(chat.row, to=ben, by=ben)
    call_all()
    assert "Too late" not in chat.said()


# ── A worker that dies ──


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_loses_nothing_and_says_nothing_twice(acme, monkeypatch):
    with acme.scope():
        chat = Chat(acme, make_bot(acme, ASK, NUMBER, HAND)).write("Track it", "track", hears=False)
        due = ReactionDue.objects.get(name="chatflows.reactions.greet")
    standing, calls = spoken.append, []

    def dies(messages):
        written = standing(messages)
        calls.append(written)
        raise MemoryError("killed")

    monkeypatch.setattr(spoken, "append", dies)
    run_one(acme.workspace.pk, due.pk)
    with acme.scope():
        assert calls and "Which number?" not in chat.said() and chat.walk.handled_seq == 0
        ReactionDue.objects.filter(pk=due.pk).update(run_at=timezone.now())
    monkeypatch.setattr(spoken, "append", standing)
    run_one(acme.workspace.pk, due.pk)
    run_one(acme.workspace.pk, due.pk)
    with acme.scope():
        assert chat.said()[2:] == ["Which number?"] and not ReactionDue.objects.filter(pk=due.pk).exists()
        assert Message.objects.filter(author_kind="bot", kind="message").count() == 1


# ── Rules ──


def test_a_bot_starts_a_rule_once(in_acme, ada, ben):
    rule = make_rule(ada, deeds=[{"do": "priority", "value": "urgent"}])
    step = {"id": "rule", "kind": "rule", "rule": rule.pk, "next": None}
    chat = Chat(in_acme, make_bot(in_acme, ASK | {"replies": [], "next": "rule"}, step, NUMBER, HAND)).write(
        "Hi"
    )
    event = Event.objects.get(type="rule.asked")
    start_rule(event)
    start_rule(event)
    assert chat.row.priority == "urgent" and RuleRun.objects.filter(rule=rule).count() == 1


# ── Meetings ──

MONDAY = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)
PARIS = Schedule("Europe/Paris", (((540, 720),),) * 5 + ((), ()))  # 9 to 12


def test_times_are_within_hours_and_beside_what_is_booked():
    host = Host(1, PARIS, ((MONDAY, MONDAY + timedelta(minutes=30)),))
    asked = {"length": timedelta(minutes=60), "start": MONDAY, "end": MONDAY + timedelta(days=1), "most": 9}
    found = times([host], **asked)
    assert [at.astimezone(UTC).strftime("%H:%M") for at in found] == ["09:00", "10:00"]
    other = Host(2, PARIS)
    assert times([host, other], **asked)[0] == MONDAY
    assert host_at([host, other], MONDAY, timedelta(minutes=60)) == 2
    assert host_at([host], MONDAY, timedelta(minutes=60)) is None


def test_a_time_is_booked_once_and_both_are_invited(in_acme, ben, ada):
    step = {
        "id": "meet",
        "kind": "meeting",
        "people": [f"member:{ben.pk}"],
        "title": "A call",
        "notice": 1,
        "next": None,
    }
    chat = Chat(in_acme, make_bot(in_acme, ASK | {"replies": [], "next": "meet"}, step, NUMBER, HAND)).write(
        "Hi"
    )
    offered = chat.row.messages.latest("seq").extra["flow"]["replies"]
    assert offered[-1]["value"] == "__none__" and len(offered) == 8
    slot = offered[0]
    chat.write(slot["label"], slot["value"]).write("Jo Pine").write("jo@pine.example")
    meeting = Meeting.objects.get()
    assert (meeting.member, meeting.guest_email, meeting.starts_at.isoformat()) == (
        ben,
        "jo@pine.example",
        slot["value"],
    )
    assert chat.said()[-1] == f"Booked: {slot['label']}."
    reactions.invite(Event.objects.get(type="meeting.booked"))
    reactions.invite(Event.objects.get(type="meeting.booked"))
    assert sorted(one.to[0] for one in mail.outbox) == ["ben@acme.example", "jo@pine.example"]
    [(_name, calendar, sort)] = mail.outbox[0].attachments
    assert sort == "text/calendar" and f"UID:{meeting.uid}@parley\r\n" in calendar
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    asked = {"slot": slot["value"], "minutes": 30, "people": [f"member:{ben.pk}"], "title": "A", "where": ""}
    taken = meetings.book(asked | {"name": "Al", "email": "al@pine.example"}, chat.row, "")
    assert taken == {"ok": False}
    assert FlowSession.objects.get().outcome == "completed"
