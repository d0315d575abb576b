"""The JSON Schema of a flow, drawn from the same table as its reading and its forms: for export, editors, other programs."""

from typing import Any

from chatflows.definition import FORMAT, STEPS_MOST, default_of
from chatflows.steps import parts
from chatflows.steps.kinds import KINDS, LABEL_MOST, TEXT_MOST, Kind, Spec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
ID = {"type": "string", "pattern": f"^{parts.ID.pattern}$"}
TO = {"anyOf": [ID, {"type": "null"}, {"const": ""}]}


def schema() -> dict[str, Any]:
    """What `definition.read` takes, as far as a schema can say it."""
    return {
        "$schema": DRAFT,
        "title": "Parley chatflow",
        "type": "object",
        "properties": {
            "$schema": {"type": "string"},
            "format": {"const": FORMAT},
            "start": {"anyOf": [ID, {"const": ""}]},
            "steps": {"type": "array", "maxItems": STEPS_MOST, "items": {"oneOf": _kinds()}},
        },
        "required": ["steps"],
        "additionalProperties": False,
        "$defs": {"bubble": _bubble(), "reply": _reply(), "branch": _branch(), "condition": _condition()},
    }


def _kinds() -> list[dict]:
    return [_step(kind) for kind in KINDS.values()]


def _step(kind: Kind) -> dict:
    properties: dict[str, Any] = {
        "id": ID,
        "kind": {"const": kind.key},
        "name": {"type": "string", "maxLength": LABEL_MOST},
    }
    properties |= {spec.key: _field(spec) for spec in kind.fields}
    if kind.branches:
        properties["branches"] = _list("branch", parts.BRANCHES_MOST)
    if not kind.final and kind.key != "goto":
        properties["next"] = TO
    required = ["id", "kind", *(spec.key for spec in kind.fields if _must_be_given(spec))]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _must_be_given(spec: Spec) -> bool:
    return spec.is_required and default_of(spec) in ("", (), None, 0)


def _field(spec: Spec) -> dict:
    match spec.sort:
        case "bubbles":
            return _list("bubble", spec.most)
        case "replies":
            return _list("reply", spec.most)
        case "choice":
            return {"enum": [key for key, _label in spec.options]}
        case "yes_no":
            return {"type": "boolean"}
        case "whole":
            return {"type": "integer", "minimum": spec.least, "maximum": spec.most}
        case "step":
            return TO
        case "people":
            person = {"type": "string", "pattern": f"^{parts.PERSON.pattern}$"}
            return {"type": "array", "maxItems": spec.most, "items": person}
        case "property":
            return {"type": "string", "pattern": f"^({parts.PROPERTY.pattern})?$"}
    return {"type": "string", "maxLength": spec.most}


def _list(name: str, most: int) -> dict:
    return {"type": "array", "maxItems": most, "items": {"$ref": f"#/$defs/{name}"}}


def _bubble() -> dict:
    properties = {
        "kind": {"enum": list(parts.BUBBLE_SORTS)},
        "text": {"type": "string", "maxLength": TEXT_MOST},
        "url": {"type": "string", "maxLength": 1000},
    }
    return _text_or(properties, [], TEXT_MOST)


def _reply() -> dict:
    label = {"type": "string", "minLength": 1, "maxLength": LABEL_MOST}
    return _text_or(
        {"label": label, "value": {"type": "string", "maxLength": 200}, "to": TO}, ["label"], LABEL_MOST
    )


def _text_or(properties: dict, required: list[str], most: int) -> dict:
    """A bare text stands for the object with nothing else."""
    whole = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"anyOf": [{"type": "string", "minLength": 1, "maxLength": most}, whole]}


def _branch() -> dict:
    conditions = _list("condition", parts.CONDITIONS_MOST) | {"minItems": 1}
    return {
        "type": "object",
        "properties": {"when": conditions, "to": TO},
        "required": ["when"],
        "additionalProperties": False,
    }


def _condition() -> dict:
    value = {"type": ["string", "number"]}
    values = {"anyOf": [value, {"type": "array", "maxItems": parts.VALUES_MOST, "items": value}]}
    by_fact = {"fact": {"type": "string"}, "op": {"enum": list(parts.OPS)}, "value": values}
    written = {"expression": {"type": "string", "minLength": 1}}
    return {
        "anyOf": [
            {
                "type": "object",
                "properties": by_fact,
                "required": ["fact", "op"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": written,
                "required": ["expression"],
                "additionalProperties": False,
            },
        ]
    }
