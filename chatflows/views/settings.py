"""Target, display and options of a chatflow's draft. They are the draft's: visitors meet them once it is published."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chatflows import actions, audience, forms_target
from chatflows.forms import DisplayForm, OptionsForm
from chatflows.models import Chatflow, ChatflowVersion
from chatflows.targeting import compile_targeting
from chatflows.views.list import load, managed


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def target(request, flow_pk):
    """The lines are plain fields; “one more line” sends the form and gets it back with an empty one."""
    flow, draft = _draft(request, flow_pk)
    is_post = request.method == "POST"
    raw = forms_target.typed(request.POST) if is_post else forms_target.shown(draft.targeting)
    mistakes: list[str] = []
    revision = draft.revision
    if is_post and "more" not in request.POST:
        stored, mistakes = forms_target.read(raw)
        if not mistakes:
            try:
                actions.save_draft(flow, revision=_revision(request), by=request.member, targeting=stored)
            except actions.Stale as stale:
                name = stale.version.edited_by.display_name if stale.version.edited_by else _("Somebody")
                mistakes = [
                    _("%(name)s changed this draft meanwhile. Save again to keep yours.") % {"name": name}
                ]
                revision = stale.version.revision
            else:
                return _saved(request, flow, "chatflows:target")
    targeting = compile_targeting(forms_target.read(raw)[0])
    context = {
        "flow": flow,
        "tab": "target",
        "revision": revision,
        "mistakes": mistakes,
        "estimate": audience.estimate(flow.channel_id, targeting),
    } | forms_target.page_of(raw)
    return render(request, "chatflows/target.html", context, status=422 if mistakes else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def display(request, flow_pk):
    flow, draft = _draft(request, flow_pk)
    form = DisplayForm(request.POST or None, initial=DisplayForm.read(draft.display), target=flow)
    if request.method == "POST" and form.is_valid():
        actions.save_draft(flow, revision=None, by=request.member, display=form.stored())
        return _saved(request, flow, "chatflows:display")
    return _form(request, flow, form, "display")


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def options(request, flow_pk):
    flow, draft = _draft(request, flow_pk)
    form = OptionsForm(request.POST or None, initial=OptionsForm.read(draft.options), target=flow, flow=flow)
    if request.method == "POST" and form.is_valid():
        kept = form.stored(draft.options)
        actions.save_draft(flow, revision=None, by=request.member, options=kept)
        return _saved(request, flow, "chatflows:options")
    return _form(request, flow, form, "options")


def _draft(request, flow_pk: int) -> tuple[Chatflow, ChatflowVersion]:
    """What stands; a GET writes nothing, so without a draft it is what is published."""
    flow = load(flow_pk)
    if request.method == "POST":
        return flow, actions.draft_of(flow, by=request.member)
    return flow, flow.versions.drafts().first() or flow.published


def _revision(request) -> int | None:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _saved(request, flow: Chatflow, name: str):
    messages.success(request, _("Saved in the draft. Publish it when it is right."))
    return redirect(name, request.workspace.slug, flow.pk)


def _form(request, flow: Chatflow, form, tab: str):
    context = {"flow": flow, "form": form, "tab": tab, "link": _link(flow)}
    return render(request, f"chatflows/{tab}.html", context, status=422 if form.is_bound else 200)


def _link(flow: Chatflow) -> str:
    """By which a customer of a Messenger page meets this one, primary or not (FM-3)."""
    if flow.channel.kind != "messenger" or flow.published is None:
        return ""
    return f"https://m.me/{flow.channel.identifier}?ref={flow.published.public_id}"
