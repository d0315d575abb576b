"""In by the workspace's own provider: the door, the visit, the way back, the proof of an address."""

import hmac
import time
from dataclasses import asdict

import structlog
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sso import entry, protocol
from sso import proof as proofs
from sso.clients import client_of
from sso.forms import CodeForm, FindForm
from workspaces import sign_on
from workspaces.access import public
from workspaces.models import Member, User, Workspace
from workspaces.queries import home_of
from workspaces.redirects import next_path
from workspaces.refusals import Refused

VISIT, PROOF = "sso_visit", "sso_proof"
SECONDS = 900  # for signing in over there
VISITS_A_MINUTE = 30
log = structlog.get_logger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def find(request):
    """Which workspace? By the domain of an address; several of one company are listed by name."""
    form = FindForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "sso/find.html", {"form": form}, status=422 if form.errors else 200)
    found = list(_with_sign_on().filter(sso_domains__contains=[form.domain()]).order_by("name", "pk")[:20])
    if len(found) == 1:
        return redirect("sso:door", found[0].slug)
    if not found:
        form.add_error("email", _("No workspace here signs in by single sign-on with this domain."))
    return render(request, "sso/find.html", {"form": form, "found": found}, status=200 if found else 422)


@require_GET
@never_cache
@public
def door(request, slug):
    workspace = get_object_or_404(_with_sign_on(), slug=slug)
    return _door(request, workspace, next_path(request, ""))


@require_GET
@never_cache
@public
def visit(request, slug):
    """Send the person to the provider. A link and not a form: pages may only send forms to ourselves."""
    workspace = get_object_or_404(_with_sign_on(), slug=slug)
    wanted, again = next_path(request, ""), "again" in request.GET
    if _too_many(request):
        return _refuse(request, workspace, _("Too many tries. Wait a moment, then try again."), wanted, 429)
    client = client_of(workspace)
    hint = request.user.email if again and request.user.is_authenticated else ""
    try:
        if client is None:
            raise protocol.Refused("its secret cannot be read")
        trip = protocol.begin(client, hint=hint, again=again)
    except (protocol.Unreachable, protocol.Refused) as error:
        log.warning("sso_unreachable", workspace=workspace.pk, why=str(error))
        return _refuse(
            request, workspace, _("Your company's sign-in does not answer. Try again later."), wanted, 502
        )
    request.session[VISIT] = {
        "workspace": workspace.pk,
        "issuer": client.issuer,
        "state": trip.state,
        "nonce": trip.nonce,
        "verifier": trip.verifier,
        "next": wanted,
        "again": again,
        "until": time.time() + SECONDS,
    }
    return redirect(trip.url)


@require_GET
@never_cache
@public
def answer(request, slug):
    """Back from the provider. What was asked stands in the session; it answers once."""
    workspace = get_object_or_404(_with_sign_on(), slug=slug)
    trip = request.session.pop(VISIT, None)
    client = client_of(workspace)
    if client is None or not _is_answer_to(trip, request, workspace, client):
        return _refuse(
            request, workspace, _("This sign-in is too old or began elsewhere. Begin again."), "", 400
        )
    if "code" not in request.GET:
        return _refuse(request, workspace, _("Your company's sign-in said no."), trip["next"], 403)
    try:
        claims = protocol.claims_for(
            client, code=request.GET["code"], nonce=trip["nonce"], verifier=trip["verifier"]
        )
        user = entry.known_person(workspace, claims)
    except (protocol.Unreachable, protocol.Refused) as error:
        log.warning("sso_refused", workspace=workspace.pk, why=str(error))
        return _refuse(
            request, workspace, _("Your company's sign-in could not prove who you are."), trip["next"], 403
        )
    except Refused as refusal:
        return _refuse(request, workspace, refusal.message, trip["next"], 403)
    if user is None:
        return _ask_for_proof(request, workspace, claims, trip["next"])
    return _let_in(request, workspace, user, trip, proved_again=protocol.is_recent(claims))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public
