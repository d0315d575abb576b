"""Settings > a chat > on your site: the line to paste, whether it is there, and how a site says who its visitors are."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chatflows import site_check
from chatflows.models import FlowCount, IdentitySecret, Measure
from chatflows.widget.identity import MOST_SECRETS, live_secrets, make_secret, revoke_secret
from inboxes.models import Channel
from inboxes.origins import sites_of
from inboxes.queries import loader_url, snippet_of
from workspaces.access import allowed
from workspaces.audit import note
from workspaces.permissions import Permission
from workspaces.refusals import Refused
from workspaces.scope import workspace_scope

MOST_SITES = 5
manages = allowed(Permission.MANAGE_INBOXES)
manages_outside = allowed(Permission.MANAGE_INBOXES, scoped=False)


@require_safe
@manages
def install(request, channel_pk):
    return _page(request, _chat(channel_pk))


@require_POST
@manages_outside
def install_check(request, channel_pk):
    """Looks at the first pages of its sites. No transaction waits for them."""
    with workspace_scope(request.workspace):
        channel = _chat(channel_pk)
        sites = [site for site in sites_of(channel) if "*" not in site][:MOST_SITES]
    found = [site_check.look_at(site, channel.identifier, loader_url()) for site in sites]
    with workspace_scope(request.workspace):
        return _page(request, channel, found=found, looked=True)


@require_POST
@never_cache
@manages
def identity_secrets(request, channel_pk):
    """Make a secret. It is on this one answer and nowhere else."""
    channel = _chat(channel_pk)
    try:
        secret = make_secret(channel, by=request.member)
    except Refused as refusal:
        return _page(request, channel, problem=refusal.message, status=422)
    note("identity_secret.created", channel)
    return _page(request, channel, secret=secret)


@require_POST
@manages
def identity_secret(request, channel_pk, secret_pk):
    """Revoke one."""
    channel = _chat(channel_pk)
    secret = get_object_or_404(IdentitySecret, pk=secret_pk, channel=channel, revoked_at=None)
    revoke_secret(secret)
    note("identity_secret.removed", channel)
    messages.success(request, _("Revoked. What it signed is worth nothing any more."))
    return redirect("chatflows:install", request.workspace.slug, channel.pk)


def _chat(pk: int) -> Channel:
    rows = Channel.objects.select_related("inbox", "workspace")
    return get_object_or_404(rows, pk=pk, kind="chat", disconnected_at=None)


def _page(request, channel: Channel, *, status: int = 200, **more):
    secrets = list(live_secrets(channel).select_related("created_by"))
    plain = request.build_absolute_uri(reverse("widget:plain", args=[channel.identifier]))
    context = {
        "channel": channel,
        "snippet": snippet_of(channel),
        "loader": loader_url(),
        "sites": sites_of(channel),
        "seen": _seen_today(channel),
        "plain": plain,
        "fallback": f'<noscript><a href="{plain}">{_("Chat with us")}</a></noscript>',
        "adapter": request.build_absolute_uri(reverse("widget:adapter")),
        "secrets": secrets,
        "may_make": len(secrets) < MOST_SECRETS,
    }
    return render(request, "chatflows/install.html", context | more, status=status)


def _seen_today(channel: Channel) -> int:
    """How often a page showed this chat in the last day: proof that it is there, whatever loads it."""
    since = timezone.now() - timedelta(days=1)
    shown = FlowCount.objects.filter(chatflow__channel=channel, measure=Measure.SHOWN, hour__gte=since)
    return shown.aggregate(n=Sum("n"))["n"] or 0
