"""Answers written once: found by a visitor's own words, shown on public pages (LC-6)."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import transaction
from django.db.models import F, Func, Max, TextField, Value
from django.urls import reverse
from django.utils.html import strip_tags

from chatflows.models import Article
from workspaces.audit import note

MOST_WORDS = 12
SUMMARY = 160
BLOCK = re.compile(r"</?(?:p|h[1-6]|li|ul|ol|blockquote|pre|div|br|hr)\b[^>]*>")
# PostgreSQL knows how words of these are bent; others are compared as they stand.
DICTIONARIES = {"en": "english", "fr": "french"}


@dataclass(frozen=True)
class Found:
    title: str
    url: str
    summary: str


def find(words: str, language: str = "", limit: int = 3) -> list[Found]:
    """Published articles that share words with a question, best first; those of its language when there are any.

    Inside the scope of a workspace. Any of the words is enough: a question holds more of them than an answer.
    """
    asked = [word for word in words.replace("\x00", "").split() if any(map(str.isalnum, word))][:MOST_WORDS]
    if not asked:
        return []
    code = language.split("-")[0]
    articles = Article.objects.published().select_related("workspace")
    in_language = articles.filter(language=code)
    if code and in_language.exists():
        articles = in_language
    dictionary = DICTIONARIES.get(code, "simple")
    query = SearchQuery(asked[0], config=dictionary)
    for word in asked[1:]:
        query |= SearchQuery(word, config=dictionary)
    rank = SearchRank(_vector(dictionary), query)
    best = articles.annotate(rank=rank).filter(rank__gt=0).order_by("-rank", "pk")[:limit]
    return [Found(article.title, url_of(article), summary_of(article)) for article in best]


def _vector(dictionary: str) -> SearchVector:
    plain = Func(
        F("body"),
        Value("<[^>]*>"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    return SearchVector("title", weight="A", config=dictionary) + SearchVector(
        plain, weight="D", config=dictionary
    )


# ── Their order ──


def after_the_last() -> int:
    return (Article.objects.aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def move(article: Article, to: int | str) -> None:
    """To a place counted from 0, or "top", "bottom", "up", "down"; of two who move at once the second sees the first."""
    rows = list(Article.objects.select_for_update().in_order().only("position"))
    order = [row.pk for row in rows]
    at = order.index(article.pk)
    places = {"top": 0, "bottom": len(order), "up": at - 1, "down": at + 1}
    wanted = min(max(places.get(to, at) if isinstance(to, str) else to, 0), len(order) - 1)
    if wanted == at:
        return
    rows.insert(wanted, rows.pop(at))
    for place, row in enumerate(rows, 1):
        row.position = place
    Article.objects.bulk_update(rows, ["position"])
    note("article.moved", article, {"place": at + 1}, {"place": wanted + 1})


def url_of(article: Article) -> str:
    """The address of its public page, as a visitor is given it."""
    path = reverse("help:article", args=[article.workspace.slug, article.language, article.slug])
    return settings.SITE_URL.rstrip("/") + path


def summary_of(article: Article) -> str:
    # Where one block ends and the next begins there is a space, though nobody typed one.
    words = " ".join(strip_tags(BLOCK.sub(" ", article.body)).split())
    return words if len(words) <= SUMMARY else words[: SUMMARY - 1].rstrip() + "…"
