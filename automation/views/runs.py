"""What rules did: all of it, newest first, and why in one conversation."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from automation import engine
from automation.models import Outcome, Rule, RuleRun
from automation.words import Speaker
from conversations.models import Conversation
from workspaces.access import allowed, member_only
from workspaces.permissions import Permission

managed = allowed(Permission.MANAGE_INBOXES)
PAGE = 50


@require_safe
@managed
def runs(request):
    """Filtered by rule and outcome; paged by key."""
    rows = RuleRun.objects.select_related("conversation", "ticket").order_by("-pk")
    chosen, outcome = _number(request.GET.get("rule")), request.GET.get("outcome", "")
    rows = rows.filter(rule=chosen) if chosen else rows
    rows = rows.filter(outcome=outcome) if outcome in Outcome.values else rows
    if before := _number(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    speaker = Speaker(request.member)
    context = {
        "runs": [speaker.run(run) for run in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "rules": list(Rule.objects.in_order()),
        "chosen": chosen,
        "outcome": outcome,
        "outcomes": [("done", _("Done")), ("failed", _("Not done")), ("held", _("Held"))],
    }
    return render(request, "automation/runs.html", context)


@require_POST
@managed
def retry(request, run_pk):
    """What was refused, once more."""
    run = get_object_or_404(RuleRun.objects.select_related("conversation"), pk=run_pk)
    if run.rule_id is None:
        raise Http404
    again = engine.try_again(run)
    if again.outcome == Outcome.DONE:
        messages.success(request, _("Done."))
    else:
        messages.error(request, again.error)
    return redirect("automation:runs", request.workspace.slug)


@require_safe
@member_only
def why(request, pk):
    """A part of the page that says why a conversation is where it is."""
    conversation = get_object_or_404(Conversation.objects.visible_to(request.member), pk=pk)
    rows = list(conversation.rule_runs.order_by("-pk")[:PAGE])
    speaker = Speaker(request.member) if rows else None
    context = {
        "runs": [speaker.run(run) for run in rows] if speaker else [],
        "conversation": conversation,
        "may_edit": request.member.may(Permission.MANAGE_INBOXES),
    }
    return render(request, "automation/_why.html", context)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
