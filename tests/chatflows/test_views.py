"""The widget's public addresses, as a stranger's browser meets them."""

import gzip
import json
import uuid
from dataclasses import replace

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chatflows.widget import config, limits
from contacts.models import Contact, Visitor
from conversations.actions import comment
from conversations.models import Conversation, Message
from inboxes.models import Channel
from workspaces.models import Availability


class Panel:
    """A panel in some browser: the key, and a token once it has one."""

    def __init__(self, key="acme-chat", **environ):
        self.http, self.key, self.token = Client(**environ), key, ""

    def headers(self) -> dict:
        return {"X-Parley-Key": self.key, "X-Parley-Visitor": self.token}

    def get(self, path, **query):
        return self.http.get(f"/live/{path}/", query, headers=self.headers())

    def send(self, path, body, **headers):
        return self.http.post(
            f"/live/{path}/",
            json.dumps(body),
            content_type="application/json",
            headers=self.headers() | headers,
        )

    def begin(self) -> "Panel":
        self.token = self.send("session", {"key": self.key, "language": "fr-FR"}).json()["token"]
        return self

    def write(self, body="Is the Halo lamp dimmable?", **fields):
        return self.send("messages", {"client_id": str(uuid.uuid4()), "body": body} | fields)


@pytest.fixture
def panel(acme) -> Panel:
    return Panel()


def set_up(house, **settings_of_channel) -> None:
    with house.scope():
        Channel.objects.filter(pk=house.chat.pk).update(config=settings_of_channel)


# ── The script and its settings ──


