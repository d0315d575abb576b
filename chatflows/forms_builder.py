"""The form of a step: from its kind to fields, from what was posted to the JSON of a step, and its mistakes to words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from chatflows import lists
from chatflows.canvas import Drawing
from chatflows.definition import Flow, Mistake, Step
from chatflows.doers import WRITABLE
from chatflows.steps.kinds import COMMON_QUESTIONS, KINDS, Kind, Spec
from chatflows.steps.parts import OPS, WITHOUT_VALUE
from chatflows.words import BUBBLES, FACTS, OPERATORS
from contacts.custom import fillable
from contacts.properties import BY_KEY
from workspaces.models import Member, Team

_ROW = re.compile(r"(bubbles|replies)-(\d{1,2})-(?:text|label|url)")
_CONDITION = re.compile(r"branches-(\d{1,2})-(\d{1,2})-fact")
_PRESSED = re.compile(r"(bubbles|replies|branches)(?:\.(\d{1,2}))?([+-])(\d{0,2})")
BLANK_CONDITION = {"fact": "response", "op": "any_of", "value": []}
BLANK: dict[str, dict] = {
    "bubbles": {"kind": "text", "text": ""},
    "replies": {"label": ""},
    "branches": {"when": [BLANK_CONDITION], "to": None},
}


@dataclass
class Field:
    """What the template shows of one Spec."""

    spec: Spec
    value: Any
    errors: list[str] = field(default_factory=list)
    options: list = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"field-{self.spec.key}"

    @property
    def written(self) -> str:
        return "" if self.value is None else str(self.value)


@dataclass
class StepForm:
    """`raw` is the JSON of a step, as it stands or as it was typed; `bad` the names of inputs that are wrong."""

    kind: Kind
    raw: dict
    fields: list[Field]
    branches: list[dict]
    bad: set[str]
    errors: dict[str, list[str]]
    steps: list[tuple[str, str]]
    facts: dict[str, str]


# ── From a form to a step ──


def typed(post, kind: Kind, *, id: str, before: Step | None) -> dict:
    """The JSON of what was posted. What the form does not show stays as it was."""
    raw: dict[str, Any] = before.to_json() if before and before.kind == kind.key else {}
    raw |= {"id": id, "kind": kind.key, "name": post.get("name", "").strip() or id}
    raw |= {spec.key: _value(post, spec) for spec in kind.fields}
    if kind.branches:
        raw["branches"] = _branches(post)
    if not kind.final and kind.key != "goto":
        raw["next"] = post.get("next", raw.get("next")) or None
    return raw


def pressed(raw: dict, button: str) -> dict:
    """One line more or less, as the button says: `replies+`, `bubbles-2`, `branches.1+`, `branches.1-0`."""
    found = _PRESSED.fullmatch(button)
    if not found or found[1] not in raw:
        return raw
    lines, blank = raw[found[1]], BLANK[found[1]]
    if found[2]:
        if int(found[2]) >= len(lines):
            return raw
        lines, blank = lines[int(found[2])]["when"], BLANK_CONDITION
    if found[3] == "+":
        lines.append(dict(blank))
    elif found[4] and int(found[4]) < len(lines):
        lines.pop(int(found[4]))
    return raw


def _value(post, spec: Spec) -> Any:
    match spec.sort:
        case "yes_no":
            return spec.key in post
        case "whole":
            written = post.get(spec.key, "").strip()
            return int(written) if written.isdecimal() and len(written) < 17 else written or spec.default
        case "people":
            return [one for one in post.getlist(spec.key) if one]
        case "step":
            return post.get(spec.key) or None
        case "bubbles" | "replies":
            return _rows(post, spec.sort)
    return post.get(spec.key, str(spec.default))


def _rows(post, key: str) -> list[dict]:
    numbers = {int(found[2]) for found in map(_ROW.fullmatch, post) if found and found[1] == key}
    parts = ("kind", "text", "url") if key == "bubbles" else ("label", "value", "to")
    rows = [
        {part: post.get(f"{key}-{number}-{part}", "").strip() for part in parts} for number in sorted(numbers)
    ]
    return [_bare(row) for row in rows if row.get("text") or row.get("url") or row.get("label")]


def _bare(row: dict) -> dict:
    return {part: value for part, value in row.items() if value}


def _branches(post) -> list[dict]:
    found: dict[int, list[int]] = {}
    for one in filter(None, map(_CONDITION.fullmatch, post)):
        found.setdefault(int(one[1]), []).append(int(one[2]))
    branches = []
    for number in sorted(found):
        names = [f"branches-{number}-{line}" for line in sorted(found[number])]
        when = [one for one in (_condition(post, name) for name in names) if one]
        to = post.get(f"branches-{number}-to") or None
        if when or to:
            branches.append({"when": when, "to": to})
    return branches


def _condition(post, name: str) -> dict | None:
    fact, op = post.get(f"{name}-fact", "").strip(), post.get(f"{name}-op", "")
    written = post.get(f"{name}-value", "").strip()
    if fact == "expression":
        return {"expression": written} if written else None
    if op.endswith("available"):
        fact = "available"
    if not written and op not in WITHOUT_VALUE and not op.endswith("available"):
        return None
    values = [part.strip() for part in re.split(r"[;\n,]", written) if part.strip()]
    return {"fact": fact, "op": op} | ({} if op in WITHOUT_VALUE else {"value": values})


# ── From a step to a form ──


def shown(raw: dict, flow: Flow, drawing: Drawing, mistakes: Iterable[Mistake] = ()) -> StepForm:
    kind = KINDS[raw["kind"]]
    errors: dict[str, list[str]] = {}
    bad = set()
    for one in mistakes:
        key, _dot, rest = one.path.partition(".")
        line = rest.partition(".")[0]
        words = _("Line %(n)s: %(words)s") % {"n": int(line) + 1, "words": one.words} if line else one.words
        errors.setdefault(key, []).append(words)
        bad.add(one.path.replace(".when.", ".").replace(".", "-"))
    steps = choices_of_steps(flow, drawing, without=raw["id"])
    fields = [
        _field(spec, raw.get(spec.key, spec.default), errors.get(spec.key, []), steps) for spec in kind.fields
    ]
    branches = [_shown_branch(number, one) for number, one in enumerate(raw.get("branches", ()))]
    return StepForm(kind, raw, fields, branches, bad, errors, steps, facts_of(flow))


def choices_of_steps(flow: Flow, drawing: Drawing, without: str = "") -> list[tuple[str, str]]:
    """Every step by its number and name; the end is the empty one."""
    named = [
        (one.id, f"{drawing.cards[one.id].number} {one.name}") for one in flow.steps if one.id != without
    ]
    return [("", _("The end")), *named]


def _field(spec: Spec, value: Any, errors: list[str], steps: list[tuple[str, str]]) -> Field:
    options: list = list(spec.options)
    if spec.sort == "step":
        options = steps
    elif spec.sort == "people":
        options = people()
    elif spec.key == "rule":
        options = rules()
    elif spec.key == "list":
        value = lists.chosen(value)
        options = lists.choices(value)
    rows = []
    if spec.sort in ("bubbles", "replies"):
        rows = [dict(one) for one in value] or [dict(BLANK[spec.sort])]
        rows = [
            row | {"value": row.get("value") if row.get("value") != row.get("label") else ""} for row in rows
        ]
    return Field(spec, value, errors, options, rows)


def _shown_branch(number: int, branch: dict) -> dict:
    lines = [
        {
            "name": f"branches-{number}-{n}",
            "fact": "expression" if one.get("expression") else one.get("fact", ""),
            "op": one.get("op", "any_of"),
            "value": one.get("expression") or ", ".join(str(part) for part in one.get("value", ())),
        }
        for n, one in enumerate(branch["when"] or [BLANK_CONDITION])
    ]
    return {"lines": lines, "to": branch["to"] or "", "name": f"branches-{number}", "number": number}


def operators() -> list[tuple[str, Any]]:
    return [(op, OPERATORS[op]) for op in OPS]


def bubble_sorts() -> list[tuple[str, Any]]:
    return list(BUBBLES.items())


def facts_of(flow: Flow) -> dict[str, str]:
    """What a condition may look at: what every flow knows, and what this one saves."""
    saved = {step.values.get("save", "") for step in flow.steps}
    own = {name: name for name in sorted(saved) if name}
    return {key: str(words) for key, words in FACTS.items()} | own | {"expression": _("An expression")}


def properties(flow: Flow) -> list[tuple[str, str]]:
    """(name, label) of what an answer may be saved under."""
    usual = [(f"contact.{key}", str(words)) for key, words in COMMON_QUESTIONS if key != "custom"]
    own = [(f"contact.{one.key}", one.label) for one in fillable("contact")]
    known = {name for name, _label in (*usual, *own)}
    saved = {step.values.get("save", "") for step in flow.steps} - known - {""}
    return [*usual, *own, *((name, name) for name in sorted(saved))]


def settable() -> list[tuple[str, str]]:
    """(name, label) of what a bot may set, of the contact or of their company."""
    named = {"name": _("Name"), "domain": _("Domain")} | {one.key: one.label for one in fillable("company")}
    own = [(one.key, one.label) for one in fillable("contact")]
    usual = [(key, str(BY_KEY[key].label)) for key in WRITABLE]
    company = [(f"company.{key}", _("Company: %(label)s") % {"label": label}) for key, label in named.items()]
    return [*((f"contact.{key}", label) for key, label in (*usual, *own)), *company]


def people() -> list[tuple[str, str]]:
    members = Member.objects.active().select_related("user")
    found = [(f"member:{one.pk}", one.display_name) for one in members]
    teams = [
        (f"team:{one.pk}", _("Team %(name)s") % {"name": one.name}) for one in Team.objects.order_by("name")
    ]
    return sorted(teams, key=lambda one: one[1].casefold()) + sorted(found, key=lambda one: one[1].casefold())


def rules() -> list[tuple[int, str]]:
    """Rules stand beside chatflows, not below them: the model is asked for by its name."""
    Rule = apps.get_model("automation", "Rule")
    return [(0, _("Choose a rule")), *Rule.objects.order_by("name").values_list("pk", "name")]
