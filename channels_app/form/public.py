"""What anybody may ask for: the page of a form, its thanks, the script that embeds it, and where it is sent to.

One address takes the page's own POST, that of any other site's HTML form, and JSON.
"""

import secrets
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from channels_app.form import gate, shown
from channels_app.form.gate import Turned
from channels_app.form.submit import Door, Invalid, Sent, door_of, submit
from inboxes.origins import sites_of, to_origin
from workspaces import plain_json
from workspaces.access import public

JSON = "application/json"
LONGEST_JSON = 256 * 1024
KNOWN = {"fields", "page", "token", "website", "proof", "id"}
MAY_BE_MENDED = ("too_soon", "expired", "token", "limited", "proof", "used")


@public
@csrf_exempt  # nobody is signed in here: there is nothing to borrow (gate.py)
@xframe_options_exempt  # older than frame-ancestors, and it cannot name sites
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def form(request, key):
    if request.method == "OPTIONS":
        return _preflight(request, key)
    if request.method == "POST":
        return _json(request, key) if request.content_type == JSON else _posted(request, key)
    try:
        with door_of(key) as door, _spoken(door):
            return _page(request, door)
    except Turned as no:
        return _refused(request, no)


@public
@xframe_options_exempt
@require_safe
def thanks(request, key):
    """After it was sent: the words, and in a frame where the page around shall go."""
    try:
        with door_of(key) as door, _spoken(door):
            context = shown.page_context(door) | {"embedded": bool(request.GET.get("embed"))}
            return with_policy(request, door, "channels/form/thanks.html", context)
    except Turned as no:
        return _refused(request, no)


@public
@require_safe
def proof(request, key):
    """Something for a browser to work out (ALTCHA)."""
    try:
        with door_of(key) as door:
            response = JsonResponse(gate.challenge(door.channel))
            _allow(response, gate.allowed_origin(request, door.channel))
    except Turned as no:
        response = _told(no)
    response["Cache-Control"] = "no-store"
    return response


@public
@require_safe
def script(request):
    """The script that other sites embed; one stable address for the built file."""
    response = HttpResponseRedirect(static("dist/form-embed.js"))
    response["Cache-Control"] = "public, max-age=300"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────


def _spoken(door: Door):
    return translation.override(shown.language_of(door.channel, door.form))


def _page(
    request: HttpRequest,
    door: Door,
    *,
    sent: Sent | None = None,
    invalid: Invalid | None = None,
    words: str = "",
    token: str = "",
    asks_proof: bool = False,
    status: int = 200,
) -> HttpResponse:
    given = sent.given if sent else {}
    embedded = bool(request.GET.get("embed") or (request.method == "POST" and request.POST.get("embed")))
    context = shown.page_context(door) | {
        "fields": shown.fields_of(door.form, given, invalid.checked.errors if invalid else {}, request.GET),
        "words": words,
        "count": len(invalid.checked.errors) if invalid else 0,
        "lost_files": bool(sent and sent.files),
        "token": token or gate.new_token(door.channel),
        "page": (sent.page if sent else request.GET.get("page", ""))[:2000],
        "proof": reverse("forms:proof", args=[door.channel.identifier])
        if asks_proof or gate.wants_proof(door.channel, busy=False)
        else "",
        "embedded": embedded,
    }
    return with_policy(request, door, "channels/form/page.html", context, status)


def with_policy(request, door: Door, template: str, context: dict, status: int = 200) -> HttpResponse:
    nonce = secrets.token_urlsafe(16)
    response = render(request, template, context | {"nonce": nonce}, status=status)
    targets = ["'self'", *([to_origin(door.form.redirect)] if shown.redirect_of(door) else [])]
    response["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "font-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            f"form-action {' '.join(targets)}",
            " ".join(["frame-ancestors 'self'", *sites_of(door.channel)]),
        ]
    )
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = context["language"]
    response["Referrer-Policy"] = "same-origin"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


# ── Sent by a page ──────────────────────────────────────────────────────────────────────────────────────────────


