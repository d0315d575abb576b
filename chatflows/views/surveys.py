"""Settings > Inboxes > one inbox > Satisfaction: which of its channels ask how it was, and what."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chatflows.forms_surveys import SurveyForm
from chatflows.surveys.wishes import ASKED_OUTSIDE, set_wish, wish_of
from inboxes.kinds import get_kind
from inboxes.models import Channel, Inbox
from inboxes.tabs import tabs_for
from workspaces.access import allowed
from workspaces.permissions import Permission

manages = allowed(Permission.MANAGE_INBOXES)


@require_safe
@manages
def surveys(request, inbox_pk):
    inbox = get_object_or_404(Inbox, pk=inbox_pk)
    channels = Channel.objects.filter(inbox=inbox, disconnected_at=None, kind__in=(*ASKED_OUTSIDE, "chat"))
    rows = [
        {
            "channel": channel,
            "kind": get_kind(channel.kind),
            "outside": channel.kind in ASKED_OUTSIDE,
            "on": wish_of(channel).on,
        }
        for channel in channels.order_by("kind", "name", "pk")
    ]
    context = {"inbox": inbox, "tab": "satisfaction", "tabs": tabs_for(request.member), "rows": rows}
    return render(request, "chatflows/surveys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def survey(request, channel_pk):
    rows = Channel.objects.select_related("inbox")
    locked = rows.select_for_update(of=("self",)) if request.method == "POST" else rows
    found = get_object_or_404(locked, pk=channel_pk, disconnected_at=None, kind__in=ASKED_OUTSIDE)
    form = SurveyForm(request.POST if request.method == "POST" else None, target=found)
    if form.is_bound and form.is_valid():
        set_wish(found, form.wish())
        messages.success(request, _("Saved."))
        return redirect("chatflows:surveys", request.workspace.slug, found.inbox_id)
    context = {"channel": found, "form": form}
    return render(request, "chatflows/survey.html", context, status=422 if form.is_bound else 200)
