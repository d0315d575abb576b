"""A rule that calls another server: signed, tried again, never into our own network."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ValidationError

from automation import webhooks
from automation.models import Outcome, RuleRun
from automation.webhooks import NotTaken, call_out, gave_up, secret_of
from channels_app.webcall import clean_url, signature_of
from events.models import Event
from tests.automation.stories import make_rule, react
from tests.factories import make_conversation


@pytest.fixture
def server(settings):
    """A server that keeps what it gets and answers as it is told."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0) if answers else 204)
            self.end_headers()

        def log_message(self, *told):
            """Nothing on the terminal."""

    served = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    settings.EGRESS_ALLOWED = [f"127.0.0.1:{served.server_port}"]
    yield f"http://127.0.0.1:{served.server_port}/hook?a=1", got, answers
    served.shutdown()
    thread.join()
    served.server_close()


def test_it_is_called_signed_and_noted(acme, ada, server):
    url, got, answers = server
    answers.append(500)
    with acme.scope():
        rule = make_rule(ada, deeds=[{"do": "webhook", "text": url}])
        conversation = make_conversation(acme, "CANARY words")
    react(acme)
    with acme.scope():
        event = Event.objects.get(type="rule.called")
    with pytest.raises(NotTaken):
        call_out(event)
    call_out(event)
    (_path, first, _body), (path, headers, body) = got
    with acme.scope():
        rule.refresh_from_db()
        assert headers["Parley-Signature"] == signature_of(secret_of(rule), headers["Parley-Timestamp"], body)
        assert RuleRun.objects.get().outcomes == [{"done": True, "why": "Taken"}]
    assert path == "/hook?a=1" and first["Parley-Id"] == headers["Parley-Id"]
    assert json.loads(body)["conversation"]["id"] == conversation.pk and b"CANARY" not in body


def test_what_is_never_taken_is_said(acme, ada, server):
    with acme.scope():
        make_rule(ada, deeds=[{"do": "webhook", "text": server[0]}])
        make_conversation(acme)
    react(acme)
    with acme.scope():
        gave_up(Event.objects.get(type="rule.called"), NotTaken("It answered with 500."))
        run = RuleRun.objects.get()
        assert (run.outcome, run.error) == (Outcome.FAILED, "It answered with 500.")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x.example",
        "http://x.example/",
        "https://a:b@x.example/",
        "https://x.example:99999/",
        "https://é.example",
    ],
)
def test_addresses_that_are_none(url):
    with pytest.raises(ValidationError):
        clean_url(url)


def test_our_own_network_is_not_called():
    with pytest.raises(OSError):
        webhooks.post("https://127.0.0.1/", b"{}", "secret", "1")
