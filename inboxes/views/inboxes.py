"""Settings > Inboxes: the list, and the tabs of one: general, access, channels (IN-4)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inboxes import actions, channel_actions, queries
from inboxes.addresses import fallback_of
from inboxes.forms import AccessForm, DeleteInboxForm, InboxForm, NewInboxForm
from inboxes.models import Inbox
from inboxes.tabs import tabs_for
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.refusals import Refused

manages = allowed(Permission.MANAGE_INBOXES)


@require_GET
@manages
def inboxes(request):
    return _list(request, NewInboxForm(workspace=request.workspace))


@require_POST
@manages
def create(request):
    form = NewInboxForm(request.POST, workspace=request.workspace)
    if form.is_valid():
        try:
            made = actions.create_inbox(
                name=form.cleaned_data["name"], language=request.workspace.language, **form.named()
            )
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return _first_channel(request, made, form.cleaned_data["first"])
    return _list(request, form, status=422)


def _first_channel(request, made: Inbox, first: str):
    """IN-2: connect one at once, or skip it."""
    slug = request.workspace.slug
    if first == "email":
        return redirect("channels:choose", slug, made.pk)
    if first == "chat":
        chat = actions.connect_channel(made, kind="chat", name=_("Live chat"), config={"sites": []})
        return redirect("inboxes:channel", slug, chat.pk)
    return redirect("inboxes:inbox", slug, made.pk)


@require_http_methods(["GET", "POST"])
@manages
def inbox(request, pk):
    """The tab General; POST saves it."""
    found = _load(request, pk)
    if request.method == "GET":
        return _general(request, found)
    form = InboxForm(request.POST, initial=InboxForm.stored(found), target=found)
    if form.is_valid():
        try:
            actions.change_inbox(found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("inboxes:inbox", request.workspace.slug, pk)
    return _general(request, found, form=form, status=422)


@require_http_methods(["GET", "POST"])
@manages
def access(request, pk):
    """The tab Access: who is let in, and who may see this, person by person (AC-1)."""
    found = _load(request, pk)
    stored = {"initial": AccessForm.stored(found), "target": found, "workspace": request.workspace}
    form = AccessForm(request.POST, **stored) if request.method == "POST" else AccessForm(**stored)
    if form.is_valid():
        actions.set_access(found, everyone=form.is_for_everyone(), **form.named())
        messages.success(request, _("Saved."))
        return redirect("inboxes:access", request.workspace.slug, pk)
    context = {"access_form": form, "readers": queries.who_may_see(found)}
    return _tab(request, found, "access", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@manages
def connect(request, pk):
    """The tab Channels; POST connects a live chat: it needs nothing from outside, so it exists at once."""
    found = _load(request, pk)
    if request.method == "POST":
        made = actions.connect_channel(found, kind="chat", name=_("Live chat"), config={"sites": []})
        return redirect("inboxes:channel", request.workspace.slug, made.pk)
    return _tab(request, found, "channels", {"channels": queries.channels_of(found)})


@require_POST
@manages
def delete(request, pk):
    """IN-5. Its conversations go first, in the background."""
    found = _load(request, pk)
    form = DeleteInboxForm(request.POST, inbox=found)
    if not form.is_valid():
        return _general(request, found, delete_form=form, status=422)
    try:
        channel_actions.delete_inbox(found, to=form.cleaned_data["to"], by=request.member)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _general(request, found, delete_form=form, status=422)
    messages.success(request, _("The inbox goes as soon as its conversations have moved."))
    return redirect("inboxes:list", request.workspace.slug)


def _load(request, pk: int) -> Inbox:
    """Locked when it is to be changed, so that two admins are compared with what is stored."""
    rows = Inbox.objects.all()
    return get_object_or_404(rows.select_for_update() if request.method == "POST" else rows, pk=pk)


def _general(request, found: Inbox, *, form=None, delete_form=None, status=200):
    context = {
        "form": form or InboxForm(initial=InboxForm.stored(found), target=found),
        "delete_form": delete_form or DeleteInboxForm(inbox=found),
        "standing": channel_actions.standing_channels(found).count(),
        "fallback": fallback_of(found),
    }
    return _tab(request, found, "general", context, status=status)


def _tab(request, found: Inbox, tab: str, context: dict, status: int = 200):
    context |= {"inbox": found, "tab": tab, "tabs": tabs_for(request.member)}
    return render(request, f"inboxes/inbox_{tab}.html", context, status=status)


def _list(request, form: NewInboxForm, status: int = 200):
    inboxes = queries.inboxes_with_channels()
    return render(request, "inboxes/inboxes.html", {"inboxes": inboxes, "form": form}, status=status)
