"""The versions of a chatflow: what changed in each, going back, and two of them on trial."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatflows import actions, figures, queries
from chatflows.version_diff import compare
from chatflows.views.list import load, managed
from chatflows.views.results import trial_view
from workspaces.refusals import Refused


@require_safe
@managed
def versions(request, flow_pk):
    flow = load(flow_pk)
    rows = queries.versions_of(flow)
    fared = figures.of_versions(flow)
    older = [*rows[1:], None]
    shown = [
        {"version": row, "fared": fared[row.pk], "changes": compare(before, row) if before else []}
        for row, before in zip(rows, older, strict=True)
    ]
    context = {
        "flow": flow,
        "rows": shown,
        "tab": "versions",
        "has_draft": any(r.published_at is None for r in rows),
    }
    context["trial"] = trial_view(flow)
    return render(request, "chatflows/versions.html", context)


@require_POST
@managed
def restore(request, flow_pk, number):
    flow = load(flow_pk)
    actions.restore(flow, get_object_or_404(flow.versions, number=number), by=request.member)
    messages.success(
        request, _("Version %(n)s is the draft now. Publish it when it is right.") % {"n": number}
    )
    return _back(request, flow)


@require_POST
@managed
def discard(request, flow_pk):
    flow = load(flow_pk)
    try:
        actions.discard_draft(flow, by=request.member)
        messages.success(request, _("The draft is gone."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _back(request, flow)


@require_POST
@managed
def trial(request, flow_pk):
    flow = load(flow_pk)
    share = request.POST.get("share", "50")
    try:
        if keep := request.POST.get("keep"):
            actions.end_trial(flow, keep_rival=keep == "rival", by=request.member)
            messages.success(request, _("The trial is over."))
        else:
            percent = int(share) if share.isdecimal() and len(share) < 4 else 50
            actions.start_trial(flow, None, percent, by=request.member)
            messages.success(request, _("The trial runs. Each visitor keeps meeting the same version."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _back(request, flow)


def _back(request, flow):
    return redirect("chatflows:versions", request.workspace.slug, flow.pk)
