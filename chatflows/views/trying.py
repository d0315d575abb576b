"""Trying a draft: the chat as a visitor with chosen properties would have it, and past walks put to it. Nothing is stored."""

import json
from datetime import datetime

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from chatflows import flows_kept, simulate
from chatflows.models import FlowKind, FlowSession
from chatflows.session import settings_of
from chatflows.views.builder import Bench, flow_of, languages_of, load, managed
from chatflows.views.languages import name_of
from chatflows.widget.config import appearance_of, texts_of

SAID_MOST = 100
LETTERS_MOST = 2000
SESSIONS_SHOWN = 20
PROPERTIES = ("first_name", "last_name", "email", "company")


@require_http_methods(["GET", "HEAD", "POST"])
@managed
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
def preview(request, flow_pk):
    """The panel alone, for the frame beside the steps: what was said so far travels in the form itself."""
    bench = load(request, flow_pk)
    given = visitor_of(request.POST if request.method == "POST" else request.GET)
    script = script_of(request)
    bench.draft.chatflow = bench.chatflow
    language = given["language"] or bench.chatflow.language
    flow, settings_ = flows_kept.flow_of(bench.draft, language), settings_of(bench.draft, language)
    with translation.override(language):  # what nobody wrote is said as its visitor would read it
        walk = simulate.simulate(flow, script, facts_of(given), settings_)
    lines = shown_lines(walk.lines)
    context = {
        "flow": bench.chatflow,
        "lines": lines,
        "offered": _offered(lines, walk.over),
        "is_over": walk.over,
        "script": json.dumps(script),
        "given": given,
        "languages": languages_of(bench),
        "is_bot": bench.chatflow.kind == FlowKind.BOT,
        "look": appearance_of(bench.chatflow.channel),
        "texts": texts_of(bench.chatflow.channel, given["language"] or bench.chatflow.language),
    }
    return render(request, "chatflows/preview.html", context)


@require_safe
@managed
def simulator(request, flow_pk):
    """Choose who comes, from where and when; and put a walk of the past to the draft."""
    bench = load(request, flow_pk)
    walks = FlowSession.objects.filter(version__chatflow=bench.chatflow).select_related(
        "version", "conversation"
    )
    asked = request.GET.get("walk", "")
    chosen = get_object_or_404(walks, pk=int(asked)) if asked.isdecimal() and len(asked) < 16 else None
    context = {
        "flow": bench.chatflow,
        "given": visitor_of(request.GET),
        "walks": walks.order_by("-pk")[:SESSIONS_SHOWN],
        "chosen": chosen,
        "parting": parting_of(chosen, bench) if chosen else None,
        "languages": languages_of(bench),
        "visitors_languages": visitors_languages(bench),
        "look": appearance_of(bench.chatflow.channel),
    }
    return render(request, "chatflows/simulator.html", context)


def visitors_languages(bench: Bench) -> list[tuple[str, str]]:
    """In which a visitor may come: those of the chatflow, then ours, which a branch may ask for without a translation."""
    codes = dict.fromkeys([*languages_of(bench), *(code for code, _name in settings.LANGUAGES)])
    return [(code, name_of(code)) for code in codes]


def visitor_of(given) -> dict:
    """What was chosen, cleaned: texts that are too long or odd are cut."""
    chosen = {name: given.get(name, "").strip()[:100] for name in (*PROPERTIES, "language", "device")}
    chosen["page"] = given.get("page", "").strip()[:500]
    chosen["at"] = given.get("at", "")[:16]
    chosen["team"] = "away" if given.get("team") == "away" else "here"
    return chosen


def facts_of(given: dict) -> dict:
    """The facts that a real visit would have brought."""
    facts: dict = {f"contact.{name}": given[name] for name in PROPERTIES if given[name]}
    name = " ".join(filter(None, [given["first_name"], given["last_name"]]))
    moment = moment_of(given["at"])
    path = "/" + given["page"].split("://")[-1].partition("/")[2].partition("?")[0]
    return facts | {
        "contact.name": name,
        "known": bool(given["email"]),
        "page.url": given["page"],
        "page.path": path if given["page"] else "",
        "visitor.device": given["device"],
        "language": given["language"],
        "now": moment.isoformat(),
        "today": moment.date().isoformat(),
        "available": ["member:1", "team:1"] if given["team"] == "here" else [],
        "channel_open": given["team"] == "here",
        "slots": [],
        "agent": _("Alex"),
    }


def moment_of(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=timezone.get_current_timezone())
    except ValueError:
        return timezone.localtime()


def script_of(request: HttpRequest) -> list[dict]:
    """What the visitor said before, and what they say now."""
    if request.method != "POST" or "again" in request.POST:
        return []
    try:
        before = json.loads(request.POST.get("script", "[]"))
    except (ValueError, RecursionError):
        before = []
    said = (
        [_said(one.get("text"), one.get("reply")) for one in before if isinstance(one, dict)][:SAID_MOST]
        if isinstance(before, list)
        else []
    )
    chosen = request.POST.getlist("reply")
    text = request.POST.get("text", "").strip()
    if chosen:
        labels = dict(zip(request.POST.getlist("value"), request.POST.getlist("label"), strict=False))
        said.append(_said(", ".join(labels.get(one, one) for one in chosen), chosen))
    elif text:
        said.append(_said(text, []))
    return said[:SAID_MOST]


def _said(text, reply) -> dict:
    values = [str(one)[:200] for one in reply[:20]] if isinstance(reply, list) else []
    return {"text": str(text or "")[:LETTERS_MOST], "reply": values}


def shown_lines(lines) -> list[dict]:
    """Balloons, and in words what the bot would do unseen."""
    told = [(one, notes(one) if one.who == "note" else one.text) for one in lines]
    return [{"who": one.who, "text": text, "step": one.step, "flow": one.flow} for one, text in told if text]


def notes(line) -> str:
    """What the bot would do unseen, in words; some of it with what it is done to."""
    told = line.flow
    words = {
        "handover": _("Hands over to the team"),
        "webhook": _("Calls another server"),
        "set": _("Sets %(name)s") % {"name": told.get("property") or told.get("name") or ""},
        "learn": _("Notes %(name)s") % {"name": told.get("name") or told.get("property") or ""},
        "list": _("Adds to a list"),
        "subscribe": _("Records the consent"),
        "rule": _("Starts a rule"),
        "ticket": _("Creates a ticket"),
        "find": _("Searches the articles"),
        "slots": _("Looks for free times"),
        "book": _("Books the meeting"),
    }
    return " ".join(words.get(line.kind, "").split())


def _offered(lines: list[dict], over: bool) -> dict:
    """What the last balloon lets the visitor choose."""
    said = [one for one in lines if one["who"] != "note"]
    flow = said[-1]["flow"] if said and said[-1]["who"] == "bot" else {}
    return {
        "replies": flow.get("replies", []),
        "many": flow.get("many"),
        "typed": flow.get("typed", True) and not over,
    }


def parting_of(walk: FlowSession, bench: Bench) -> dict:
    """Both in the chatflow's own language: what differs is the flow."""
    own = bench.chatflow.language
    bench.draft.chatflow = walk.version.chatflow = bench.chatflow
    then, now = settings_of(walk.version, own), settings_of(bench.draft, own)
    with translation.override(own):
        was = simulate.lines_of(flow_of(walk.version), walk.inputs, walk.facts, then)
        found = simulate.replay(bench.flow, walk.inputs, walk.facts, was, now)
    told = {part: shown_lines(getattr(found, part)) for part in ("before", "was", "would")}
    return told | {"same": found.same}
