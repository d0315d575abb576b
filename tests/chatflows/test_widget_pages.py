"""The install page and its look at a site; answers written once, and where they are found."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from chatflows import articles, site_check
from chatflows.models import Article
from chatflows.views.articles import save
from inboxes.models import Channel
from workspaces.scope import workspace_scope

LOADER = "https://parley.example/live/w.js"


@pytest.fixture
def site(settings):
    """A customer's site; `site.page` and `site.policy` are what it serves."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Security-Policy", server.policy)
            self.end_headers()
            self.wfile.write(server.page.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.page, server.policy = "", ""
    server.origin = f"http://127.0.0.1:{server.server_port}"
    settings.EGRESS_ALLOWED = {*settings.EGRESS_ALLOWED, f"127.0.0.1:{server.server_port}"}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def line(key: str) -> str:
    return f'<script async src="{LOADER}" data-key="{key}"></script>'


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (line("acme-chat"), "found"),
        (line("acme-chat") * 2, "twice"),
        (line("globex-chat"), "another"),
        ("<h1>Lamps</h1>", "missing"),
    ],
)
def test_a_site_is_read_for_our_line(site, page, state):
    site.page = page
    assert site_check.look_at(site.origin, "acme-chat", LOADER).state == state


def test_a_policy_that_keeps_us_out_is_told(site):
    site.page, site.policy = line("acme-chat"), "default-src 'self'; script-src https://parley.example"
    assert site_check.look_at(site.origin, "acme-chat", LOADER).blocked == ("frame-src",)


def test_a_site_in_our_own_network_is_not_looked_at():
    """T051: the check is no way in."""
    assert site_check.look_at("http://127.0.0.1:1/", "k", LOADER).state == "unreachable"
    assert site_check.look_at("file:///etc/passwd", "k", LOADER).state == "unreachable"


def test_the_install_page_shows_the_line_and_makes_a_secret_once(acme, ada, ben, client_of, site):
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(config={"sites": [site.origin]})
    http = client_of(ada)
    base = f"/w/acme/settings/chats/{acme.chat.pk}"
    page = http.get(f"{base}/install/").content.decode()
    assert "data-key=&quot;acme-chat&quot;" in page
    assert "/live/chat/acme-chat/" in page
    made = http.post(f"{base}/identity/").content.decode()
    assert "shown this once" in made
    assert "shown this once" not in http.get(f"{base}/install/").content.decode()
    assert "not on the first page" in http.post(f"{base}/install/check/").content.decode()
    assert client_of(ben).get(f"{base}/install/").status_code == 404


# ── Answers ──


def write(title, body="", language="en", public=True) -> Article:
    article = Article(
        title=title, body=body, language=language, published_at=timezone.now() if public else None
    )
    save(article)
    return article


def test_a_question_finds_what_shares_its_words(in_acme):
    write("Returning a lamp", "<p>Send it back within thirty days.</p>")
    write("Dimming", "<p>All our lamps can be dimmed.</p>")
    write("Prices of next year", "<p>Secret lamps.</p>", public=False)
    write("Renvoyer une lampe", "<p>Sous trente jours.</p>", language="fr")
    assert [one.title for one in articles.find("How can I return my lamp?", "en")] == [
        "Returning a lamp",
        "Dimming",
    ]
    assert [one.title for one in articles.find("renvoyer", "fr-CA")] == ["Renvoyer une lampe"]
    assert articles.find("unicorn", "en") == []
    assert articles.find("?!", "en") == []


def test_a_public_page_shows_what_is_published_clean_and_of_its_house_alone(acme, globex, client):
    with acme.scope():
        write("Returning a lamp", "<p>Send it</p><script>alert(1)</script>")
        write("Draft", public=False)
    listed = client.get("/help/acme/").content.decode()
    assert "Returning a lamp" in listed
    assert "Draft" not in listed
    page = client.get("/help/acme/en/returning-a-lamp/")
    assert b"Send it" in page.content
    assert b"alert(1)" not in page.content
    assert client.get("/help/acme/en/draft/").status_code == 404
    assert client.get("/help/globex/").status_code == 404
    assert client.get("/help/nobody/").status_code == 404
    found = client.get("/live/articles/?q=lamp&lang=en", headers={"X-Parley-Key": "acme-chat"}).json()
    assert [one["title"] for one in found["articles"]] == ["Returning a lamp"]
    other = client.get("/live/articles/?q=lamp", headers={"X-Parley-Key": "globex-chat"}).json()
    assert other == {"articles": []}


def test_two_answers_of_one_title_have_two_addresses(acme, ada, client_of):
    http = client_of(ada)
    sent = {"title": "Returning", "language": "en", "body": "<p>Yes</p>", "is_public": "on"}
    for _ in range(2):
        assert http.post("/w/acme/settings/articles/new/", sent).status_code == 302
    with workspace_scope(acme.workspace):
        assert sorted(Article.objects.values_list("slug", flat=True)) == ["returning", "returning-2"]
    page = http.get("/w/acme/settings/articles/").content.decode()
    assert page.count(">Returning</a>") == 2
