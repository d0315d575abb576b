"""Target, display and options of a chatflow's draft. They are the draft's: visitors meet them once it is published.

Each has a page of its own; sent from beside the steps, the answer is the builder again.
"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatflows import actions, forms_target
from chatflows.models import Chatflow, ChatflowVersion
from chatflows.views import builder
from chatflows.views.beside import Part, form_of, part_of, target_of
from chatflows.views.list import load, managed


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def target(request, flow_pk):
    """The lines are plain fields; “one more line” sends the form and gets it back with an empty one."""
    flow, draft = _draft(request, flow_pk)
    if request.method != "POST":
        return _show(request, flow, part_of("target", flow, draft))
    raw = forms_target.typed(request.POST)
    if "more" in request.POST:
        return _show(request, flow, target_of(flow, raw, draft.revision))
    stored, mistakes = forms_target.read(raw)
    if mistakes:
        return _show(request, flow, target_of(flow, raw, draft.revision, mistakes))
    try:
        # Beside the steps each part is kept by itself, and the draft's number moves with every step.
        if not _is_beside(request) or draft.targeting != stored:
            actions.save_draft(flow, revision=_revision(request), by=request.member, targeting=stored)
    except actions.Stale as stale:
        name = stale.version.edited_by.display_name if stale.version.edited_by else _("Somebody")
        words = _("%(name)s changed this draft meanwhile. Save again to keep yours.") % {"name": name}
        return _show(request, flow, target_of(flow, raw, stale.version.revision, [words]))
    return _saved(request, flow, "target")


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def display(request, flow_pk):
    return _form(request, flow_pk, "display")


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def options(request, flow_pk):
    return _form(request, flow_pk, "options")


def _form(request, flow_pk: int, tab: str):
    flow, draft = _draft(request, flow_pk)
    part = form_of(tab, flow, draft, request.POST if request.method == "POST" else None)
    if request.method != "POST" or part.is_refused:
        return _show(request, flow, part)
    form = part.context["form"]
    kept = form.stored() if tab == "display" else form.stored(draft.options)
    if kept != getattr(draft, tab):
        actions.save_draft(flow, revision=None, by=request.member, **{tab: kept})
    return _saved(request, flow, tab)


def _draft(request, flow_pk: int) -> tuple[Chatflow, ChatflowVersion]:
    """What stands; a GET writes nothing, so without a draft it is what is published."""
    flow = load(flow_pk)
    if request.method == "POST":
        return flow, actions.draft_of(flow, by=request.member)
    return flow, flow.versions.drafts().first() or flow.published


def _revision(request) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _is_beside(request) -> bool:
    return request.POST.get("beside") == "1"


def _saved(request, flow: Chatflow, tab: str):
    at = [request.workspace.slug, flow.pk]
    if not _is_beside(request):
        messages.success(request, _("Saved in the draft. Publish it when it is right."))
        return redirect(f"chatflows:{tab}", *at)
    if request.htmx:
        return builder.beside(request, flow.pk, tab)
    return redirect(f"{reverse('chatflows:builder', args=at)}?tab={tab}")


def _show(request, flow: Chatflow, part: Part):
    status = 422 if part.is_refused else 200
    if _is_beside(request):
        return builder.beside(request, flow.pk, part.tab, part)
    context = {"flow": flow, "tab": part.tab} | part.context
    return render(request, f"chatflows/{part.tab}.html", context, status=status)
