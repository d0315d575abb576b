"""Reports by e-mail: the list with one's own way out, and the form."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.dashboards.actions import seen_by as dashboards_of
from analytics.letters import actions
from analytics.letters.forms import LetterForm, first_of, when_of
from analytics.letters.send import send_now
from analytics.letters.write import names_of, narrowed_words, title_of
from analytics.models import Letter
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.VIEW_REPORTS)
def letters(request):
    rows, choices = [], names_of(request.workspace)
    for letter in actions.seen_by(request.member).order_by("pk"):
        readers = letter.readers.all()
        mine = next((one for one in readers if one.member_id == request.member.pk), None)
        told = {
            "letter": letter,
            "title": title_of(letter),
            "when": when_of(letter),
            "readers": [one.member for one in readers if one.stopped_at is None],
            "mine": mine,
            "may_change": actions.may_change(letter, request.member),
            "narrowed": narrowed_words(letter.query, choices),
        }
        rows.append(told)
    return render(request, "analytics/letters.html", {"rows": rows, "tab": "letters", "filters": PLAIN})


# Pages of the room that have no filters.
PLAIN = {"mistakes": ()}


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.VIEW_REPORTS)
def letter(request, pk=None):
    """New without a number, else change it."""
    row = Letter(zone=request.workspace.time_zone, page="chat") if pk is None else _mine(request, pk)
    first = {"readers": [request.member.pk]} if pk is None else {}
    about = {"dashboards": dashboards_of(request.member), "workspace": request.workspace}
    asked = {name: request.GET[name] for name in ("what", "query") if pk is None and request.GET.get(name)}
    initial = first_of(row) | first | asked
    form = LetterForm(request.POST or None, initial=initial, **about)
    if request.method == "POST" and form.is_valid():
        actions.save(row, form.told(), list(form.cleaned_data["readers"]), by=request.member)
        messages.success(request, _("Saved."))
        return redirect("analytics:letters", request.workspace.slug)
    query = request.POST.get("query", initial["query"])[:1000]
    context = {"form": form, "letter": row, "tab": "letters", "filters": PLAIN}
    context["narrowed"] = narrowed_words(query, names_of(request.workspace))
    return render(request, "analytics/letter.html", context, status=422 if form.errors else 200)


def _mine(request, pk: int) -> Letter:
    found = get_object_or_404(actions.seen_by(request.member), pk=pk)
    if not actions.may_change(found, request.member):
        raise Http404
    return found


@require_POST
@allowed(Permission.VIEW_REPORTS)
def letter_stop(request, pk):
    """`on`: get it again."""
    found = get_object_or_404(actions.seen_by(request.member), pk=pk)
    actions.stop(found, request.member, on="on" in request.POST)
    return redirect("analytics:letters", request.workspace.slug)


@require_POST
@allowed(Permission.VIEW_REPORTS)
def letter_try(request, pk):
    """To oneself, now."""
    send_now(get_object_or_404(actions.seen_by(request.member), pk=pk), request.member)
    messages.success(request, _("It is on its way to you."))
    return redirect("analytics:letters", request.workspace.slug)


@require_POST
@allowed(Permission.VIEW_REPORTS)
def letter_remove(request, pk):
    actions.remove(_mine(request, pk), by=request.member)
    messages.success(request, _("Removed."))
    return redirect("analytics:letters", request.workspace.slug)
