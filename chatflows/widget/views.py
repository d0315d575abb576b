"""The widget's public addresses: its script, its settings, its panel, and the visitor's requests."""

import uuid
from urllib.parse import urlencode, urljoin, urlsplit

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.http import quote_etag
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from chatflows import pages_seen, serving
from chatflows.settings_of import display_of
from chatflows.widget import answers, chat, limits, script
from chatflows.widget.config import (
    appearance_of,
    choose_language,
    launcher_words,
    people_of,
    spoken,
    texts_of,
    worded,
)
from chatflows.widget.door import (
    Call,
    Turned,
    channel_of,
    for_visitors,
    names,
    number,
    private,
    read_json,
    text,
    turn_away,
)
from chatflows.widget.flows import faces_of, find_shown, owner_of
from chatflows.widget.opening import standing_of
from chatflows.widget.panel import panel_of
from inboxes.models import Channel
from inboxes.origins import sites_of
from workspaces.access import public, visitor

# ── What anyone may fetch ───────────────────────────────────────────────────────────────────────────────────────


@public
@require_safe
def loader(request):
    """The script that customers embed: one stable address, asked again every five minutes, mostly answered by 304."""
    variant = script.choose(request.headers.get("Accept-Encoding", ""))
    if variant is None:
        return HttpResponse(
            "// The widget has not been built yet.\n", status=503, content_type="text/javascript"
        )
    etag = quote_etag(variant.digest)
    fresh = etag in request.headers.get("If-None-Match", "")
    response = HttpResponse(b"" if fresh else variant.content, status=304 if fresh else 200)
    response["Content-Type"] = "text/javascript; charset=utf-8"
    if variant.encoding and not fresh:
        response["Content-Encoding"] = variant.encoding
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    return _for_every_site(response, seconds=300)


@public
@require_safe
def adapter(request):
    """For pages written for HubSpot's chat: its global names, on top of ours. Its address is stable, as the loader's is."""
    found = script.find("dist/adapter.js")
    content = found.read_bytes() if found else b"// The widget has not been built yet.\n"
    response = HttpResponse(content, status=200 if found else 503)
    response["Content-Type"] = "text/javascript; charset=utf-8"
    return _for_every_site(response, seconds=3600)


@public
@require_safe
def config(request, key):
    """How the launcher of a channel looks and what it says. Public: it holds what every page view shows anyway."""
    return _settings(request, key, b"%b", "application/json")


@public
@require_safe
def config_module(request, key):
    """The same as a script module, so that a page's policy need only name us as a source of scripts and of frames."""
    answer = _settings(request, key, b"export default %b;\n", "text/javascript; charset=utf-8")
    # An import that fails would be an error in the page's console; no widget is an answer like any other.
    if answer.status_code == 404:
        answer.status_code = 200
    return answer


def _settings(request, key: str, form: bytes, content_type: str) -> HttpResponse:
    """The settings in one form, from what is kept: a page view costs no query."""
    asked = request.GET.get("lang", "")
    try:
        met = serving.answer(key, request)
    except Turned:
        met = None
    language = serving.tongue(met.shown, asked) if met and met.shown else spoken(asked)

    def make() -> tuple[int, bytes]:
        try:
            with channel_of(key) as channel:
                made = JsonResponse(_launcher(request, channel, language, met))
        except Turned as no:
            made = turn_away(no)
        return made.status_code, form % made.content

    name = (key, language, request.scheme, request.get_host(), form, met and met.name)
    kept = answers.answer(name, make)
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = quote_etag(kept.etag + "-gz" * packs)
    fresh = etag in request.headers.get("If-None-Match", "")
    response = HttpResponse(b"" if fresh else kept.packed if packs else kept.plain, content_type=content_type)
    response.status_code = 304 if fresh else kept.status
    if packs and not fresh:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    _for_every_site(response, seconds=60, stale=600)
    if met and not met.compiled.bare:  # what fits one visitor is no answer for another
        response["Cache-Control"] = response["Cache-Control"].replace("public", "private")
    return response


