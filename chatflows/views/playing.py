"""The real panel, playing a draft in the frame beside the steps: nothing is sent to anybody, and no row is written."""

from csp.decorators import csp_replace
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from chatflows import articles, flows_kept, played
from chatflows.models import ChatflowVersion
from chatflows.session import settings_of
from chatflows.views.builder import Bench, load, managed
from chatflows.views.trying import LETTERS_MOST, SAID_MOST, facts_of, notes, visitor_of
from chatflows.widget.flows import Shown, shown_in
from chatflows.widget.panel import panel_with
from workspaces import plain_json

THEMES = ("light", "dark")


@require_safe
@managed
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
def preview_panel(request, flow_pk):
    """The page of the panel with the draft's texts; a script of ours answers what it asks of the server."""
    bench = load(request, flow_pk)
    given = visitor_of(request.GET)
    shown = _shown(bench, given["language"])
    with translation.override(shown.language):
        asked = {"flow": "", "tz": ""}
        data = panel_with(bench.chatflow.channel, shown.language, [], asked, shown)
        # It never takes the focus from whoever is writing in the form beside it.
        data |= {"key": f"draft-{bench.chatflow.pk}", "flow": "draft", "still": True}
        if request.GET.get("theme") in THEMES:
            data["theme"] = request.GET["theme"]
        context = {
            "data": data,
            "language": shown.language,
            "ask_note": data.pop("ask_note"),
            "labels": data.pop("labels"),
            "flow": bench.chatflow,
            "told": _told(request, bench, given),
        }
        return render(request, "chatflows/preview_panel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def preview_talk(request, flow_pk):
    """GET ?q=: articles that a visitor would find. POST {script, given}: the whole chat as the draft would have it."""
    bench = load(request, flow_pk)
    if request.method != "POST":
        found = articles.find(request.GET.get("q", "")[:200], request.GET.get("lang", "")[:10])
        return JsonResponse({"articles": [{"title": one.title, "url": one.url} for one in found]})
    try:
        sent = plain_json.of(request)
        script = [_said(one) for one in sent["script"][:SAID_MOST]]
        given = visitor_of({str(key): str(value) for key, value in sent["given"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"error": "malformed"}, status=400)
    shown = _shown(bench, given["language"])
    with translation.override(shown.language):  # what nobody wrote is said as its visitor would read it
        walk = played.play(
            flows_kept.flow_of(bench.draft, shown.language),
            script,
            facts_of(given),
            settings_of(bench.draft, shown.language),
            speaker=shown.name(),
            opening=[] if shown.is_bot() else shown.opening(),
        )
    told = [{"seq": one["seq"], "words": notes(one["line"])} for one in walk["notes"]]
    walk["notes"] = [one for one in told if one["words"]]
    return JsonResponse(walk | {"delay": shown.options["typing_delay_ms"] if shown.is_bot() else 0})


def _shown(bench: Bench, language: str) -> Shown:
    """The draft as a visitor's page would meet it."""
    version: ChatflowVersion = bench.draft
    version.chatflow = bench.chatflow
    asked = language or bench.chatflow.language
    return shown_in(version, bench.chatflow.channel, asked)


def _told(request, bench: Bench, given: dict) -> dict:
    """What the frame's script needs to know."""
    at = [request.workspace.slug, bench.chatflow.pk]
    return {
        "flow": bench.chatflow.pk,
        "talk": reverse("chatflows:preview_talk", args=at),
        "given": given,
        "again": "again" in request.GET,
    }


def _said(one: dict) -> dict:
    reply = one.get("reply")
    return {
        "id": str(one.get("id", ""))[:36],
        "text": str(one.get("text") or "")[:LETTERS_MOST],
        "reply": [str(value)[:200] for value in reply[:20]] if isinstance(reply, list) else [],
    }
