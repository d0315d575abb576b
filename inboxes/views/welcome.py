"""The first steps: a workspace and its inbox, a channel, its snippet, a test. Each can be left; what was done stays."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from inboxes.actions import change_channel, found_workspace
from inboxes.addresses import fallback_of
from inboxes.developer import TooManyLetters, send_snippet
from inboxes.forms import DeveloperForm, FirstChannelForm, WelcomeForm
from inboxes.forms_chat import FirstChatForm
from inboxes.models import Channel, Inbox
from inboxes.queries import snippet_of
from workspaces.access import allowed, signed_in
from workspaces.audit import note
from workspaces.forms import time_zones
from workspaces.permissions import Permission
from workspaces.queries import workspaces_of

manages = allowed(Permission.MANAGE_INBOXES)


@require_http_methods(["GET", "POST"])
@signed_in
def welcome(request):
    has_one = workspaces_of(request.user).exists()
    form = WelcomeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "has_one": has_one}
        return render(request, "inboxes/welcome.html", context, status=422 if form.is_bound else 200)
    zone = _known_zone(form.cleaned_data["time_zone"]) or request.user.time_zone
    owner = found_workspace(
        form.cleaned_data["name"],
        by=request.user,
        language=request.LANGUAGE_CODE,
        time_zone=zone,
        inbox_name=form.cleaned_data["inbox_name"],
    )
    if not has_one and request.user.time_zone == "UTC":
        request.user.time_zone = zone
        request.user.save(update_fields=["time_zone"])
    request.session["workspace"] = owner.workspace.slug
    return redirect("inboxes:setup", owner.workspace.slug)


@require_http_methods(["GET", "POST"])
@manages
def setup(request):
    """Where customers write first: a chat, an address, or later."""
    form = FirstChannelForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "channel": _first_chat()}
        return render(request, "inboxes/setup_kind.html", context, status=422 if form.is_bound else 200)
    chat, slug = _first_chat(), request.workspace.slug
    if form.cleaned_data["kind"] == "chat" and chat:
        return redirect("inboxes:setup_channel", slug, chat.pk)
    return redirect("inboxes:setup_mail", slug)


@require_http_methods(["GET", "POST"])
@manages
def setup_channel(request, pk):
    channel = _chat(pk)
    stored = {"initial": FirstChatForm.read(channel), "target": channel}
    form = FirstChatForm(request.POST, **stored) if request.method == "POST" else FirstChatForm(**stored)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "channel": channel}
        return render(request, "inboxes/setup_channel.html", context, status=422 if form.is_bound else 200)
    change_channel(channel, name=form.cleaned_data["name"], config=form.config())
    return redirect("inboxes:setup_snippet", request.workspace.slug, pk)


@require_GET
@manages
def setup_snippet(request, pk):
    return _snippet(request, _chat(pk), DeveloperForm())


@require_POST
@manages
def mail_snippet(request, pk):
    """To whoever looks after the site: a letter with the line and where it goes."""
    channel, form = _chat(pk), DeveloperForm(request.POST)
    if not form.is_valid():
        return _snippet(request, channel, form, status=422)
    try:
        send_snippet(channel, to=form.cleaned_data["address"], by=request.member)
    except TooManyLetters as refusal:
        form.add_error("address", refusal.message)
        return _snippet(request, channel, form, status=422)
    messages.success(
        request, _("The snippet is on its way to %(to)s.") % {"to": form.cleaned_data["address"]}
    )
    return redirect("inboxes:setup_snippet", request.workspace.slug, pk)


@require_GET
@manages
def setup_test(request, pk):
    """Write to oneself: the chat as visitors see it, and whether it arrived."""
    return render(request, "inboxes/setup_test.html", {"channel": _chat(pk)})


@require_GET
@manages
def setup_mail(request):
    """The address that the first inbox has from birth, and whether a letter to it arrived."""
    inbox = Inbox.objects.order_by("pk").first()
    return render(request, "inboxes/setup_mail.html", {"inbox": inbox, "channel": fallback_of(inbox)})


@require_POST
@manages
def hide_checklist(request):
    """Put the first steps away, for everybody here; `again` brings them back."""
    again = request.POST.get("again") == "yes"
    request.workspace.checklist_hidden_at = None if again else timezone.now()
    request.workspace.save(update_fields=["checklist_hidden_at"])
    note("workspace.changed", request.workspace, {"checklist": not again}, {"checklist": again})
    return redirect("home")


def _snippet(request, channel: Channel, form: DeveloperForm, status: int = 200):
    context = {"channel": channel, "snippet": snippet_of(channel), "form": form}
    return render(request, "inboxes/setup_snippet.html", context, status=status)


def _chat(pk: int) -> Channel:
    return get_object_or_404(
        Channel.objects.select_related("inbox"), pk=pk, kind="chat", disconnected_at=None
    )


def _first_chat() -> Channel | None:
    return Channel.objects.filter(kind="chat", disconnected_at=None).order_by("pk").first()


def _known_zone(name: str) -> str:
    return name if name in {zone for zone, _label in time_zones()} else ""
