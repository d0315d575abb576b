"""One address of the team: how it fares, and how it signs."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from channels_app.email.mailbox.connect import change_mail_channel
from channels_app.email.mailbox.health import health_of
from channels_app.email.mailbox.trouble import words_for
from channels_app.forms import LocalPartForm, MailSettingsForm
from channels_app.models import Mailbox
from channels_app.views.mailboxes import manages
from inboxes import addresses
from inboxes.models import Channel
from workspaces.refusals import Refused


@require_http_methods(["GET", "POST"])
@manages
def mailbox(request, pk):
    channel = _load(pk)
    found = Mailbox.objects.filter(channel=channel).first()
    if request.method == "GET":
        return _render(request, channel, found, MailSettingsForm.of(channel, found))
    form = MailSettingsForm(request.POST, channel=channel, mailbox=found)
    if form.is_valid():
        try:
            _save(channel, form)
        except Refused as refusal:
            form.add_error("from_name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("channels:mailbox", request.workspace.slug, pk)
    return _render(request, channel, found, form, status=422)


def _load(pk: int) -> Channel:
    return get_object_or_404(
        Channel.objects.select_related("inbox"), pk=pk, kind="email", disconnected_at=None
    )


def _save(channel: Channel, form: MailSettingsForm) -> None:
    data = form.cleaned_data
    if addresses.is_fallback(channel):
        addresses.change_fallback(
            channel, from_name=data["from_name"], from_style=data["from_style"], sends=data["sends"]
        )
    change_mail_channel(channel, name=data["name"], config=form.config(), **form.reading())


@require_POST
@manages
def local_part(request, pk):
    """Choose the inbox's own address, once (FB-4)."""
    channel = _load(pk)
    form = LocalPartForm(request.POST)
    if form.is_valid() and addresses.is_fallback(channel):
        try:
            addresses.rename_fallback(channel, local_part=form.cleaned_data["local_part"])
        except Refused as refusal:
            form.add_error("local_part", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("channels:mailbox", request.workspace.slug, pk)
    found = Mailbox.objects.filter(channel=channel).first()
    settings = MailSettingsForm.of(channel, found)
    return _render(request, channel, found, settings, local_part_form=form, status=422)


def _render(request, channel, found, form, *, local_part_form=None, status=200):
    is_fallback, state = addresses.is_fallback(channel), addresses.forwarding_state(channel)
    context = {
        "channel": channel,
        "mailbox": found,
        "form": form,
        "health": health_of(channel),
        "trouble": words_for(found.last_error) if found and found.last_error else "",
        "is_fallback": is_fallback,
        "forwarding_address": channel.config.get("forwarding_address", ""),
        "forwarding_state": state,
        "unproven": not (found or is_fallback or channel.config.get("given")) and state != addresses.VERIFIED,
    }
    if is_fallback and not channel.config.get("renamed"):
        context["local_part_form"] = local_part_form or LocalPartForm(
            initial={"local_part": channel.identifier.partition("@")[0]}
        )
        context["mail_domain"] = channel.identifier.partition("@")[2]
    return render(request, "channels/mailbox.html", context, status=status)