def _launcher(request, channel: Channel, asked: str, met: serving.Answer | None) -> dict:
    language = choose_language(channel, asked)
    house = f"{request.scheme}://{request.get_host()}"
    texts = texts_of(channel, language)
    panel = reverse("widget:panel", args=[channel.identifier])
    people = people_of(channel)
    with translation.override(language):
        bare = met is None or met.compiled.bare
        hidden = met.hidden if met and not bare else standing_of(channel, people["here"]).hidden
        return (
            appearance_of(channel)
            | {
                "hidden": hidden,
                "name": texts["name"],
                "greeting": "" if hidden or channel.config.get("greets") is False else texts["greeting"],
                "language": language,
                "direction": "rtl" if translation.get_language_bidi() else "ltr",
                "faces": people["faces"],
                "panel": f"{house}{panel}?lang={language}{'&who=1' * bool(met and met.compiled.asks_who)}",
                "launcher": urljoin(house, static("dist/launcher.js")),
                "more": urlsplit(static("dist/more.js")).path,
                "words": worded(launcher_words(), {}, texts["name"]),
            }
            | (_flow(channel, met, asked or language, people, house) if met else {})
        )


def _flow(channel: Channel, met: serving.Answer, language: str, people: dict, house: str) -> dict:
    """What of the chatflow that fits goes before the channel's own."""
    told = _asks(met)
    # What greets after a moment, as all do, needs no script of its own.
    if told or (met.shown and met.shown.display != display_of(None)):
        told["display"] = met.shown.display if met.shown else display_of(None)
    shown = met.shown and find_shown(channel, met.shown.public_id, language)
    if not met.shown or not shown:
        return told
    opening = shown.opening()
    panel = reverse("widget:panel", args=[channel.identifier])
    asked = urlencode(
        {"lang": shown.language, "flow": met.shown.public_id} | ({"who": 1} if "who" in told else {})
    )
    return told | {
        "flow": met.shown.public_id,
        "language": shown.language,
        "kind": met.shown.kind,
        "name": shown.name(),
        "greeting": opening[0]["body"] if opening else "",
        "faces": faces_of(shown, channel, people["faces"]),
        "words": worded(launcher_words(), shown.written(), shown.name()),
        "panel": f"{house}{panel}?{asked}",
    }


def _asks(met: serving.Answer) -> dict:
    """What the page is to find out for the rules of this channel, or to keep for them; most are asked for nothing."""
    form = met.compiled
    told: dict = {} if met.again is None else {"again": met.again}
    if form.counts:
        told["counts"] = form.counts
    if met.bucket is not None:
        told["bucket"] = met.bucket
    if form.asks_who:
        told["who"] = 2 if met.waits else True
    return told


def _for_every_site(response: HttpResponse, seconds: int, stale: int = 0) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"public, max-age={seconds}"
    if stale:
        response["Cache-Control"] += f", stale-while-revalidate={stale}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


# ── The panel: a page of ours, framed by the channel's sites alone ──────────────────────────────────────────────


@public
@xframe_options_exempt  # older than frame-ancestors, and it cannot name sites
@require_safe
def panel(request, key):
    """The page in the frame: transcript and composer. It reads no cookie and sets none."""
    try:
        with channel_of(key) as channel:
            language = choose_language(channel, request.GET.get("lang", ""))
            sites = sites_of(channel)
            with translation.override(language):
                data = panel_of(channel, language, sites, request.GET)
                context = {"data": data, "language": language} | {
                    part: data.pop(part) for part in ("ask_note", "labels")
                }
                own = {"own": request.GET.get("own") == "1"}  # within the chat's own page
                response = render(request, "widget/panel.html", context | own)
    except Turned as no:
        return turn_away(no)
    response["Content-Security-Policy"] = _panel_policy(request, sites)
    response["Cache-Control"] = "no-cache"
    response["Content-Language"] = language
    # The page around may ask for isolation; everything in here is our own.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cross-Origin-Embedder-Policy"] = "require-corp"
    # To others nothing; to us our name alone matters: Origin says who leads to the chat's own page (own.py).
    response["Referrer-Policy"] = "same-origin"
    return response


