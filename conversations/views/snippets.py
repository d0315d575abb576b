"""Settings > Saved replies; and what a composer offers while somebody writes."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import snippets as verbs
from conversations import tokens
from conversations.forms_snippets import SnippetForm
from conversations.models import Snippet
from conversations.queries.thread import assignables
from conversations.views.pages import empty, load
from workspaces.access import allowed
from workspaces.permissions import Permission

works = allowed(Permission.WORK)


@require_safe
@works
def helpers(request, pk):
    """Texts to put in, and people and teams to name, for one conversation."""
    conversation = load(request, pk)
    known = assignables(conversation)
    people = [{"name": row["name"], "kind": "user"} for row in known["members"]]
    people += [{"name": row["name"], "kind": "users"} for row in known["teams"]]
    used = reverse("conversations:snippet_used", args=[request.workspace.slug, 0])
    texts = verbs.offered_to(request.member, conversation)
    return JsonResponse({"snippets": texts, "people": people, "used_url": used})


@require_POST
@works
def snippet_used(request, snippet_pk):
    verbs.note_use(get_object_or_404(Snippet.objects.usable_by(request.member), pk=snippet_pk))
    return empty()


@require_safe
@works
def snippets(request):
    rows = Snippet.objects.usable_by(request.member).order_by("folder", "name", "pk")
    mine = set(Snippet.objects.editable_by(request.member).values_list("pk", flat=True))
    context = {"snippets": rows, "editable": mine}
    return render(request, "conversations/snippets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@works
def snippet_new(request):
    return _edit(request, Snippet())


@require_http_methods(["GET", "HEAD", "POST"])
@works
def snippet(request, snippet_pk):
    return _edit(request, get_object_or_404(Snippet.objects.editable_by(request.member), pk=snippet_pk))


@require_POST
@works
def snippet_delete(request, snippet_pk):
    get_object_or_404(Snippet.objects.editable_by(request.member), pk=snippet_pk).delete()
    messages.success(request, _("Removed."))
    return redirect("conversations:snippets", request.workspace.slug)


def _edit(request, row: Snippet):
    form = SnippetForm(request.POST or None, instance=row, by=request.member, initial={"html": row.html})
    if request.method == "POST" and form.is_valid():
        verbs.save_snippet(
            form.save(commit=False), body=form.cleaned_data["body"], html=form.cleaned_data["html"]
        )
        messages.success(request, _("Saved."))
        return redirect("conversations:snippets", request.workspace.slug)
    context = {"form": form, "snippet": row, "tokens": tokens.NAMES}
    return render(request, "conversations/snippet.html", context, status=422 if form.errors else 200)
