"""Settings > an inbox > a channel > who gets it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from inboxes.forms_routing import RoutingForm, TakerForm
from inboxes.kinds import all_kinds
from inboxes.models import Channel, RoutingMode
from inboxes.routing import Question, look, rule_of, set_rule, set_taker
from inboxes.routing.reasons import Not, Why
from inboxes.views.inboxes import manages
from workspaces.access import allowed
from workspaces.models import Member
from workspaces.permissions import Permission


@require_http_methods(["GET", "POST"])
@manages
def routing(request, pk):
    """Who gets what comes in by a channel (RT-3)."""
    channel = _load(pk, locked=request.method == "POST")
    form = RoutingForm.of(channel, request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        context = {"channel": channel, "form": form, "kind": _kind(channel), "now": _now(channel)}
        return render(request, "inboxes/routing.html", context, status=422 if form.is_bound else 200)
    set_rule(channel, **form.settings())
    messages.success(request, _("Saved."))
    return redirect("inboxes:routing", request.workspace.slug, pk)


@require_safe
@manages
def routing_now(request, pk):
    """The line that says who would get the next one."""
    channel = _load(pk)
    return render(request, "inboxes/_routing_now.html", {"channel": channel, "now": _now(channel)})


def _load(pk: int, *, locked: bool = False) -> Channel:
    rows = Channel.objects.select_related("inbox").filter(disconnected_at=None)
    if locked:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return get_object_or_404(rows, pk=pk)


def _kind(channel: Channel):
    return next((kind for kind in all_kinds() if kind.key == channel.kind), None)


def _now(channel: Channel) -> dict:
    """As the rule stands: {gives, to_owner, chosen, reason, others}; `others` cannot take it, with the reason."""
    rule = rule_of(channel)
    if rule is None or not rule.gives():
        return {"gives": False}
    to_owner = rule.mode == RoutingMode.OWNER
    if to_owner and not rule.names_people():
        return {"gives": True, "to_owner": True}
    outcome = look(rule, Question(channel.inbox, channel))
    others = [(one.member, Not(one.reason).label) for one in outcome.passed if one.reason != Not.TURN]
    reason = Why(outcome.why).label
    return {
        "gives": True,
        "to_owner": to_owner,
        "chosen": outcome.member,
        "reason": reason,
        "others": others,
    }


@require_http_methods(["GET", "POST"])
@allowed(Permission.MANAGE_AVAILABILITY)
def taker(request, pk):
    """What somebody can be given automatically, and how much (AC-5, AV-10)."""
    rows = Member.objects.active().filter(workspace=request.workspace)
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = get_object_or_404(rows, pk=pk)
    form = TakerForm.of(found, request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        context = {"who": found, "form": form}
        return render(request, "inboxes/taker.html", context, status=422 if form.is_bound else 200)
    set_taker(found, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("inboxes:people", request.workspace.slug)
