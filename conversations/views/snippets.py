"""Settings > Saved replies; and what a composer offers while somebody writes."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import macros, tokens
from conversations import snippets as verbs
from conversations.forms_snippets import SnippetForm
from conversations.models import Snippet
from conversations.queries.thread import assignables
from conversations.views.pages import empty, load
from workspaces.access import allowed
from workspaces.guarded import FIELD
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
    run = reverse("conversations:macro_run", args=[request.workspace.slug, pk, 0])
    told = {"snippets": texts, "people": people, "used_url": used}
    return JsonResponse(told | {"macros": macros.offered_to(request.member), "macro_url": run})


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
    rows = Snippet.objects.editable_by(request.member)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    return _edit(request, get_object_or_404(rows, pk=snippet_pk))


@require_POST
@works
def snippet_delete(request, snippet_pk):
    verbs.delete_snippet(get_object_or_404(Snippet.objects.editable_by(request.member), pk=snippet_pk))
    messages.success(request, _("Removed."))
    return redirect("conversations:snippets", request.workspace.slug)


def _edit(request, row: Snippet):
    looks = request.POST.get("do") == "look"
    typed = {name: request.POST.get(name, "") for name in SnippetForm.TYPED} if looks else {"html": row.html}
    form = SnippetForm(
        None if looks else request.POST or None, instance=row, by=request.member, initial=typed
    )
    if request.method == "POST" and not looks and form.is_valid():
        verbs.save_snippet(
            form.save(commit=False), body=form.cleaned_data["body"], html=form.cleaned_data["html"]
        )
        messages.success(request, _("Saved."))
        return redirect("conversations:snippets", request.workspace.slug)
    context = {"form": form, "snippet": row, "tokens": tokens.NAMES}
    # A look at the preview changes nothing of what was seen.
    context["seen"] = request.POST.get(FIELD) or form.seen_value
    context["preview"] = _preview(request.POST.get("body", row.body), request.member)
    return render(request, "conversations/snippet.html", context, status=422 if form.errors else 200)


def _preview(body: str, member) -> dict:
    """As somebody known would read it, and somebody of whom nothing is known, with what is missing then."""
    known = tokens.fill(body, tokens.sample_values(member))
    unknown = tokens.fill(body, tokens.unknown_values(member))
    return {
        "known": known.text,
        "unknown": unknown.text if unknown.text != known.text else "",
        "missing": unknown.missing,
    }