def _posted(request: HttpRequest, key: str) -> HttpResponse:
    post: QueryDict = request.POST
    sent = Sent(
        given=dict(post.lists()),
        files={name: [file for file in all if file] for name, all in request.FILES.lists()},
        token=post.get("token", ""),
        trap=post.get("website", ""),
        proof=post.get("proof", ""),
        page=post.get("page", ""),
        id=request.headers.get("Idempotency-Key", "")[:200],
    )
    try:
        submit(request, key, sent)
        with door_of(key) as door:
            return _thank(request, door, embedded=bool(post.get("embed")))
    except Invalid as invalid:
        with door_of(key) as door, _spoken(door):
            return _page(request, door, sent=sent, invalid=invalid, token=_again(sent, door), status=422)
    except Turned as no:
        if no.error not in MAY_BE_MENDED:
            return _refused(request, no)
        with door_of(key) as door, _spoken(door):
            told = {"words": no.words, "asks_proof": no.error == "proof", "status": no.status}
            response = _page(request, door, sent=sent, token=_again(sent, door), **told)
            return _later(response, no)


def _again(sent: Sent, door: Door) -> str:
    """The same token, so that what is sent once more is the same submission; a new one for what was no token."""
    try:
        gate.read_token(sent.token, door.channel)
    except Turned:
        return ""
    return sent.token


def _thank(request: HttpRequest, door: Door, *, embedded: bool) -> HttpResponse:
    there = shown.redirect_of(door)
    if there and not embedded:
        return _see(there)
    here = reverse("forms:thanks", args=[door.channel.identifier])
    return _see(here + ("?" + urlencode({"embed": 1}) if embedded else ""))


def _see(address: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response["Location"] = address
    return response


def _refused(request: HttpRequest, no: Turned) -> HttpResponse:
    words = no.words or _("This form is not here any more.")
    response = render(request, "channels/form/gone.html", {"words": words}, status=no.status)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; base-uri 'none'"
    return response


def _later(response: HttpResponse, no: Turned) -> HttpResponse:
    if no.retry_after:
        response["Retry-After"] = str(no.retry_after)
    return response


# ── Sent by a program ───────────────────────────────────────────────────────────────────────────────────────────


def _json(request: HttpRequest, key: str) -> HttpResponse:
    origin = ""
    try:
        with door_of(key) as door, _spoken(door):
            origin = gate.allowed_origin(request, door.channel)
        form = submit(request, key, _read_json(request))
        with door_of(key) as door, _spoken(door):
            told = {"ok": True, "thanks": shown.thanks_of(form), "redirect": shown.redirect_of(door)}
        response = JsonResponse(told, status=201)
    except Invalid as invalid:
        response = JsonResponse({"error": "invalid", "fields": invalid.checked.errors}, status=422)
    except Turned as no:
        response = _told(no)
    _allow(response, origin)
    response["Cache-Control"] = "no-store"
    return response


def _read_json(request: HttpRequest) -> Sent:
    """Raises Turned for any other shape; a key that is not known is one too."""
    if len(request.body) > LONGEST_JSON:
        raise Turned(413, "too_large", "")
    try:
        data = plain_json.read(request.body)
    except ValueError:
        raise Turned(400, "malformed", "") from None
    if not isinstance(data, dict) or set(data) - KNOWN or not isinstance(data.get("fields"), dict):
        raise Turned(400, "malformed", "")
    given = {str(name): _answers(value) for name, value in data["fields"].items()}
    words = {name: data.get(name, "") for name in ("token", "website", "proof", "page", "id")}
    if not all(isinstance(value, str) and len(value) <= 5000 for value in words.values()):
        raise Turned(400, "malformed", "")
    number = words["id"] or request.headers.get("Idempotency-Key", "")
    return Sent(
        given=given,
        token=words["token"],
        trap=words["website"],
        proof=words["proof"],
        page=words["page"],
        id=number[:200],
    )


def _answers(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, str | int | float):
        return [str(value)]
    if isinstance(value, list) and len(value) <= 100 and all(isinstance(one, str) for one in value):
        return value
    raise Turned(400, "malformed", "")


def _told(no: Turned) -> JsonResponse:
    told = {"error": no.error} | ({"words": str(no.words)} if no.words else {})
    return _later(JsonResponse(told, status=no.status), no)


def _preflight(request: HttpRequest, key: str) -> HttpResponse:
    """A browser asks whether a page of another site may send JSON here: those of the list may."""
    response = HttpResponse(status=204)
    try:
        with door_of(key) as door:
            origin = gate.allowed_origin(request, door.channel)
    except Turned as no:
        return HttpResponse(status=no.status)
    _allow(response, origin)
    if origin:
        response["Access-Control-Allow-Methods"] = "POST"
        response["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
        response["Access-Control-Max-Age"] = "600"
    return response


def _allow(response: HttpResponse, origin: str) -> None:
    response["Vary"] = "Origin"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