def test_the_loader_is_the_built_script_and_is_asked_again_by_its_name(db, client):
    answer = client.get("/live/w.js", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in answer["Cache-Control"]
    assert b"/live/config/" in gzip.decompress(answer.content)
    again = client.get("/live/w.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/live/w.js").content == gzip.decompress(answer.content)


def test_the_loader_needs_no_eval(db, client):
    """W1: the strictest page lets it run; its weight is weighed in tests/house."""
    script = client.get("/live/w.js").content
    assert b"eval(" not in script
    assert b"new Function" not in script


def test_settings_are_public_cached_and_in_the_language_asked_for(acme, client, ada):
    set_up(
        acme, accent="#7c4429", greeting="Welcome!", texts={"fr": {"greeting": "Bienvenue !"}}, name="Lumen"
    )
    answer = client.get(
        "/live/config/acme-chat/", {"lang": "fr-CA"}, headers={"Origin": "https://shop.example"}
    )
    told = answer.json()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age=60" in answer["Cache-Control"]
    assert (told["language"], told["greeting"], told["name"]) == ("fr", "Bienvenue !", "Lumen")
    assert (told["accent"], told["on"]) == ("#7c4429", "#ffffff")
    assert told["panel"] == "http://testserver/live/panel/acme-chat/?lang=fr"
    assert client.get("/live/config/acme-chat/", {"lang": "en"}).json()["greeting"] == "Welcome!"
    assert client.get("/live/config/acme-chat/", {"lang": "ja"}).json()["language"] == "en"


def test_settings_name_nobody(acme, client, ada, ben):
    """Faces are initials and a colour: the page of a customer learns no names of people."""
    told = client.get("/live/config/acme-chat/").content.decode()
    assert "Ada" not in told
    assert "example" not in told
    assert {"initials": "AO", "hue": ada.hue, "here": True} in json.loads(told)["faces"]


def test_settings_come_as_a_module_too(acme, client):
    answer = client.get("/live/config/acme-chat.js")
    assert answer["Content-Type"].startswith("text/javascript")
    text = answer.content.decode()
    assert json.loads(text.removeprefix("export default ").rstrip(";\n"))["name"] == "Acme"
    absent = client.get("/live/config/nobody.js")
    assert (absent.status_code, absent.content) == (200, b'export default {"error": "unknown"};\n')


def test_an_unknown_paused_or_foreign_key_shows_nothing(acme, client):
    for key in ("nobody", "acme-email", "acme-form"):
        assert client.get(f"/live/config/{key}/").status_code == 404
        assert client.get(f"/live/panel/{key}/").status_code == 404
    with acme.scope():
        Channel.objects.update(paused_at=timezone.now())
    assert client.get("/live/config/acme-chat/").status_code == 404
    assert Panel().send("session", {"key": "acme-chat"}).status_code == 404


def test_colours_that_are_none_are_replaced(acme):
    acme.chat.config = {"accent": "red;background:url(//evil)", "on": "}", "position": "top", "theme": 7}
    look = config.appearance_of(acme.chat)
    assert look == {"accent": config.ACCENT, "on": "#ffffff", "position": "right", "theme": "auto"}


@pytest.mark.parametrize(
    ("accent", "on"),
    [("#ffffff", "#000000"), ("#ff0", "#000000"), ("#000080", "#ffffff"), ("#17594f", "#ffffff")],
)
def test_the_colour_on_the_accent_is_computed(accent, on):
    assert config.readable_on(accent) == on


def test_the_line_below_the_name_tells_whether_somebody_is_here(acme, ada):
    with acme.scope():
        assert config.people_of(acme.chat)["here"] == 1
    ada.availability = Availability.AWAY
    ada.save()
    with acme.scope():
        assert config.people_of(acme.chat) == {
            "faces": [{"initials": "AO", "hue": ada.hue, "here": False}],
            "here": 0,
        }


# ── The panel ──


def test_only_the_listed_sites_may_frame_the_panel(acme, globex, client):
    """T067: nobody is implied by an empty list, and each channel has its own."""
    set_up(
        acme,
        sites=[
            "https://www.lumen.example",
            "https://*.lumen.example",
            "'unsafe-inline' *",
            "*",
            "https://a b",
        ],
    )
    policy = client.get("/live/panel/acme-chat/")["Content-Security-Policy"]
    assert (
        policy.split("; ")[-1] == "frame-ancestors 'self' https://www.lumen.example https://*.lumen.example"
    )
    assert client.get("/live/panel/globex-chat/")["Content-Security-Policy"].endswith(
        "frame-ancestors 'self'"
    )


def test_the_panel_runs_nothing_but_its_own_script(acme, client):
    answer = client.get("/live/panel/acme-chat/?lang=fr")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "connect-src 'self' ws://testserver;" in policy
    assert "X-Frame-Options" not in answer
    assert b'lang="fr"' in answer.content
    assert not answer.cookies


def test_texts_of_a_workspace_cannot_leave_their_place(acme, client):
    set_up(acme, greeting="</script><script>alert(1)</script>", name="<b>Lumen</b>")
    page = client.get("/live/panel/acme-chat/").content
    assert b"<script>alert" not in page
    assert b"<b>Lumen" not in page


# ── Nothing before the visitor acts ──


def test_looking_stores_nothing_and_sets_no_cookie(acme, client):
    for path in ("w.js", "config/acme-chat/", "config/acme-chat.js", "panel/acme-chat/"):
        assert not client.get(f"/live/{path}").cookies
    assert not client.cookies
    assert Session.objects.count() == 0
    with acme.scope():
        assert Visitor.objects.count() == 0


# ── Writing and reading ──


def test_a_visitor_writes_and_reads(acme, panel):
    ack = panel.begin().write(page_url="https://shop.example/halo", referrer="https://search.example/")
    assert ack.status_code == 200
    assert ack["Cache-Control"] == "private, no-store"
    answer = panel.get("messages", conversation=ack.json()["conversation"], after=1).json()
    assert [message["body"] for message in answer["messages"]] == ["Is the Halo lamp dimmable?"]
    assert panel.get("conversations").json()["conversations"][0]["conversation"] == ack.json()["conversation"]
    with acme.scope():
        conversation = Conversation.objects.select_related("detail", "visitor").get()
        assert conversation.detail.first_url == "https://shop.example/halo"
        assert conversation.visitor.language == "fr"
        assert Contact.objects.count() == 0
    assert not panel.http.cookies


def test_the_greeting_is_kept_in_the_language_it_was_read_in(acme, panel):
    set_up(acme, texts={"fr": {"greeting": "Bienvenue !"}})
    ack = panel.begin().write().json()
    answer = panel.get("messages", conversation=ack["conversation"]).json()
    assert answer["messages"][0]["body"] == "Bienvenue !"


def test_without_a_token_or_with_a_wrong_one_there_is_nothing(acme, globex, panel):
    """T065."""
    ack = panel.begin().write().json()
    for key, token in (
        ("acme-chat", ""),
        ("acme-chat", "x" * 43),
        ("globex-chat", panel.token),
        ("nobody", panel.token),
    ):
        stranger = Panel(key)
        stranger.token = token
        assert stranger.get("messages", conversation=ack["conversation"]).status_code == 404
        assert stranger.get("conversations").status_code == 404
        assert stranger.write(conversation=ack["conversation"]).status_code == 404
        assert stranger.send("receipts", {"conversation": ack["conversation"], "seen": 9}).status_code == 404


def test_anothers_conversation_and_none_at_all_are_answered_alike(acme, panel):
    """T065."""
    ack = panel.begin().write().json()
    other = Panel().begin()
    other.write()
    for path, body in (
        ("messages", {"client_id": str(uuid.uuid4()), "body": "hi"}),
        ("receipts", {"seen": 1}),
    ):
        theirs = other.send(path, body | {"conversation": ack["conversation"]})
        nobodys = other.send(path, body | {"conversation": str(uuid.uuid4())})
        assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    theirs = other.get("messages", conversation=ack["conversation"])
    assert (theirs.status_code, theirs.content) == (404, other.get("messages", conversation="7").content)


def test_comments_and_numbers_of_rows_stay_inside(acme, panel, ben):
    """T069."""
    ack = panel.begin().write().json()
    with acme.scope():
        comment(Conversation.objects.get(), body="SECRET", by=ben)
    told = panel.get("messages", conversation=ack["conversation"])
    assert b"SECRET" not in told.content
    assert not {"id", "pk", "workspace", "visitor", "inbox"} & set(told.json())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"client_id": "7", "body": "hi"}, 400),
        ({"body": "hi"}, 400),
        ({"client_id": str(uuid.uuid4()), "body": ""}, 422),
        ({"client_id": str(uuid.uuid4()), "body": ["hi"]}, 422),
        ({"client_id": str(uuid.uuid4()), "body": "x" * 10_001}, 422),
        ({"client_id": str(uuid.uuid4()), "body": "hi", "conversation": {"a": 1}}, 200),
        (["hi"], 400),
        ("hi", 400),
    ],
)
def test_what_is_no_message_is_refused_in_a_word(acme, panel, body, status):
    assert panel.begin().send("messages", body).status_code == status


