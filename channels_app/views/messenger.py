"""Connect a page of Facebook, see how it fares, connect it again (FM-1, FM-4, FM-8).

Views that ask Meta open the scope themselves: no transaction waits for a network.
"""

import hmac
import json
import secrets
import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.forms_messenger import RenewForm, TokenForm
from channels_app.messenger import connect
from channels_app.messenger.connect import Offer
from channels_app.models import MessengerPage
from channels_app.views.mailboxes import manages, manages_outside
from inboxes.models import Channel, Inbox
from workspaces.access import find_membership, signed_in
from workspaces.mail import on_site
from workspaces.permissions import Permission
from workspaces.refusals import Refused
from workspaces.scope import workspace_scope
from workspaces.sealed import Unreadable, seal, unseal

SECONDS = 900  # for reading Facebook's page, and for choosing
VISIT, OFFERS = "messenger_consent", "messenger_offers"
SCOPES = "pages_show_list,pages_messaging,pages_manage_metadata,business_management"


@sensitive_post_parameters("token", "app_secret")
@require_http_methods(["GET", "POST"])
@manages_outside
def messenger(request, pk):
    """By Facebook's own page, or by a token that somebody made there."""
    inbox = _inbox(request, pk)
    form = TokenForm(request.POST or None, has_app=connect.is_offered())
    if request.method == "POST" and form.is_valid():
        offer = _try(form, **form.cleaned_data)
        made = offer and _connect(request, inbox, offer, form)
        if made:
            return redirect("channels:messenger_page", request.workspace.slug, made.pk)
    context = {"inbox": inbox, "form": form, "is_offered": connect.is_offered()}
    with workspace_scope(request.workspace):
        status = 422 if form.is_bound else 200
        return render(request, "channels/messenger.html", context, status=status)


def _inbox(request, pk: int) -> Inbox:
    with workspace_scope(request.workspace):
        return get_object_or_404(Inbox, pk=pk)


def _try(form, *, token: str, app_id: str = "", app_secret: str = "") -> Offer | None:
    try:
        offer = connect.offer_of(token, app_id=app_id, app_secret=app_secret)
    except connect.TROUBLES as trouble:
        form.add_error("token", str(trouble))
        return None
    if not offer.id:
        form.add_error("token", _("Facebook does not say which page this opens."))
    return offer if offer.id else None


def _connect(request, inbox: Inbox, offer: Offer, form=None) -> Channel | None:
    try:
        with workspace_scope(request.workspace):
            channel = connect.connect_page(inbox, offer, by=request.member)
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, refusal.message)
        return None
    _say_connected(request, connect.subscribe(request.workspace.pk, channel))
    return channel


def _say_connected(request, error: str) -> None:
    if error:
        messages.warning(
            request, _("Connected, but Facebook will not tell us of messages yet: %(why)s") % {"why": error}
        )
    else:
        messages.success(request, _("Connected. Messages that come from now on arrive here."))


# ── By Facebook's page ──────────────────────────────────────────────────────────────────────────────────────────


@require_GET
@manages
def consent(request, pk):
    """Send the person to Facebook. A link and not a form: pages may only send forms to ourselves."""
    inbox = get_object_or_404(Inbox, pk=pk)
    if not connect.is_offered():
        raise Http404
    state = secrets.token_urlsafe(24)
    request.session[VISIT] = {
        "state": state,
        "workspace": request.workspace.slug,
        "inbox": inbox.pk,
        "until": time.time() + SECONDS,
    }
    asked = {
        "client_id": settings.MESSENGER_APP_ID,
        "redirect_uri": connect.come_back_to(),
        "state": state,
        "scope": SCOPES,
        "response_type": "code",
    }
    return redirect(f"{settings.MESSENGER_DIALOG}?{urlencode(asked)}")