def _panel_policy(request, sites: list[str]) -> str:
    socket = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self'",
            # 'self' does not cover the socket's scheme in every browser.
            f"connect-src 'self' {socket}",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            " ".join(["frame-ancestors 'self'", *sites]),
        ]
    )


# ── What a visitor does ─────────────────────────────────────────────────────────────────────────────────────────


@visitor
@csrf_exempt  # nobody is signed in here: the answer is a new token, readable by our own panel alone
def session(request):
    """Make a session. The panel asks for one when the visitor sends their first message, not before."""
    try:
        if request.method != "POST":
            raise Turned(405, "method")
        sent = read_json(request)
        with channel_of(text(sent, "key", 100)) as channel:
            # The address first: a refused client must not empty the channel's bucket for everybody else.
            limits.take(limits.SESSION_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
            limits.take(limits.SESSION_BY_CHANNEL, channel.pk)
            _, token = chat.open_session(
                channel,
                language=_tongue(channel, text(sent, "language", 35)),
                user_agent=request.headers.get("User-Agent", ""),
                page_url=text(sent, "page_url"),
            )
            return private(JsonResponse({"token": token}, status=201))
    except (Turned, limits.Limited) as no:
        return turn_away(no)


def _tongue(channel: Channel, asked: str) -> str:
    """What the panel says that it speaks, where a chatflow of this channel does; else a language of ours."""
    met = serving.compiled(channel.identifier).shown.values()
    found = next((one for shown in met if (one := serving.tongue(shown, asked))), "")
    return found or choose_language(channel, asked)


@for_visitors
def messages(call: Call) -> JsonResponse:
    """GET: what stands since a number. POST: one message in."""
    if call.request.method == "POST":
        return _post(call)
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    asked = call.request.GET
    answer = chat.since(call.visitor, asked.get("conversation") or None, number(asked.get("after", 0)))
    return _found(answer)


def _post(call: Call) -> JsonResponse:
    sent = call.sent
    try:
        client_id = uuid.UUID(text(sent, "client_id", 36))
    except ValueError:
        raise Turned(400, "malformed") from None
    message = chat.Post(
        client_id=client_id,
        body=text(sent, "body", chat.LONGEST_BODY + 1000),
        conversation=text(sent, "conversation", 36) or None,
        starts_new=sent.get("new") is True,
        page_url=text(sent, "page_url"),
        referrer=text(sent, "referrer"),
        address=call.request.META.get("REMOTE_ADDR", ""),
        files=names(sent, "files"),
        flow=text(sent, "flow", 36),
        zone=text(sent, "zone", 64),
        country=serving.country_of(call.request, text(sent, "zone", 64)),
        reply=names(sent, "reply"),
    )
    try:
        return _found(chat.post(call.visitor, message))
    except chat.Refused as refused:
        if refused.reason == "limited":
            raise limits.Limited(refused.retry_after or 1) from None
        raise Turned(409 if refused.reason == "conflict" else 422, refused.reason) from None


@for_visitors
def receipts(call: Call) -> JsonResponse:
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    named = text(call.sent, "conversation", 36) or None
    theirs = chat.receipts(
        call.visitor, named, number(call.sent.get("delivered")), number(call.sent.get("seen"))
    )
    return _found({"ok": True} if theirs else None)


@for_visitors
def conversations(call: Call) -> JsonResponse:
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    # Each page view of whoever has a session asks this once: so the team sees where a contact is, and nobody is asked more.
    pages_seen.note(call.visitor, text(call.sent, "page_url"))
    return JsonResponse({"conversations": chat.conversations(call.visitor)})


@for_visitors
def owner(call: Call) -> JsonResponse:
    """Who looks after the visitor, where the chatflow shows that and the site said who they are (LC-1, TR-5)."""
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    shown = find_shown(call.channel, call.request.GET.get("flow", "")[:36], call.visitor.language)
    told = owner_of(call.visitor, shown.options["heading"]) if shown and not shown.is_bot() else None
    return JsonResponse({"owner": told})


def _found(answer: dict | None) -> JsonResponse:
    if answer is None:
        raise Turned(404, "conversation")
    return JsonResponse(answer)
