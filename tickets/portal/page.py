"""The status page behind a signed link. Every wrong, old, revoked or foreign link gets one and the same answer."""

import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events import buckets
from tickets.models import TicketPass
from tickets.portal import answers, passes, shown
from workspaces import signed_links
from workspaces.access import visitor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope
from workspaces.zones import zone_names

BY_ADDRESS = buckets.Rate("ticket-page-ip", 120, buckets.MINUTE, 60)
BY_PASS = buckets.Rate("ticket-answer", 10, buckets.HOUR, 5)


@visitor
@csrf_exempt  # the signed link is all the authority there is: no cookie lends any to another site
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request, signed):
    named = passes.read(signed)
    try:
        buckets.take(BY_ADDRESS, buckets.block_of(request.META.get("REMOTE_ADDR", "")))
        if named and request.method == "POST":
            buckets.take(BY_PASS, named[1])
    except buckets.Limited as no:
        return _later(request, no)
    house = Workspace.objects.filter(pk=named[0], suspended_at=None).first() if named else None
    if named is None or house is None:
        return _over(request)
    with workspace_scope(house):
        one = passes.open_pass(named[1])
        if one is None:
            return _over(request)
        with translation.override(_language(request, one)), timezone.override(_zone(one)):
            return _answer(request, one, signed) if request.method == "POST" else _page(request, one)


def _language(request, one: TicketPass) -> str:
    """The contact's, else the browser's, among ours."""
    known = dict(settings.LANGUAGES)
    return (
        one.contact.language
        if one.contact.language in known
        else translation.get_language_from_request(request)
    )


def _zone(one: TicketPass) -> ZoneInfo:
    """The contact's, where it is known, else the team's."""
    told = (one.contact.time_zone, one.ticket.workspace.time_zone)
    return ZoneInfo(next((name for name in told if name in zone_names()), "UTC"))


def _answer(request, one: TicketPass, signed: str) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid.uuid4()
    if answers.answer(one, request.POST.get("body", ""), key) is None:
        return _page(request, one, typed=request.POST.get("body", ""), wrong=True)
    return HttpResponseRedirect(f"{reverse('portal:status', args=[signed])}?sent=1#last", status=303)


def _page(request, one: TicketPass, *, typed: str = "", wrong: bool = False) -> HttpResponse:
    ticket = one.ticket
    context = {
        "company": ticket.workspace.name,
        "ticket": ticket,
        "stage": shown.stage_words(ticket.stage),
        "said": shown.said(one),
        "answers": answers.place_of(one) is not None,
        "key": uuid.uuid4(),
        "typed": typed,
        "longest": answers.LONGEST,
        "wrong": wrong,
        "sent": request.GET.get("sent") == "1",
        "until": one.expires_at,
    }
    return signed_links.show(request, "tickets/status.html", context, 422 if wrong else 200)


def _over(request) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        return signed_links.show(request, "tickets/status_over.html", {}, 410)


def _later(request, no: buckets.Limited) -> HttpResponse:
    with translation.override(translation.get_language_from_request(request)):
        response = signed_links.show(request, "tickets/status_over.html", {"busy": True}, 429)
    response["Retry-After"] = str(no.retry_after)
    return response