def test_other_sites_and_plain_forms_get_nowhere(acme, panel):
    panel.begin()
    body = {"client_id": str(uuid.uuid4()), "body": "hi"}
    assert panel.send("messages", body, Origin="https://evil.example").status_code == 403
    assert panel.send("session", {"key": "acme-chat"}, Origin="https://evil.example").status_code == 403
    assert panel.http.post("/live/session/", {"key": "acme-chat"}).status_code == 400
    assert panel.http.get("/live/session/").status_code == 405
    assert "Access-Control-Allow-Origin" not in panel.send("messages", body)


def test_a_signed_in_member_is_nobody_here(acme, ada, client_of):
    """Cookies carry no authority on these addresses."""
    panel = Panel()
    panel.http = client_of(ada)
    assert panel.get("conversations").status_code == 404


# ── Limits ──


def slow(rate: limits.Rate, **fields) -> limits.Rate:
    """The same bucket, into which no drop falls while a test runs, however slow the machine is."""
    return replace(rate, count=1, seconds=24 * limits.HOUR, **fields)


def test_how_much_visitors_may_do():
    """Ten messages at once and twenty a minute; twenty sessions of an address, many more of a channel."""
    said = [limits.MESSAGE_BY_VISITOR, limits.SESSION_BY_ADDRESS, limits.SESSION_BY_CHANNEL]
    assert [(one.burst, one.count, one.seconds) for one in said] == [
        (10, 20, 60),
        (20, 20, 60),
        (300, 300, 60),
    ]


