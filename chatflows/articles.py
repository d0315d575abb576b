"""Answers written once: found by a visitor's own words, shown on public pages (LC-6)."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import F, Func, TextField, Value
from django.urls import reverse
from django.utils.html import strip_tags

from chatflows.models import Article

MOST_WORDS = 12
SUMMARY = 160
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


def url_of(article: Article) -> str:
    """The address of its public page, as a visitor is given it."""
    path = reverse("help:article", args=[article.workspace.slug, article.language, article.slug])
    return settings.SITE_URL.rstrip("/") + path


def summary_of(article: Article) -> str:
    words = " ".join(strip_tags(article.body).split())
    return words if len(words) <= SUMMARY else words[: SUMMARY - 1].rstrip() + "…"
