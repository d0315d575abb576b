"""The chat as a page of its own, for browsers that run no script: the same conversation, by forms (brief words, no live line).

Where scripts run, the panel itself takes the place of the forms (frontend/widget/own.ts). The page's session lies in a cookie of this
address alone, made with the first message. The cookie carries authority, so here, and nowhere else in the widget, a form needs its
CSRF token.
"""

import uuid
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from chatflows import serving
from chatflows.models import ConsentKind, ConsentProof, Measure
from chatflows.widget import chat, limits, resume
from chatflows.widget.care import prove
from chatflows.widget.config import choose_language
from chatflows.widget.door import Turned, channel_of, turn_away
from chatflows.widget.flows import owner_of
from chatflows.widget.own import cookie_of, keep, may_keep, page_of
from chatflows.widget.panel import panel_of
from contacts.models import Visitor
from inboxes.hours import find_zone
from inboxes.models import Channel
from workspaces.access import visitor

MOST_SHOWN = 200


@visitor
@csrf_protect
@never_cache
@require_http_methods(["GET", "POST"])
def plain(request, key):
    try:
        met = serving.answer(key, request)
        with channel_of(key) as channel:
            language = choose_language(channel, _asked(request))
            # It names no page of a site, by which views are counted; whoever has a chat is met by that. Who came is in it.
            if met.shown and request.method == "GET" and cookie_of(channel) not in request.COOKIES:
                for measure in (Measure.SHOWN, Measure.OPENED):
                    serving.note_shown(met.compiled, met.shown, measure)
            with translation.override(language):
                return _page(request, channel, language, met.shown.public_id if met.shown else "")
    except Turned as no:
        return turn_away(no)


def _asked(request) -> str:
    return (request.GET.get("lang", "") or request.headers.get("Accept-Language", ""))[:35]


def _page(request, channel: Channel, language: str, flow: str):
    back = resume.session_of(channel, request.COOKIES.get(resume.cookie_of(channel), ""))
    mine = (
        back.visitor if back else chat.load_visitor(channel.pk, request.COOKIES.get(cookie_of(channel), ""))
    )
    data = panel_of(channel, language, [], {"flow": flow, "files": "no", "lang": _asked(request)})
    consent = (data["care"] or {}).get("consent") or {}
    asks_consent = bool(consent.get("explicit")) and not _agreed(mine, consent["text"])
    problem, token = "", ""
    if request.method == "POST":
        problem, mine, token = _take(
            request, channel, mine, data["language"], flow, asks_consent, consent, back
        )
        if not problem:
            return _answered(request, channel, token)
    return _draw(request, channel, mine, data, language, problem, asks_consent, token, back)


