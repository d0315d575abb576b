"""Settings > Inboxes: names, and who may open them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inboxes import actions, queries
from inboxes.forms import AccessForm, InboxForm
from inboxes.models import Inbox
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.refusals import Refused

manages = allowed(Permission.MANAGE_INBOXES)


@require_GET
@manages
def inboxes(request):
    return _list(request, InboxForm())


@require_POST
@manages
def create(request):
    form = InboxForm(request.POST)
    if form.is_valid():
        try:
            made = actions.create_inbox(name=form.cleaned_data["name"], language=request.workspace.language)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("inboxes:inbox", request.workspace.slug, made.pk)
    return _list(request, form, status=422)


@require_http_methods(["GET", "POST"])
@manages
def inbox(request, pk):
    """Show the settings of an inbox; POST renames it."""
    found = get_object_or_404(Inbox, pk=pk)
    if request.method == "GET":
        return render_inbox(request, found)
    form = InboxForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_inbox(found, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("inboxes:inbox", request.workspace.slug, pk)
    found.refresh_from_db()
    return render_inbox(request, found, form=form, status=422)


@require_POST
@manages
def access(request, pk):
    found = get_object_or_404(Inbox, pk=pk)
    form = AccessForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return render_inbox(request, found, access_form=form, status=422)
    actions.set_access(
        found,
        everyone=form.is_for_everyone(),
        members=form.cleaned_data["members"],
        teams=form.cleaned_data.get("teams", ()),
    )
    messages.success(request, _("Saved."))
    return redirect("inboxes:inbox", request.workspace.slug, pk)


def render_inbox(request, found: Inbox, *, form=None, access_form=None, status=200):
    context = {
        "inbox": found,
        "form": form or InboxForm(initial={"name": found.name}),
        "access_form": access_form or AccessForm.of(found),
        "channels": queries.channels_of(found),
        "people": list(queries.people_in(found)),
    }
    return render(request, "inboxes/inbox.html", context, status=status)


def _list(request, form: InboxForm, status: int = 200):
    inboxes = [
        {"inbox": row, "people": queries.people_in(row).count()} for row in queries.inboxes_with_channels()
    ]
    return render(request, "inboxes/inboxes.html", {"inboxes": inboxes, "form": form}, status=status)
