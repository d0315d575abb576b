"""A chatflow as a JSON file: written, described by a schema, and read again in another workspace. Pure.

People, teams and rules mean something in their own workspace alone: the file names them, reading leaves them out.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chatflows.definition import FORMAT, STEPS_MOST, Flow, Mistake, NotAFlow, problems, read
from chatflows.models import Chatflow, ChatflowVersion
from chatflows.steps.kinds import KINDS, LABEL_MOST, TEXT_MOST, Kind, Spec
from chatflows.steps.parts import BUBBLE_SORTS, OPS

LARGEST = 1_000_000
PARTS = ("targeting", "display", "options", "translations")
ID = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
TO = {"anyOf": [ID, {"type": "null"}, {"const": ""}]}


@dataclass
class Brought:
    """What a file holds, made to fit here. `left` says what was left out."""

    flow: Flow
    parts: dict[str, dict]
    left: list[str] = field(default_factory=list)


def written(chatflow: Chatflow, version: ChatflowVersion) -> dict:
    told = {"parley": "chatflow", "format": FORMAT, "name": chatflow.name, "kind": chatflow.kind}
    told |= {"language": chatflow.language, "flow": version.definition or None}
    return told | {part: getattr(version, part) for part in PARTS}


def brought(raw: Any, kind: str) -> Brought:
    """Raises NotAFlow with the path and the words of every mistake."""
    if not isinstance(raw, dict):
        raise NotAFlow([Mistake("", _("An object belongs here."))])
    mistakes = []
    if raw.get("parley") != "chatflow":
        mistakes.append(Mistake("parley", _("This is not the file of a chatflow.")))
    if raw.get("format", FORMAT) != FORMAT:
        mistakes.append(Mistake("format", _("This format is not known here.")))
    if raw.get("kind", kind) != kind:
        mistakes.append(Mistake("kind", _("A live chat and a bot cannot take each other's place.")))
    mistakes += [
        Mistake(part, _("An object belongs here."))
        for part in PARTS
        if not isinstance(raw.get(part) or {}, dict)
    ]
    if mistakes:
        raise NotAFlow(mistakes)
    left: list[str] = []
    flow = _steps(raw.get("flow"), left)
    return Brought(flow, {part: _own(part, raw[part], left) for part in PARTS if raw.get(part)}, left)


def _steps(raw: Any, left: list[str]) -> Flow:
    try:
        flow = read(_without_people(raw, left)) if raw else Flow("")
    except NotAFlow as wrong:
        raise NotAFlow([Mistake(f"flow.{one.path}", one.words) for one in wrong.mistakes]) from None
    dangling = [one for one in problems(flow) if one.code == "dangling"] if flow.steps else []
    if dangling:
        raise NotAFlow([Mistake(f"flow.steps.{one.step}.{one.where}", one.words) for one in dangling])
    return flow


def _without_people(raw: Any, left: list[str]) -> Any:
    """Where a step must name somebody, it goes by the rule of the channel until somebody is named here."""
    raw = deepcopy(raw)
    steps = raw.get("steps") if isinstance(raw, dict) else None
    for one in steps if isinstance(steps, list) else []:
        if not isinstance(one, dict):
            continue
        for key in ("people", "owner"):
            if one.get(key) and isinstance(one[key], list):
                one[key] = []
                left.append(_("The people of “%(step)s”") % {"step": one.get("name") or one.get("id")})
        if one.get("kind") == "handover" and one.get("to") == "people":
            one["to"] = "rule"
    return raw


def _own(part: str, given: dict, left: list[str]) -> dict:
    given = deepcopy(given)
    if part == "options" and (given.pop("people", None) or given.pop("teams", None)):
        left.append(_("The faces in the heading"))
    return given


# ── Schema ──


def schema() -> dict:
    """JSON Schema of such a file: what editors of code check it against."""
    parts = {part: {"type": "object"} for part in PARTS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Parley chatflow",
        "type": "object",
        "required": ["parley", "format", "kind"],
        "properties": {
            "$schema": {"type": "string"},
            "parley": {"const": "chatflow"},
            "format": {"const": FORMAT},
            "name": {"type": "string", "maxLength": LABEL_MOST},
            "kind": {"enum": ["live", "bot"]},
            "language": {"type": "string"},
            "flow": {"anyOf": [{"$ref": "#/$defs/flow"}, {"type": "null"}]},
            **parts,
        },
        "$defs": {"flow": _flow_schema(), "branch": _branch_schema()}
        | {kind.key: _step_schema(kind) for kind in KINDS.values()},
    }


def _flow_schema() -> dict:
    kinds = [{"$ref": f"#/$defs/{key}"} for key in KINDS]
    steps = {"type": "array", "maxItems": STEPS_MOST, "items": {"oneOf": kinds}}
    return {
        "type": "object",
        "required": ["start", "steps"],
        "properties": {"format": {"const": FORMAT}, "start": {"type": "string"}, "steps": steps},
    }


def _branch_schema() -> dict:
    condition = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "fact": {"type": "string"},
            "op": {"enum": list(OPS)},
            "value": {"type": ["array", "string", "number"]},
            "expression": {"type": "string"},
        },
    }
    when = {"type": "array", "minItems": 1, "items": condition}
    return {"type": "object", "required": ["when"], "properties": {"when": when, "to": TO}}


def _step_schema(kind: Kind) -> dict:
    told: dict[str, Any] = {"id": ID, "kind": {"const": kind.key}, "name": {"type": "string"}}
    told |= {spec.key: _value_schema(spec) for spec in kind.fields}
    if kind.branches:
        told["branches"] = {"type": "array", "items": {"$ref": "#/$defs/branch"}}
    if not kind.final and kind.key != "goto":
        told["next"] = TO
    required = ["id", "kind", *(spec.key for spec in kind.fields if spec.is_required and not spec.default)]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": told}


def _value_schema(spec: Spec) -> dict:
    match spec.sort:
        case "yes_no":
            return {"type": "boolean"}
        case "whole":
            return {"type": "integer", "minimum": spec.least, "maximum": spec.most}
        case "choice":
            return {"enum": [key for key, _label in spec.options]}
        case "step":
            return TO
        case "people":
            return {"type": "array", "items": {"type": "string"}, "maxItems": spec.most}
        case "bubbles":
            text = {"type": "string", "maxLength": TEXT_MOST}
            parts = {"kind": {"enum": list(BUBBLE_SORTS)}, "text": text, "url": {"type": "string"}}
            one = {"anyOf": [text, {"type": "object", "properties": parts, "additionalProperties": False}]}
            return {"type": "array", "items": one, "maxItems": spec.most}
        case "replies":
            label = {"type": "string", "maxLength": LABEL_MOST}
            parts = {"label": label, "value": {"type": "string"}, "to": TO}
            shape = {
                "type": "object",
                "required": ["label"],
                "properties": parts,
                "additionalProperties": False,
            }
            return {"type": "array", "items": {"anyOf": [label, shape]}, "maxItems": spec.most}
    return {"type": "string", "maxLength": spec.most}
