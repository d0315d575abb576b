"""Google and Microsoft 365: to their consent page and back (state, PKCE, one exact address to come back to)."""

import hmac
import time

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from channels_app.email.mailbox import connect, oauth, probe
from channels_app.email.mailbox.account import Account, Server
from channels_app.views.mailboxes import manages
from inboxes.models import Channel, Inbox
from workspaces.access import find_membership, signed_in
from workspaces.numbers import whole
from workspaces.permissions import Permission
from workspaces.refusals import Refused
from workspaces.scope import workspace_scope

SECONDS = 900  # for reading the consent page
KEY = "mail_consent"
NAMES = {"google": "Google", "microsoft": "Microsoft"}


@require_GET
@manages
def consent(request, pk, provider):
    """Send the person to the provider. A link and not a form: pages may only send forms to ourselves."""
    inbox = get_object_or_404(Inbox, pk=pk)
    if not oauth.is_offered(provider):
        raise Http404
    channel = request.GET.get("channel", "")
    if channel:
        get_object_or_404(Channel, pk=whole(channel), kind="email")
    visit = oauth.begin(provider, hint=request.GET.get("address", "")[:200])
    request.session[KEY] = {
        "provider": provider,
        "state": visit.state,
        "verifier": visit.verifier,
        "workspace": request.workspace.slug,
        "inbox": inbox.pk,
        "channel": channel,
        "address": request.GET.get("address", "")[:200],
        "until": time.time() + SECONDS,
    }
    return redirect(visit.url)


@require_GET
@never_cache
@signed_in
def consented(request, provider):
    """Back from the provider. Whose visit it was stands in the session, never in the address."""
    visit = request.session.pop(KEY, None)
    if not _is_answer_to(visit, request, provider):
        raise Http404
    member = find_membership(request.user, visit["workspace"])
    if member is None or not member.may(Permission.MANAGE_INBOXES):
        raise Http404
    try:
        made, proven = _connect(request, visit, member)
    except (_Refusal, Refused) as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:choose", visit["workspace"], visit["inbox"])
    if proven.arrived is False:
        messages.warning(request, _("Connected. Our test mail was sent, but it has not arrived yet."))
    else:
        messages.success(request, _("Connected. The test went well both ways."))
    return redirect("channels:mailbox", visit["workspace"], made.pk)


class _Refusal(Exception):
    """Why not, in words."""


def _is_answer_to(visit: dict | None, request, provider: str) -> bool:
    if not visit or visit["provider"] != provider or visit["until"] < time.time():
        return False
    return hmac.compare_digest(visit["state"].encode(), request.GET.get("state", "").encode())


def _connect(request, visit: dict, member) -> tuple[Channel, probe.Proven]:
    """Exchange the code, try the mailbox, and only then keep anything."""
    if "code" not in request.GET:
        raise _Refusal(_("%(provider)s did not let us in.") % {"provider": NAMES.get(visit["provider"], "")})
    if not probe.may_try(member.workspace_id):
        raise _Refusal(_("That were many tests. Wait an hour, then go on."))
    account, address = _exchanged(visit, request.GET["code"])
    try:
        proven = probe.try_out(account, address=address)
    except probe.Failed as failed:
        raise _Refusal(failed.trouble.words) from None
    with workspace_scope(member.workspace):
        if visit["channel"]:
            channel = get_object_or_404(Channel, pk=visit["channel"], kind="email")
            if channel.identifier.lower() != address.lower():
                raise _Refusal(_("That is another mailbox than the one to connect again."))
            return connect.connect_again(channel, account=account, by=member), proven
        inbox = get_object_or_404(Inbox, pk=visit["inbox"])
        told = {"account": account, "state": proven.state, "by": member}
        return connect.connect_mailbox(inbox, address=address, **told), proven


def _exchanged(visit: dict, code: str) -> tuple[Account, str]:
    """The account that let us in, and its address."""
    provider = visit["provider"]
    try:
        address, secret = oauth.exchange(provider, code=code, verifier=visit["verifier"])
    except (oauth.Declined, OSError):
        raise _Refusal(_("%(provider)s did not let us in.") % {"provider": NAMES.get(provider, "")}) from None
    # Microsoft names the signed-in person; the address asked for is then the one that was typed.
    address = address if "@" in address else visit["address"]
    known = settings.MAIL_PROVIDERS[provider]
    servers = {"imap": Server(*known["imap"]), "smtp": Server(*known["smtp"])}
    return Account(provider=provider, username=address, secret=secret, **servers), address