@require_GET
@never_cache
@signed_in
def consented(request):
    """Back from Facebook. Whose visit it was stands in the session, never in the address."""
    visit = request.session.pop(VISIT, None)
    given = request.GET.get("state", "").encode()
    if not visit or visit["until"] < time.time() or not hmac.compare_digest(visit["state"].encode(), given):
        raise Http404
    member = find_membership(request.user, visit["workspace"])
    if member is None or not member.may(Permission.MANAGE_INBOXES):
        raise Http404
    where = [visit["workspace"], visit["inbox"]]
    try:
        offers = connect.offers_of(connect.person_token(request.GET["code"])) if "code" in request.GET else []
    except connect.TROUBLES as trouble:
        messages.error(request, str(trouble))
        return redirect("channels:messenger", *where)
    if not offers:
        messages.error(request, _("Facebook let us into no page."))
        return redirect("channels:messenger", *where)
    told = json.dumps([[one.id, one.name, one.token] for one in offers])
    request.session[OFFERS] = seal(told, about=_about(request, visit["workspace"]))
    return redirect("channels:messenger_pages", *where)


def _about(request, slug: str) -> str:
    return f"messenger-offers:{request.user.pk}:{slug}"


@require_http_methods(["GET", "POST"])
@manages_outside
def pages(request, pk):
    """Which of their pages: the tokens wait sealed in the session, and go with the choice."""
    inbox, offers = _inbox(request, pk), _offers(request)
    if not offers:
        return redirect("channels:messenger", request.workspace.slug, pk)
    if request.method == "POST":
        chosen = next((one for one in offers if one.id == request.POST.get("page")), None)
        made = chosen and _connect(request, inbox, chosen)
        if made:
            del request.session[OFFERS]
            return redirect("channels:messenger_page", request.workspace.slug, made.pk)
    with workspace_scope(request.workspace):
        return render(request, "channels/messenger_pages.html", {"inbox": inbox, "offers": offers})


def _offers(request) -> list[Offer]:
    try:
        told = unseal(request.session.get(OFFERS, ""), about=_about(request, request.workspace.slug))
    except Unreadable:
        return []
    return [Offer(*row) for row in json.loads(told)]


# ── One that is connected ───────────────────────────────────────────────────────────────────────────────────────


@require_GET
@manages
def page(request, pk):
    return _render(request, *_load(pk), RenewForm())


def _load(pk: int) -> tuple[Channel, MessengerPage | None]:
    rows = Channel.objects.select_related("inbox")
    channel = get_object_or_404(rows, pk=pk, kind="messenger", disconnected_at=None)
    return channel, MessengerPage.objects.filter(channel=channel).first()


def _hook_of(found: MessengerPage | None) -> str:
    """The address of a page with an app of its own."""
    if found is None or not found.hook_key:
        return ""
    return on_site(reverse("messenger_hooks:own", args=[found.hook_key]))


def _render(request, channel: Channel, found: MessengerPage | None, form, status: int = 200):
    context = {
        "channel": channel,
        "page": found,
        "form": form,
        "link": f"https://m.me/{channel.identifier}",
        "hook": _hook_of(found),
        "is_offered": connect.is_offered(),
    }
    return render(request, "channels/messenger_page.html", context, status=status)


@sensitive_post_parameters("token")
@require_POST
@manages_outside
def renewal(request, pk):
    """Another token for the same page (FM-8)."""
    with workspace_scope(request.workspace):
        channel, found = _load(pk)
    form = RenewForm(request.POST)
    offer = _try(form, token=form.cleaned_data["token"]) if form.is_valid() and found else None
    try:
        if offer:
            with workspace_scope(request.workspace):
                connect.connect_again(channel, offer, by=request.member)
    except Refused as refusal:
        form.add_error("token", refusal.message)
    if form.is_valid() and offer:
        _say_connected(request, connect.subscribe(request.workspace.pk, channel))
        return redirect("channels:messenger_page", request.workspace.slug, pk)
    with workspace_scope(request.workspace):
        return _render(request, channel, found, form, status=422)