def proof(request, slug):
    """The first time: is this address theirs? Nobody is made, and nothing bound, before it is shown."""
    workspace = get_object_or_404(_with_sign_on(), slug=slug)
    kept = request.session.get(PROOF)
    if not kept or kept["workspace"] != workspace.pk:
        raise Http404
    claims = protocol.Claims(**kept["claims"])
    form = CodeForm(request.POST or None)
    context = {"form": form, "workspace": workspace, "email": claims.email}
    if request.method != "POST" or not form.is_valid():
        return render(request, "sso/proof.html", context, status=422 if form.errors else 200)
    try:
        if not proofs.is_right(kept["code"], form.cleaned_data["code"]):
            form.add_error("code", _("This code is not right. Check the newest mail."))
            return render(request, "sso/proof.html", context, status=422)
        proofs.spend(kept["code"])
        user = entry.bind(workspace, claims)
    except proofs.TooMany:
        del request.session[PROOF]
        return _refuse(request, workspace, _("This code is used up. Begin again."), kept["next"], 403)
    except Refused as refusal:
        return _refuse(request, workspace, refusal.message, kept["next"], 403)
    del request.session[PROOF]
    return _let_in(request, workspace, user, {"next": kept["next"], "again": False}, proved_again=False)


def _with_sign_on():
    return Workspace.objects.filter(suspended_at=None).exclude(sso_domains=[])


def _is_answer_to(trip, request, workspace: Workspace, client: protocol.Client) -> bool:
    """The state of this browser's own visit, for this workspace, whose provider is still the one that was asked."""
    return bool(
        trip
        and trip["workspace"] == workspace.pk
        and trip["issuer"] == client.issuer
        and trip["until"] > time.time()
        and hmac.compare_digest(trip["state"].encode(), request.GET.get("state", "").encode())
        and request.GET.get("iss", client.issuer) == client.issuer
    )


def _ask_for_proof(request, workspace: Workspace, claims: protocol.Claims, wanted: str):
    try:
        code = proofs.send(workspace, claims)
    except proofs.TooMany:
        return _refuse(request, workspace, _("Too many tries. Wait a moment, then try again."), wanted, 429)
    request.session[PROOF] = {
        "workspace": workspace.pk,
        "claims": asdict(claims),
        "code": code,
        "next": wanted,
    }
    return redirect("sso:proof", workspace.slug)


def _let_in(request, workspace: Workspace, user: User, trip: dict, *, proved_again: bool):
    member = Member.objects.active().select_related("workspace").get(workspace=workspace, user=user)
    target = trip["next"] or home_of(member)
    if request.user.is_authenticated and request.user.pk == user.pk:
        if trip["again"] and not proved_again:
            text = _("Your company's sign-in did not ask for your password again.")
            return _refuse(request, workspace, text, trip["next"], 403)
        if trip["again"]:
            record_authentication(request, user, method="sso", workspace=workspace.pk, reauthenticated=True)
        sign_on.vouched(request, workspace.pk)
        return redirect(target)
    record_authentication(request, user, method="sso", workspace=workspace.pk)
    told = {"sso": workspace.pk}
    return perform_login(request, Login(user=user, redirect_url=target, signal_kwargs=told))


def _door(request, workspace: Workspace, wanted: str, status: int = 200):
    context = {"workspace": workspace, "wanted": wanted}
    # The name stands here without a scope: nothing else of the workspace is drawn.
    return render(request, "sso/door.html", context, status=status)


def _refuse(request, workspace: Workspace, text: str, wanted: str, status: int):
    messages.error(request, text)
    return _door(request, workspace, wanted, status)


def _too_many(request) -> bool:
    key = f"sso-visits:{request.META['REMOTE_ADDR']}"
    cache.add(key, 0, 60)
    return cache.incr(key) > VISITS_A_MINUTE
