"""Answers: their order, their drafts, and what of their HTML stays (LC-6)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from chatflows import articles
from chatflows.models import Article
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db
WRITTEN = "<h2>Prices</h2><p>All of <b>them</b><script>alert(1)</script></p><pre><code>a b</code></pre><hr>"


def titles() -> list[str]:
    return list(Article.objects.in_order().values_list("title", flat=True))


def test_answers_stand_in_the_order_of_the_team(acme, in_acme):
    """Those that nobody moved stand by their title; one move numbers them all, and is in the log."""
    first, _second, third = [
        Article.objects.create(title=title, slug=title.lower(), published_at=timezone.now())
        for title in ("Ants", "Bees", "Cats")
    ]
    articles.move(third, "up")
    assert titles() == ["Ants", "Cats", "Bees"]
    articles.move(first, "bottom")
    assert titles() == ["Cats", "Bees", "Ants"]
    articles.move(first, 1)
    articles.move(third, "up")  # it is the first already
    assert titles() == ["Cats", "Ants", "Bees"]
    assert AuditEntry.objects.filter(action="article.moved").count() == 3
    assert articles.after_the_last() == 4


def test_an_answer_is_written_moved_and_published(acme, ada, client, client_of):
    desk = client_of(ada)
    new = reverse("chatflows:new_article", args=["acme"])
    page = desk.get(new).content.decode()
    assert "data-editor-page" in page and 'data-style="heading2"' in page
    for title in ("Returns", "Prices"):
        desk.post(new, {"title": title, "language": "en", "body": WRITTEN})
    with acme.scope():
        assert titles() == ["Returns", "Prices"]
        prices = Article.objects.get(title="Prices")
        assert articles.summary_of(prices) == "Prices All of them a b"
        assert "<h2>Prices</h2>" in prices.body and "<pre>" in prices.body and "script" not in prices.body
    public = reverse("help:article", args=["acme", "en", "prices"])
    assert client.get(public).status_code == 404
    desk.post(
        reverse("chatflows:article", args=["acme", prices.pk]),
        {"title": "Prices", "language": "en", "body": WRITTEN, "is_public": "on"},
    )
    desk.post(reverse("chatflows:article_place", args=["acme", prices.pk]), {"to": "top"})
    with acme.scope():
        assert titles() == ["Prices", "Returns"]
    shown = client.get(public).content.decode()
    assert "<h2>Prices</h2>" in shown and "<script>alert" not in shown
    listed = desk.get(reverse("chatflows:articles", args=["acme"])).content.decode()
    assert listed.index("Prices") < listed.index("Returns") and "Draft" in listed and "/help/acme/" in listed
