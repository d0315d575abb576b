"""Connect an address of the team: whose it is, which way its mail comes, and a real test before anything is saved.

Views that ask other servers open the scope themselves: no transaction waits for a network.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.email.mailbox import connect, probe
from channels_app.email.mailbox.account import Account, Server
from channels_app.email.mailbox.guess import guess
from channels_app.forms import AddressForm, ChooseForm, ImapForm, PasswordForm
from channels_app.models import Mailbox
from inboxes.addresses import FallbackStays, verify_forwarding
from inboxes.models import Channel, Inbox
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.refusals import Refused
from workspaces.scope import workspace_scope

manages = allowed(Permission.MANAGE_INBOXES)
manages_outside = allowed(Permission.MANAGE_INBOXES, scoped=False)


@require_GET
@manages
def choose(request, pk):
    """The first questions (EM-1, EM-2). Nothing is kept yet, so the answers travel in the address."""
    inbox = get_object_or_404(Inbox, pk=pk)
    form = ChooseForm(request.GET if "way" in request.GET or "address" in request.GET else None)
    if form.is_valid():
        way, query = form.cleaned_data["way"], urlencode({"address": form.cleaned_data["address"]})
        names = {"imap": "channels:imap", "forwarding": "channels:forwarding"}
        if way in names:
            return redirect(f"{reverse(names[way], args=[request.workspace.slug, pk])}?{query}")
        return redirect(f"{reverse('channels:consent', args=[request.workspace.slug, pk, way])}?{query}")
    status = 422 if form.is_bound else 200
    return render(request, "channels/choose.html", {"inbox": inbox, "form": form}, status=status)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@manages_outside
def imap(request, pk):
    """Another mailbox (EM-2b): servers are guessed, both ways are tried, what was typed stays but for the password."""
    inbox = _found(request, Inbox, pk=pk)
    form = (
        ImapForm(request.POST)
        if request.method == "POST"
        else ImapForm.guessed(request.GET.get("address", ""))
    )
    if form.is_valid():
        proven = _try(request, form, form.account(), form.cleaned_data["address"], form.folders())
        made = proven and _connect(request, form, inbox, proven)
        if made:
            _tell(request, proven)
            return redirect("channels:mailbox", request.workspace.slug, made.pk)
    context = {"inbox": inbox, "form": form, "guess": guess(_address(form))}
    with workspace_scope(request.workspace):
        return render(request, "channels/imap.html", context, status=422 if form.is_bound else 200)


def _address(form) -> str:
    return str(form["address"].value() or "")


def _found(request, model, **ids):
    with workspace_scope(request.workspace):
        return get_object_or_404(model, **ids)


def _try(request, form, account: Account, address: str, folders=()) -> probe.Proven | None:
    """Run the test; what failed stands in the form, in coarse words."""
    if not probe.may_try(request.workspace.pk):
        form.add_error(None, _("That were many tests. Wait an hour, then go on."))
        return None
    try:
        return probe.try_out(account, address=address, folders=folders)
    except probe.Failed as failed:
        form.blame(failed.side, failed.trouble.code, failed.trouble.words)
        return None


def _connect(request, form, inbox: Inbox, proven: probe.Proven) -> Channel | None:
    data = form.cleaned_data
    options = {name: data[name] for name in ("after_reading", "move_to")}
    try:
        with workspace_scope(request.workspace):
            return connect.connect_mailbox(
                inbox,
                address=data["address"],
                account=form.account(),
                state=proven.state,
                by=request.member,
                backfill_days=data["backfill_days"] or 0,
                **options,
            )
    except Refused as refusal:
        form.add_error("address", refusal.message)
        return None


def _tell(request, proven: probe.Proven) -> None:
    if proven.arrived is False:
        messages.warning(
            request,
            _(
                "Connected. Our test mail was sent, but it has not arrived yet: look at this page again in a few minutes."
            ),
        )
    else:
        messages.success(request, _("Connected. The test went well both ways."))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@manages_outside
def reconnect(request, pk):
    """The password again, for a mailbox that let us in no more. OAuth mailboxes are sent to their consent page."""
    with workspace_scope(request.workspace):
        mailboxes = Mailbox.objects.select_related("channel__inbox")
        mailbox = get_object_or_404(mailboxes, channel_id=pk, channel__disconnected_at=None)
    if mailbox.provider != "imap":
        way = reverse(
            "channels:consent", args=[request.workspace.slug, mailbox.channel.inbox_id, mailbox.provider]
        )
        return redirect(f"{way}?{urlencode({'address': mailbox.channel.identifier, 'channel': pk})}")
    form = PasswordForm(request.POST or None, initial={"username": mailbox.username})
    if form.is_valid():
        account = _with_password(mailbox, form)
        proven = _try(request, form, account, mailbox.channel.identifier)
        if proven:
            with workspace_scope(request.workspace):
                connect.connect_again(mailbox.channel, account=account, by=request.member)
            _tell(request, proven)
            return redirect("channels:mailbox", request.workspace.slug, pk)
    with workspace_scope(request.workspace):
        context = {"channel": mailbox.channel, "form": form}
        return render(request, "channels/reconnect.html", context, status=422 if form.is_bound else 200)


def _with_password(mailbox: Mailbox, form: PasswordForm) -> Account:
    return Account(
        provider=mailbox.provider,
        username=form.cleaned_data["username"],
        imap=Server(mailbox.imap_host, mailbox.imap_port, mailbox.imap_security),
        smtp=Server(mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_security),
        secret={"password": form.cleaned_data["password"]},
        folder=mailbox.folder,
    )


@require_http_methods(["GET", "POST"])
@manages
def forwarding(request, pk):
    """The hosted way: the address stays where it is, its server sends us a copy of everything."""
    inbox = get_object_or_404(Inbox, pk=pk)
    form = AddressForm(request.POST or None, initial={"address": request.GET.get("address", "")})
    if form.is_valid():
        try:
            made = connect.connect_forwarding(inbox, address=form.cleaned_data["address"], by=request.member)
        except Refused as refusal:
            form.add_error("address", refusal.message)
        else:
            return redirect("channels:mailbox", request.workspace.slug, made.pk)
    context = {"inbox": inbox, "form": form}
    return render(request, "channels/forwarding.html", context, status=422 if form.is_bound else 200)


@require_POST
@manages
def verification(request, pk):
    """Send a mail to the public address that must come home by forwarding."""
    channel = get_object_or_404(Channel, pk=pk, kind="email", disconnected_at=None)
    if not channel.config.get("forwarding_address"):
        messages.error(request, _("This address is not forwarded."))
    elif not probe.may_try(request.workspace.pk):
        messages.error(request, _("That were many tests. Wait an hour, then go on."))
    else:
        verify_forwarding(channel)
        messages.success(request, _("A test mail is on its way. Look at this page again in a minute."))
    return redirect("channels:mailbox", request.workspace.slug, pk)


@require_POST
@manages
def disconnection(request, pk):
    channel = get_object_or_404(Channel, pk=pk, kind="email", disconnected_at=None)
    try:
        connect.disconnect(channel, by=request.member)
    except FallbackStays as refusal:
        messages.error(request, refusal.message)
        return redirect("channels:mailbox", request.workspace.slug, pk)
    messages.success(
        request, _("Disconnected. Its conversations stay; answers leave from the inbox's own address.")
    )
    return redirect("inboxes:inbox", request.workspace.slug, channel.inbox_id)
