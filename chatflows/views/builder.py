"""The builder of a chatflow: its steps drawn, changed one at a time, kept as they are changed.

Every button is a form, so the page works without a script. With one, the same addresses answer with the parts of the
page that changed (`HX-Request`), and `draft` takes a whole flow: for undo and redo.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatflows import actions, audience, canvas, editing, forms_builder, lists
from chatflows.about import about
from chatflows.definition import EMPTY, Flow, Mistake, NotAFlow, new_step, problems, read, read_step
from chatflows.models import Chatflow, ChatflowVersion, FlowKind
from chatflows.steps.kinds import KINDS
from chatflows.targeting import compile_targeting
from chatflows.views.beside import TABS, Part, part_of
from chatflows.views.results import path_view
from chatflows.widget.config import appearance_of
from workspaces import plain_json
from workspaces.access import allowed
from workspaces.guarded import changed_since, marks_of
from workspaces.labelled import labelled
from workspaces.permissions import Permission

managed = allowed(Permission.MANAGE_CHATFLOWS)


@dataclass
class Bench:
    """What is worked on: the chatflow, its draft, and the steps in it."""

    chatflow: Chatflow
    draft: ChatflowVersion
    flow: Flow
    # What is shown beside the steps: about, step, kinds, removal, or one of beside.TABS.
    panel: str = "about"
    part: Part | None = None
    selected: str = ""
    form: forms_builder.StepForm | None = None
    place: str = ""
    alert: str = ""
    changed: list[str] = field(default_factory=list)


# ── Pages ──


@require_safe
@managed
def builder(request, flow_pk):
    bench = load(request, flow_pk)
    bench.selected = request.GET.get("step", "")
    if bench.selected in bench.flow.by_id:
        _open(bench, bench.selected)
    elif "add" in request.GET:
        bench.panel, bench.place = "kinds", request.GET["add"]
    elif request.GET.get("tab") in TABS:
        _turn_to(bench, request.GET["tab"])
    return page(request, bench)


def beside(request, flow_pk: int, tab: str, part: Part | None = None):
    """The builder with that tab open, as it stands or as it was just refused."""
    bench = load(request, flow_pk)
    _turn_to(bench, tab, part)
    return page(request, bench, status=422 if part and part.is_refused else 200)


def _turn_to(bench: Bench, tab: str, part: Part | None = None) -> None:
    bench.panel, bench.part = tab, part or part_of(tab, bench.chatflow, bench.draft)


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def step(request, flow_pk, step_id):
    """One step: its form, and what was written in it."""
    bench = load(request, flow_pk, lock=request.method == "POST")
    if step_id not in bench.flow.by_id:
        return _gone(request, bench)
    if request.method != "POST":
        _open(bench, step_id)
        return page(request, bench)
    now = bench.flow.by_id[step_id]
    raw = forms_builder.typed(request.POST, now.sort, id=step_id, before=now)
    if "do" in request.POST:
        return _another_line(request, bench, forms_builder.pressed(raw, request.POST["do"]))
    if _others(request, bench, only=[step_id]):
        return _refused(request, bench, raw, [], status=409)
    return _write(request, bench, raw, lambda ready: editing.change(bench.flow, ready))


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def step_new(request, flow_pk):
    """A step that is being made: a kind that can stand as it is stands at once, others once they are filled in."""
    bench = load(request, flow_pk, lock=request.method == "POST")
    asked = request.POST if request.method == "POST" else request.GET
    kind, place = KINDS.get(asked.get("kind", "")), asked.get("place", "")
    bench.place = place
    if kind is None:
        bench.panel = "kinds"
        return page(request, bench)
    id = editing.free_id(bench.flow, kind.key)
    with translation.override(bench.chatflow.language):  # what it says at first is said to visitors
        blank = new_step(kind.key, id).to_json()
    if request.method != "POST":
        return _another_line(request, bench, blank)
    raw = forms_builder.typed(request.POST, kind, id=id, before=None) if "name" in request.POST else blank
    if "do" in request.POST:
        return _another_line(request, bench, forms_builder.pressed(raw, request.POST["do"]))
    if _others(request, bench):
        return _refused(request, bench, raw, [], status=409)
    is_asked = "name" in request.POST
    return _write(request, bench, raw, lambda ready: editing.add(bench.flow, ready, place), is_asked=is_asked)


@require_POST
@managed
def step_place(request, flow_pk, step_id):
    """Elsewhere: `to` is up, down, left, right, copy, or a place."""
    to = request.POST.get("to", "")
    moves: Mapping[str, Callable[[Flow, str], Flow]] = {
        "up": editing.up,
        "down": editing.down,
        "left": lambda flow, id: editing.sideways(flow, id, -1),
        "right": lambda flow, id: editing.sideways(flow, id, 1),
        "copy": editing.duplicate,
    }
    move = moves.get(to, lambda flow, id: editing.put(flow, id, to))
    return _restructure(request, flow_pk, step_id, move, _("It cannot stand there."))


@require_http_methods(["GET", "HEAD", "POST"])
@managed
def step_removal(request, flow_pk, step_id):
    """Asks first; a script asks on the page itself."""
    if request.method == "POST":
        return _restructure(request, flow_pk, step_id, editing.remove, "", opens=False)
    bench = load(request, flow_pk)
    if step_id not in bench.flow.by_id:
        return _gone(request, bench)
    _open(bench, step_id)
    bench.panel = "removal"
    return page(request, bench)


@require_http_methods(["PUT"])
@managed
def draft(request, flow_pk):
    """The whole flow at once: a step back or forth in what this person did. 409 when somebody else was here."""
    bench = load(request, flow_pk, lock=True)
    try:
        given = plain_json.of(request)
        wanted = read(given["definition"])
    except (ValueError, KeyError, TypeError, RecursionError) as refused:
        mistakes = (
            refused.mistakes if isinstance(refused, NotAFlow) else [Mistake("", _("This is not JSON."))]
        )
        bench.alert = " ".join(labelled(one.path, one.words) for one in mistakes)
        return page(request, bench, status=422)
    if _changed(bench, str(given.get("seen", ""))):
        _tell_changes(bench, str(given["seen"]))
        return page(request, bench, status=409)
    dangling = [one.words for one in problems(wanted) if one.code == "dangling"]
    if dangling:
        bench.alert = " ".join(dangling)
        return page(request, bench, status=422)
    _keep(request, bench, wanted)
    if given.get("step") in bench.flow.by_id:
        _open(bench, given["step"])
    return page(request, bench)


# ── Loading ──


def load(request, pk: int, *, lock: bool = False) -> Bench:
    rows = Chatflow.objects.select_related("channel", "channel__inbox", "published")
    chatflow = get_object_or_404(rows, pk=pk)
    row = None if lock else chatflow.versions.drafts().first() or chatflow.published
    if row is None:  # who only looks makes no draft
        row = actions.draft_of(chatflow, by=request.member)
        row = ChatflowVersion.objects.select_for_update(of=("self",)).get(pk=row.pk)
    return Bench(chatflow, row, flow_of(row))


def flow_of(version: ChatflowVersion | None) -> Flow:
    return read(version.definition) if version and version.definition else EMPTY


def _open(bench: Bench, id: str) -> None:
    bench.selected, bench.panel = id, "step"
    bench.form = forms_builder.shown(bench.flow.by_id[id].to_json(), bench.flow, drawn(bench))


def drawn(bench: Bench) -> canvas.Drawing:
    return canvas.draw(lists.named(bench.flow), problems(bench.flow) if bench.flow.steps else [])


# ── Writing ──


def _write(request, bench: Bench, raw: dict, put: Callable, *, is_asked: bool = True):
    try:
        changed = put(read_step(raw))
    except NotAFlow as refused:
        # Nobody wrote anything yet: what is missing is no mistake.
        mistakes = refused.mistakes if is_asked else []
        return _refused(request, bench, raw, mistakes, status=422 if is_asked else 200)
    except editing.NotPossible:
        return _gone(request, bench)
    if nowhere := _nowhere(changed):
        return _refused(request, bench, raw, nowhere, status=422)
    _keep(request, bench, changed)
    _open(bench, raw["id"])
    return _done(request, bench)


def _nowhere(flow: Flow) -> list[Mistake]:
    """Jumps to steps that are not there, for instance because somebody else just removed one (BE-7)."""
    words = _("The step it names is no longer there.")
    return [Mistake(one.where, words) for one in problems(flow) if one.code == "dangling"]


def _restructure(request, flow_pk: int, step_id: str, change: Callable, words: str, *, opens: bool = True):
    bench = load(request, flow_pk, lock=True)
    if step_id not in bench.flow.by_id:
        return _gone(request, bench)
    if _others(request, bench):
        _open(bench, step_id)
        return page(request, bench, status=409)
    try:
        _keep(request, bench, change(bench.flow, step_id))
    except (editing.NotPossible, NotAFlow):
        bench.alert = words or _("This did not work.")
        _open(bench, step_id)
        return page(request, bench, status=422)
    if opens and step_id in bench.flow.by_id:
        _open(bench, step_id)
    return _done(request, bench)


def _keep(request, bench: Bench, flow: Flow) -> None:
    if flow == bench.flow:
        return
    bench.draft = actions.save_draft(
        bench.chatflow, revision=bench.draft.revision, by=request.member, definition=flow.to_json()
    )
    bench.flow = flow


def _done(request, bench: Bench):
    if request.htmx:
        return page(request, bench)
    asked = f"?step={bench.selected}" if bench.selected else ""
    address = reverse("chatflows:builder", args=[request.workspace.slug, bench.chatflow.pk])
    return redirect(address + asked)


def _another_line(request, bench: Bench, raw: dict):
    """The form with a line more or less; nothing is kept yet."""
    return _refused(request, bench, raw, [], status=200)


def _refused(request, bench: Bench, raw: dict, mistakes: list[Mistake], *, status: int):
    bench.panel = "step"
    bench.selected = raw["id"] if raw["id"] in bench.flow.by_id else ""
    bench.form = forms_builder.shown(raw, bench.flow, drawn(bench), mistakes)
    return page(request, bench, status=status)


def _gone(request, bench: Bench):
    bench.alert = _("This step is no longer there.")
    bench.panel, bench.selected = "about", ""
    return page(request, bench, status=404 if request.method != "POST" else 409)


# ── Two people at once ──


def told(flow: Flow) -> dict:
    """What is compared: each step, and which there are."""
    return {one["id"]: json.dumps(one, sort_keys=True) for one in flow.to_json()["steps"]} | {
        "": json.dumps([flow.start, sorted(flow.by_id)])
    }


def _others(request, bench: Bench, only: list[str] | None = None) -> bool:
    """Whether somebody else changed what this request is about; then the bench says who and what."""
    seen = request.POST.get("seen", "")
    changed = _changed(bench, seen)
    if not changed or (only is not None and not set(only) & set(changed)):
        return False
    _tell_changes(bench, seen)
    return True


def _changed(bench: Bench, seen: str) -> list[str]:
    return changed_since(seen, told(bench.flow)) if seen else []


def _tell_changes(bench: Bench, seen: str) -> None:
    who = bench.draft.edited_by
    name = who.display_name if who else _("Somebody")
    bench.alert = _("%(name)s changed this meanwhile. Save again to keep yours.") % {"name": name}
    steps = [bench.flow.by_id[id] for id in _changed(bench, seen) if id in bench.flow.by_id]
    bench.changed = [labelled(one.name, canvas.summary(one)) for one in steps]
    if not steps:
        bench.changed = [_("The order of the steps, or which there are.")]


# ── Showing ──


def page(request, bench: Bench, *, status: int = 200):
    """The whole page, or for a script the parts of it that may differ."""
    context = context_of(request, bench)
    template = "chatflows/_builder_parts.html" if request.htmx else "chatflows/builder.html"
    return render(request, template, context, status=status)


def context_of(request, bench: Bench) -> dict:
    found = problems(bench.flow) if bench.flow.steps else []
    results = path_view(request.GET, bench.chatflow)
    drawing = canvas.draw(lists.named(bench.flow), found, results["figures"])
    told_about = about(bench.draft, bench.chatflow)
    if bench.panel == "about":
        targeting = compile_targeting(bench.draft.targeting)
        told_about["estimate"] = audience.estimate(bench.chatflow.channel_id, targeting)
    beside_them = bench.part.context if bench.part else {}
    context = {
        "bench": bench,
        "about": told_about,
        "starts": told_about["starts"],
        "flow": bench.chatflow,
        "draft": bench.draft,
        "is_bot": bench.chatflow.kind == FlowKind.BOT,
        "drawing": drawing,
        "form": bench.form or beside_them.get("form"),
        "kinds": KINDS.values(),
        "problems": found,
        "blocking": [one for one in found if one.blocks],
        "differing": differing(bench),
        "places": _places(bench, drawing),
        "properties": forms_builder.properties(bench.flow) if bench.form else [],
        "settable": forms_builder.settable() if bench.form else [],
        "tab": bench.panel,
        "operators": forms_builder.operators(),
        "bubble_sorts": forms_builder.bubble_sorts(),
        "definition": bench.flow.to_json(),
        "seen": marks_of(told(bench.flow)),
        "languages": languages_of(bench),
        "look": appearance_of(bench.chatflow.channel),
    }
    return beside_them | results | context


def languages_of(bench: Bench) -> list[str]:
    """Its own first, then those it was given."""
    own = bench.chatflow.language
    return [own, *(one for one in bench.draft.translations if one != own)]


def differing(bench: Bench) -> int:
    """How many steps are not as visitors meet them now."""
    live = told(flow_of(bench.chatflow.published))
    mine = told(bench.flow)
    return sum(live.get(id) != mine.get(id) for id in (set(live) | set(mine)) - {""})


def _places(bench: Bench, drawing: canvas.Drawing) -> list[tuple[str, str]]:
    """Where the open step may be put: behind every other, by the name of the way."""
    if not bench.selected:
        return []
    found = [(editing.START, _("At the beginning"))]
    for card in drawing.cards.values():
        if card.step.id == bench.selected:
            continue
        after = _("After %(step)s") % {"step": f"{card.number} {card.step.name}"}
        if card.forks:
            found += [(fork.place, labelled(after, fork.label)) for fork in card.forks]
        elif card.after:
            found.append((card.after, after))
    return found