def test_a_flood_is_told_when_to_come_back(acme, panel, monkeypatch):
    monkeypatch.setattr(limits, "MESSAGE_BY_VISITOR", slow(limits.MESSAGE_BY_VISITOR))
    panel.begin()
    for _ in range(10):
        assert panel.write().status_code == 200
    refused = panel.write()
    assert refused.status_code == 429
    assert refused.json() == {"error": "limited", "retry_after": int(refused["Retry-After"])}
    with acme.scope():
        assert Message.objects.filter(direction="in").count() == 10


def test_sessions_are_limited_by_address_and_the_refused_drain_no_channel(acme, monkeypatch):
    monkeypatch.setattr(limits, "SESSION_BY_ADDRESS", slow(limits.SESSION_BY_ADDRESS))
    monkeypatch.setattr(limits, "SESSION_BY_CHANNEL", slow(limits.SESSION_BY_CHANNEL, burst=25))
    first, second = Panel(REMOTE_ADDR="192.0.2.1"), Panel(REMOTE_ADDR="192.0.2.2")
    statuses = [first.send("session", {"key": "acme-chat"}).status_code for _ in range(40)]
    assert statuses == [201] * 20 + [429] * 20
    assert second.send("session", {"key": "acme-chat"}).status_code == 201


def test_every_address_declares_that_visitors_may_enter():
    from chatflows.widget.urls import urlpatterns

    assert {pattern.callback.access.who for pattern in urlpatterns} == {"public", "visitor"}


def test_a_copy_with_other_words_is_a_conflict(panel):
    """P6."""
    panel.begin()
    client_id = str(uuid.uuid4())
    assert panel.write("One thing", client_id=client_id).status_code == 200
    answer = panel.write("Another", client_id=client_id)
    assert (answer.status_code, answer.json()) == (409, {"error": "conflict"})
    assert panel.write("One thing", client_id=client_id).status_code == 200


def test_the_text_of_a_chat_is_for_its_visitor_alone(acme, ben, panel):
    """T065, T069."""
    public = panel.begin().write("Is it dimmable?").json()["conversation"]
    with acme.scope():
        comment(Conversation.objects.get(), body="a difficult one", by=ben)
    answer = panel.get("transcript", conversation=public, zone="Europe/Paris")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    text = answer.content.decode()
    assert "Is it dimmable?" in text and "difficult" not in text and "\nCE" in text
    assert panel.get("transcript", conversation=public, zone="../../etc/passwd").status_code == 200
    other = Panel().begin()
    assert other.get("transcript", conversation=public).status_code == 404
    assert panel.get("transcript").status_code == 404


def test_half_a_sign_is_no_message(panel):
    """T113: what PostgreSQL cannot keep, escaped or as bytes, is malformed like any other."""
    panel.begin()
    whole = json.dumps({"client_id": str(uuid.uuid4()), "body": "😀"})
    for body in (whole.replace("\\ude00", ""), whole.replace("\\ud83d\\ude00", "\ud83d"), "[" * 60_000):
        sent = body.encode("utf-8", "surrogatepass")
        got = panel.http.post(
            "/live/messages/", sent, content_type="application/json", headers=panel.headers()
        )
        assert (got.status_code, got.json()["error"]) == (400, "malformed")
    assert panel.send("messages", json.loads(whole)).status_code == 200
