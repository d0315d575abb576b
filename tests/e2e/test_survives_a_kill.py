"""kill -9 in the middle of a conversation: what was acknowledged stands, once, and nobody has to do anything."""

import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from config.embedded import paths
from tests.house.test_supervisor import Tree, reachable, seconds_until, tree  # noqa: F401
from tests.realtime.conftest import Line

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent"),
]

# Run by the site's own code and settings: the cast of the tests, with a signed-in session.
FURNISH = """
import json
from django.conf import settings
from django.test import Client
from tests.factories import make_conversation, make_house, make_member
house = make_house("acme")
ben = make_member(house.workspace, "ben@acme.example", "Ben Agent")
with house.scope():
    letter = make_conversation(house)
client = Client()
client.force_login(ben.user, backend="allauth.account.auth_backends.AuthenticationBackend")
cookie = client.cookies[settings.SESSION_COOKIE_NAME]
print("FURNISHED", json.dumps({"letter": letter.pk, "cookie": f"{cookie.key}={cookie.value}; {settings.CSRF_COOKIE_NAME}="}))
"""
LIST = """
import json
from conversations.models import Message
from workspaces.models import Workspace
from workspaces.scope import workspace_scope
with workspace_scope(Workspace.objects.get()):
    rows = Message.objects.exclude(kind="welcome").order_by("conversation", "seq")
    print("FURNISHED", json.dumps(list(rows.values_list("conversation", "body"))))
"""


@dataclass
class Site:
    """The running tree, asked as a browser would ask it. What fails while it restarts is asked again."""

    tree: Tree
    letter: int = 0
    cookie: str = ""

    @property
    def address(self) -> str:
        return f"http://localhost:{self.tree.port}"

    def python(self, code: str):
        """Run code on the site's own services and return what it prints last."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
        environment |= {"PARLEY_DATA": str(self.tree.data), "PORT": str(self.tree.port)}
        command = [sys.executable, "-m", "config.supervisor", "run", sys.executable, "manage.py", "shell"]
        done = subprocess.run(
            [*command, "-v", "0", "-c", code],
            cwd=paths.ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "FURNISHED" in done.stdout, done.stdout + done.stderr
        return json.loads(done.stdout.rsplit("FURNISHED", 1)[1])

    def post(self, path: str, body: bytes, **headers: str) -> bytes:
        request = urllib.request.Request(self.address + path, body, headers)
        return urllib.request.urlopen(request, timeout=30).read()

    def begin_chat(self) -> str:
        body = json.dumps({"key": "acme-chat", "language": "en", "page_url": ""}).encode()
        answer = self.post("/live/session/", body, **{"Content-Type": "application/json"})
        return json.loads(answer)["token"]

    def reply(self, conversation: int, body: str) -> None:
        """The agent's form; the same client id at every try, as the page does."""
        token = secrets.token_hex(16)
        fields = f"body={body}&client_id={uuid.uuid4()}&csrfmiddlewaretoken={token}".encode()
        headers = {"Cookie": self.cookie + token, "HX-Request": "true"}
        seconds_until(
            lambda: answered(self.post, f"/w/acme/conversations/{conversation}/replies/", fields, **headers),
            60,
        )

    @contextmanager
    def visitor(self, token: str, conversation: str | None = None, after: int = 0) -> Iterator[Line]:
        with connect(self.address.replace("http", "ws") + "/live/visitor/", origin=self.address) as socket:
            line = Line(socket)
            line.say(t="hello", key="acme-chat", token=token, conversation=conversation, after=after)
            yield line

    def kill(self, name: str) -> None:
        """kill -9, and wait until somebody noticed."""
        victim = self.tree.children()[name]
        os.kill(victim, signal.SIGKILL)
        seconds_until(lambda: self.tree.children().get(name, victim) != victim, 60)


HIDDEN = ("PARLEY_TEST", "DATABASE_", "REDIS_URL", "CHROMIUM", "DJANGO_", "SITE_URL")


def answered(ask, *arguments, **headers) -> bool:
    try:
        return bool(ask(*arguments, **headers))
    except urllib.error.HTTPError:
        raise
    except OSError:
        return False


@pytest.fixture
def site(tree) -> Site:  # noqa: F811
    site = Site(tree)
    seconds_until(lambda: {"web", "worker", "beat"} <= tree.children().keys(), 60)
    found = site.python(FURNISH)
    site.letter, site.cookie = found["letter"], found["cookie"]
    return site


def test_a_conversation_goes_on_through_kills(site):
    """CT-3, P1, P6, P8: of web between sending and answering, of the worker before it delivers."""
    token, outbox = site.begin_chat(), {str(uuid.uuid4()): f"Word {number}" for number in range(6)}
    acknowledged, conversation = talk_until_killed(site, token, outbox)
    for client_id in acknowledged:
        del outbox[client_id]

    # The panel comes back by itself, says again what nobody acknowledged, and asks for what it missed.
    seconds_until(site.tree.answers, 60)
    with site.visitor(token, conversation) as line:
        assert line.hear("ready")["head"] >= len(acknowledged)
        for client_id, body in outbox.items():
            line.say(t="send", client_id=client_id, body=body, conversation=conversation)
            ack = line.hear("ack")
            assert ack["client_id"] == client_id

    chat = next(pk for pk, body in site.python(LIST) if body == "Word 0")
    site.kill("web")
    site.reply(chat, "I+am+here")
    seconds_until(site.tree.answers, 60)
    with site.visitor(token, conversation, after=ack["seq"]) as line:
        said = [message["body"] for message in line.hear("ready")["messages"] if message["from"] == "agent"]
        assert said == ["I am here"]

    site.kill("worker")
    site.reply(site.letter, "By+mail")
    folder = site.tree.data / "mail"
    seconds_until(lambda: list(folder.glob("*.eml")), 60)
    # A letter waits ten seconds before it leaves, so that it can be taken back.
    seconds_until(lambda: "By mail" in bodies(folder), 60)

    told = [body for pk, body in site.python(LIST) if pk == chat]
    assert sorted(told[:-1]) == [f"Word {number}" for number in range(6)]
    assert told[-1] == "I am here"
    assert bodies(folder).count("By mail") == 1


def talk_until_killed(site: Site, token: str, outbox: dict[str, str]) -> tuple[list[str], str]:
    """Say everything; web dies when three were acknowledged. Return those, and the conversation."""
    acknowledged: list[str] = []
    conversation = None
    with site.visitor(token) as line:
        line.hear("ready")
        try:
            for client_id, body in outbox.items():
                line.say(t="send", client_id=client_id, body=body, conversation=conversation)
                if len(acknowledged) == 3:
                    # Sent and not answered: perhaps it stands, perhaps it does not.
                    os.kill(site.tree.children()["web"], signal.SIGKILL)
                ack = line.hear("ack")
                acknowledged.append(ack["client_id"])
                conversation = ack["conversation"]
        except (ConnectionClosed, OSError):
            pass
    assert 3 <= len(acknowledged) < len(outbox) and conversation
    return acknowledged, conversation


def bodies(folder) -> list[str]:
    """What each captured mail says first."""
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")]
    return [(mail.get_body(("plain",)) or mail).get_content().strip().splitlines()[0] for mail in mails]
