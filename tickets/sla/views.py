"""Settings > Inboxes > one > Service levels."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inboxes.models import Inbox
from inboxes.tabs import tabs_for
from tickets.sla.forms import SlaForm
from tickets.sla.policies import save_policy
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.MANAGE_SLA)
def service_levels(request, inbox_pk):
    """Locked when it is to be changed, so that two admins are compared with what is stored."""
    rows = Inbox.objects.all()
    inbox = get_object_or_404(rows.select_for_update() if request.method == "POST" else rows, pk=inbox_pk)
    form = SlaForm(request.POST if request.method == "POST" else None, target=inbox)
    if form.is_bound and form.is_valid():
        save_policy(inbox, by=request.member, **form.values())
        messages.success(request, _("Saved."))
        return redirect("tickets:service_levels", request.workspace.slug, inbox.pk)
    context = {"inbox": inbox, "tab": "sla", "tabs": tabs_for(request.member), "form": form}
    return render(request, "tickets/sla.html", context, status=422 if form.is_bound else 200)