def _take(
    request, channel, mine, language, flow, asks_consent, consent, back
) -> tuple[str, Visitor | None, str]:
    """(what is wrong, the visitor, their token when it is new)."""
    body = request.POST.get("body", "")
    reply = tuple(value[:100] for value in request.POST.getlist("reply")[:20])
    if asks_consent and request.POST.get("agree") != "yes":
        return "consent", mine, ""
    if not body.strip() and not request.POST.get("said"):
        return "empty", mine, ""
    token = ""
    try:
        if mine is None:
            limits.take(limits.SESSION_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
            limits.take(limits.SESSION_BY_CHANNEL, channel.pk)
            agent = request.headers.get("User-Agent", "")
            mine, token = chat.open_session(channel, language=language, user_agent=agent, page_url="")
        if asks_consent:
            prove(
                mine,
                kind=ConsentKind.PROCESSING,
                accepted=True,
                words=consent["text"],
                page_url="",
                address=request.META.get("REMOTE_ADDR", ""),
            )
        message = _post(request, body or request.POST.get("said", ""), reply, flow)
        if back:  # into the chat that their mail was about, whatever began since
            resume.wrote(back, str(message.client_id))
            message = replace(message, conversation=back.conversation)
        chat.post(mine, message)
    except limits.Limited:
        return "limited", mine, token
    except chat.Refused as refused:
        return refused.reason, mine, token
    return "", mine, token


def _post(request, body: str, reply: tuple[str, ...], flow: str) -> chat.Post:
    try:
        client_id = uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        client_id = uuid.uuid4()
    address = request.META.get("REMOTE_ADDR", "")
    return chat.Post(client_id=client_id, body=body, address=address, flow=flow, reply=reply)


def _answered(request, channel: Channel, token: str):
    response = HttpResponseRedirect(f"{page_of(channel)}?{request.GET.urlencode()}#end", status=303)
    return _keep(response, channel, token)


def _keep(response, channel: Channel, token: str):
    mine = chat.load_visitor(channel.pk, token)
    if mine:
        keep(response, channel, token, lasts=may_keep(channel, mine))
    return response


def _panel(request, channel, mine, data, back) -> dict:
    """Where the real panel lies, for a browser that runs scripts, and as whom it goes on: the same conversation.

    None for a browser that came by a mail, which may see one chat and perhaps not all of it, nor for one that was not
    allowed to remember (OP-3): what a script keeps there would stay.
    """
    if back or (mine and not may_keep(channel, mine)):
        return {}
    asked = urlencode({"lang": data["language"], "flow": data["flow"], "own": 1})
    return {
        "panel": f"{reverse('widget:panel', args=[channel.identifier])}?{asked}",
        "token": request.COOKIES.get(cookie_of(channel), "") if mine else "",
    }


def _draw(request, channel, mine, data, language, problem, asks_consent, token, back):
    found = _standing(mine, back)
    standing = found or {"messages": [], "agent": None, "closed": False, "bot": None}
    messages = [message for message in standing["messages"] if message["from"] != "hidden"][-MOST_SHOWN:]
    # Without a script nobody tells their zone: the times are the team's.
    zone = find_zone(channel.workspace.time_zone)
    for message in messages:
        message["moment"] = timezone.localtime(parse_datetime(message["at"]), zone)
    last = messages[-1] if messages else (data["opening"][-1] if data["opening"] else {})
    context = {
        "data": data,
        "language": language,
        "messages": messages,
        "opening": [] if messages or back else data["opening"],
        "asks": last.get("asks") if not standing["agent"] else None,
        "who": standing["agent"] or standing["bot"] or owner_of(mine, data["heading"]),
        "closed": standing["closed"],
        "problem": problem,
        "wrong": _words_of(problem, data),
        "typed": request.POST.get("body", ""),
        "asks_consent": asks_consent,
        "id": request.POST.get("id") or uuid.uuid4(),
        "own": {} if problem else _panel(request, channel, mine, data, back),
    }
    with timezone.override(zone):
        response = render(request, "widget/plain.html", context, status=422 if problem else 200)
    response["Referrer-Policy"] = "same-origin"
    response["Content-Language"] = language
    return _keep(response, channel, token)


def _words_of(problem: str, data: dict) -> str:
    """In the language of the chatflow, as it words what we say by ourselves."""
    labels = data["labels"]
    match problem:
        case "":
            return ""
        case "too_long":
            return data["words"]["tooLong"].replace("{n}", str(data["longest"]))
        case "limited":
            return labels["tooMany"]
        case "consent":
            return labels["agreeFirst"]
        case "empty":
            return labels["writeFirst"]
    return labels["tryLater"]


def _standing(mine: Visitor | None, back: resume.Resumed | None) -> dict | None:
    if back is None:
        return chat.since(mine, None, 0) if mine else None
    found = chat.since(back.visitor, back.conversation, back.link.after)
    return found and found | {"messages": [one for one in found["messages"] if back.shows(one)]}


def _agreed(mine: Visitor | None, words: str) -> bool:
    if mine is None:
        return False
    proofs = ConsentProof.objects.filter(visitor=mine, kind=ConsentKind.PROCESSING, accepted=True, text=words)
    return proofs.exists()
