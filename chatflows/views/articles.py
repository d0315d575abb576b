"""Settings > Answers: what was answered once and may be found by everybody."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatflows import articles as kept
from chatflows.models import Article
from conversations.rich import clean
from workspaces.access import allowed
from workspaces.audit import note
from workspaces.guarded import Guarded
from workspaces.permissions import Permission

manages = allowed(Permission.MANAGE_CHATFLOWS)
MOST_LISTED = 500


class ArticleForm(Guarded, forms.ModelForm):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Headings, lists, links, code. Pictures and anything else are taken out."),
        widget=forms.Textarea(attrs={"rows": 16, "dir": "auto"}),
        required=False,
        max_length=100_000,
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Everybody may read it"),
        help_text=gettext_lazy("It is found in the chat, by bots and on the public page."),
        required=False,
    )

    class Meta:
        model = Article
        fields = ("title", "language", "body")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_public"].initial = self.instance.published_at is not None

    def clean_body(self):
        return clean(self.cleaned_data["body"])


@require_safe
@manages
def articles(request):
    rows = Article.objects.in_order().defer("body")[:MOST_LISTED]
    is_public = Article.objects.published().exists()
    public_url = reverse("help:index", args=[request.workspace.slug]) if is_public else ""
    return render(request, "chatflows/articles.html", {"articles": rows, "public_url": public_url})


@require_http_methods(["GET", "POST"])
@manages
def new_article(request):
    return _edit(request, Article(created_by=request.member, language=request.workspace.language))


@require_http_methods(["GET", "POST"])
@manages
def article(request, article_pk):
    return _edit(request, get_object_or_404(Article.objects.select_related("workspace"), pk=article_pk))


def _edit(request, found: Article):
    is_new = found.pk is None
    form = ArticleForm(request.POST or None, instance=found)
    if request.method == "GET" or not form.is_valid():
        link = kept.url_of(found) if found.pk and found.published_at else ""
        context = {"form": form, "article": found, "link": link, "is_new": is_new}
        return render(request, "chatflows/article.html", context, status=422 if form.is_bound else 200)
    saved = form.save(commit=False)
    saved.changed_at = timezone.now()
    saved.published_at = (saved.published_at or timezone.now()) if form.cleaned_data["is_public"] else None
    save(saved)
    note("article.created" if is_new else "article.changed", saved)
    messages.success(request, _("Saved."))
    return redirect("chatflows:article", request.workspace.slug, saved.pk)


def save(article: Article) -> None:
    """Its address is made once, of its first title; of two at once one gets a number."""
    if article.pk is None:
        article.position = kept.after_the_last()
    stem = article.slug or slugify(article.title)[:70] or "article"
    article.slug = stem
    for number in range(2, 100):
        try:
            with transaction.atomic():
                return article.save()
        except IntegrityError:
            article.slug = f"{stem}-{number}"
    raise IntegrityError("no free address")


@require_POST
@manages
def article_place(request, article_pk):
    """One up or down, to the top or the bottom, or (dragged) to a place."""
    to = request.POST.get("to", "")
    found = get_object_or_404(Article, pk=article_pk)
    kept.move(found, int(to) if to.isdecimal() and len(to) < 5 else to)
    return redirect("chatflows:articles", request.workspace.slug)


@require_POST
@manages
def article_removal(request, article_pk):
    found = get_object_or_404(Article, pk=article_pk)
    note("article.removed", found)
    found.delete()
    messages.success(request, _("Removed."))
    return redirect("chatflows:articles", request.workspace.slug)
