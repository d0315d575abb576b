"""From the panel to the chat's own page, in the same browser: the same visitor, the same conversation.

A browser keeps what a frame stores apart for every site around it, so the panel takes its session there itself: in the body of a POST,
never in an address, a log or a Referer. Whoever could send this form from elsewhere would seat a visitor in a chat that they read,
so only pages of ours may: the browser names them in Origin, and a link or a letter cannot do it at all.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt

from chatflows import serving
from chatflows.models import ConsentKind, ConsentProof
from chatflows.widget import chat, limits, resume
from chatflows.widget.door import Turned, channel_of, turn_away
from chatflows.widget.identity import join
from chatflows.widget.news import SESSION_LASTS
from contacts.models import Visitor
from inboxes.models import Channel
from workspaces.access import visitor

BY_ADDRESS = limits.Rate("own-page-ip", 30, limits.MINUTE, 15)


@visitor
@csrf_exempt  # it brings the token of a session, and Origin says that a page of ours sent it
def own(request, key):
    """POST `token`: the page's cookie names that session from now on. `quiet`: a script asks, which stays where it is."""
    try:
        if request.method != "POST":
            raise Turned(405, "method")
        if urlsplit(request.headers.get("Origin", "")).netloc != request.get_host():
            raise Turned(403, "origin")
        limits.take(BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
        with channel_of(key) as channel:
            token = request.POST.get("token", "")
            mine = chat.load_visitor(channel.pk, token)
            if mine is None and request.POST.get("quiet"):
                raise Turned(404, "session")
            response = _answer(request, channel)
            if mine:
                _seat(request, response, channel, mine, token)
    except (Turned, limits.Limited) as no:
        return turn_away(no)
    add_never_cache_headers(response)
    return response


def _answer(request, channel: Channel) -> HttpResponse:
    if request.POST.get("quiet"):
        return HttpResponse(status=204)
    asked = request.GET.urlencode()
    return HttpResponseRedirect(f"{page_of(channel)}?{asked}#end", status=303)


def _seat(request, response, channel: Channel, mine: Visitor, token: str) -> None:
    """What this browser wrote on the page before comes along; a way back by mail gives way to the whole of it."""
    before = request.COOKIES.get(cookie_of(channel), "")
    if before != token:
        join(channel, before, mine)
    keep(response, channel, token, lasts=may_keep(channel, mine))
    response.delete_cookie(resume.cookie_of(channel), path=page_of(channel))


# ── The page's cookie ──


def page_of(channel: Channel) -> str:
    return reverse("widget:plain", args=[channel.identifier])


def cookie_of(channel: Channel) -> str:
    return f"parley_chat_{channel.pk}"


def keep(response: HttpResponse, channel: Channel, token: str, *, lasts: bool = True) -> None:
    """`lasts`: beyond the browser's session."""
    response.set_cookie(
        cookie_of(channel),
        token,
        max_age=SESSION_LASTS if lasts else None,
        path=page_of(channel),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def may_keep(channel: Channel, mine: Visitor) -> bool:
    """OP-3: their last word on being remembered; without one, not where a chatflow of this channel asks first."""
    proofs = ConsentProof.objects.filter(visitor=mine, kind=ConsentKind.COOKIES).order_by("-pk")
    said = proofs.values_list("accepted", flat=True).first()
    return (
        said if said is not None else serving.compiled(channel.identifier).counts not in ("agreed", "asked")
    )
