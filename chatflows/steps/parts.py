"""How a field of a step is read from JSON: each reader returns the clean value or raises ValueError with words."""

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from chatflows import expressions
from chatflows.steps.kinds import LABEL_MOST, TEXT_MOST, Spec

ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
PERSON = re.compile(r"(member|team):[1-9][0-9]{0,15}")
PROPERTY = re.compile(r"(contact|var|conversation)\.[a-z][a-z0-9_]{0,59}")
BUBBLE_SORTS = ("text", "image", "link", "file", "video")
OPS = (
    "any_of",
    "none_of",
    "contains",
    "lacks",
    "known",
    "unknown",
    "eq",
    "ne",
    "gt",
    "lt",
    "between",
    "before",
    "after",
    "available",
    "none_available",
)
WITHOUT_VALUE = ("known", "unknown")
CONDITIONS_MOST = 20
BRANCHES_MOST = 20
VALUES_MOST = 50


@dataclass(frozen=True, slots=True)
class Bubble:
    """One balloon of a message. `url` is where a picture, file, video or link is; `text` its words."""

    kind: str = "text"
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A button. Its own jump beats the branches of its step (BE-3)."""

    label: str
    value: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`fact` is what is looked at: response, available, contact.…, var.…, page.…, visitor.…; or an expression."""

    fact: str = ""
    op: str = ""
    value: tuple[str, ...] = ()
    expression: str = ""

    def to_json(self) -> dict:
        if self.expression:
            return {"expression": self.expression}
        shown = {"fact": self.fact, "op": self.op}
        return shown if self.op in WITHOUT_VALUE else {**shown, "value": list(self.value)}


@dataclass(frozen=True, slots=True)
class Branch:
    """All of `when` must hold."""

    when: tuple[Condition, ...]
    to: str | None

    def to_json(self) -> dict:
        return {"when": [one.to_json() for one in self.when], "to": self.to}


class Wrong(ValueError):
    """What is wrong with a value, and where inside it."""

    def __init__(self, words: str, path: str = ""):
        super().__init__(words)
        self.words, self.path = words, path


def value_of(spec: Spec, raw: Any) -> Any:
    """The clean value of a field. Raises Wrong."""
    value = READERS[spec.sort](spec, raw)
    if spec.is_required and value in ("", (), None, 0):
        raise Wrong(_("This must be filled in."))
    return value


def to_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, Bubble | Reply):
        return {key: part for key, part in asdict(value).items() if part not in ("", None)}
    return value.to_json() if isinstance(value, Branch | Condition) else value


def text(raw: Any, most: int = TEXT_MOST) -> str:
    if not isinstance(raw, str):
        raise Wrong(_("Write a text here."))
    clean = raw.replace("\x00", "").strip()
    if len(clean) > most:
        raise Wrong(_("Use %(most)s characters at most.") % {"most": most})
    return clean


def line(raw: Any, most: int = LABEL_MOST) -> str:
    return " ".join(text(raw, most).split())


def step_id(raw: Any) -> str | None:
    """The id of a step, or None for the end."""
    if raw is None or raw == "":
        return None
    if not isinstance(raw, str) or not ID.fullmatch(raw):
        raise Wrong(_("This is not the id of a step."))
    return raw


def branches(raw: Any) -> tuple[Branch, ...]:
    return tuple(_each(raw, BRANCHES_MOST, _branch))


def web_url(raw: Any, most: int = 1000) -> str:
    """An address on the web, or "". Which network it leads to is looked at when it is called."""
    url = text(raw, most)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        parts = None
    plain = url.isascii() and url.isprintable() and " " not in url
    if not (plain and parts and parts.scheme in ("https", "http") and parts.hostname and not parts.username):
        raise Wrong(_("Write the whole address, beginning with https://."))
    return url


def _each(raw: Any, most: int, read) -> list:
    if not isinstance(raw, list | tuple):
        raise Wrong(_("A list belongs here."))
    if len(raw) > most:
        raise Wrong(_("Use %(most)s at most.") % {"most": most})
    found = []
    for number, one in enumerate(raw):
        try:
            found.append(read(one))
        except Wrong as wrong:
            raise Wrong(wrong.words, f".{number}{wrong.path}") from None
    return found


def _part(raw: Any, key: str, read, default: Any = "") -> Any:
    try:
        return read(raw.get(key, default))
    except Wrong as wrong:
        raise Wrong(wrong.words, f".{key}{wrong.path}") from None


def _object(raw: Any, keys: set[str]) -> dict:
    if not isinstance(raw, dict):
        raise Wrong(_("An object belongs here."))
    for key in raw:
        if key not in keys:
            raise Wrong(_("Nothing of this name belongs here."), f".{key}"[:60])
    return raw


def _bubble(raw: Any) -> Bubble:
    raw = {"text": raw} if isinstance(raw, str) else _object(raw, {"kind", "text", "url"})
    bubble = Bubble(raw.get("kind", "text"), _part(raw, "text", text), _part(raw, "url", web_url))
    if bubble.kind not in BUBBLE_SORTS:
        raise Wrong(_("This choice does not exist."), ".kind")
    if bubble.kind == "text" and not bubble.text:
        raise Wrong(_("This must be filled in."), ".text")
    if bubble.kind != "text" and not bubble.url:
        raise Wrong(_("This must be filled in."), ".url")
    return bubble


def _reply(raw: Any) -> Reply:
    raw = {"label": raw} if isinstance(raw, str) else _object(raw, {"label", "value", "to"})
    label = _part(raw, "label", line)
    if not label:
        raise Wrong(_("This must be filled in."), ".label")
    value = _part(raw, "value", lambda one: line(one, 200)) or label
    return Reply(label, value, _part(raw, "to", step_id, None))


def _condition(raw: Any) -> Condition:
    raw = _object(raw, {"fact", "op", "value", "expression"})
    if raw.get("expression"):
        written = _part(raw, "expression", lambda one: text(one, expressions.MOST))
        try:
            expressions.parse(written)
        except expressions.NotUnderstood as error:
            raise Wrong(str(error), ".expression") from None
        return Condition(expression=written)
    fact, op = _part(raw, "fact", lambda one: line(one, 80)), raw.get("op")
    if not expressions.is_name(fact):
        raise Wrong(_("This is not something a flow knows."), ".fact")
    if op not in OPS or (op.endswith("available")) != (fact == "available"):
        raise Wrong(_("This choice does not exist."), ".op")
    return Condition(fact, op, _values(raw, op))


def _values(raw: dict, op: str) -> tuple[str, ...]:
    if op in WITHOUT_VALUE:
        return ()
    given = raw.get("value", [])
    given = [given] if isinstance(given, str | int | float) else given
    values = tuple(_part({"value": given}, "value", lambda many: _each(many, VALUES_MOST, _plain)))
    if not values and not op.endswith("available"):
        raise Wrong(_("This must be filled in."), ".value")
    if op == "between" and len(values) != 2:
        raise Wrong(_("Write two values, the smaller one first."), ".value")
    return values


def _plain(raw: Any) -> str:
    return text(str(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else raw, 300)


def _branch(raw: Any) -> Branch:
    raw = _object(raw, {"when", "to"})
    when = _part(raw, "when", lambda many: tuple(_each(many, CONDITIONS_MOST, _condition)), ())
    if not when:
        raise Wrong(_("Name at least one condition."), ".when")
    return Branch(when, _part(raw, "to", step_id, None))


def _choice(spec: Spec, raw: Any) -> str:
    if raw not in [key for key, _label in spec.options]:
        raise Wrong(_("This choice does not exist."))
    return raw


def _yes_no(spec: Spec, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise Wrong(_("Only true or false belongs here."))
    return raw


def _whole(spec: Spec, raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not spec.least <= raw <= spec.most:
        raise Wrong(
            _("Write a whole number from %(least)s to %(most)s.") % {"least": spec.least, "most": spec.most}
        )
    return raw


def _people(spec: Spec, raw: Any) -> tuple[str, ...]:
    return tuple(_each(raw, spec.most, _person))


def _person(raw: Any) -> str:
    if not isinstance(raw, str) or not PERSON.fullmatch(raw):
        raise Wrong(_("Name a person as member:7 or a team as team:3."))
    return raw


def _property(spec: Spec, raw: Any) -> str:
    name = line(raw, spec.most)
    if name and not PROPERTY.fullmatch(name):
        raise Wrong(_("Write contact., conversation. or var. and a name in small letters."))
    return name


READERS = {
    "text": lambda spec, raw: text(raw, spec.most),
    "line": lambda spec, raw: line(raw, spec.most),
    "bubbles": lambda spec, raw: tuple(_each(raw, spec.most, _bubble)),
    "replies": lambda spec, raw: tuple(_each(raw, spec.most, _reply)),
    "choice": _choice,
    "yes_no": _yes_no,
    "step": lambda spec, raw: step_id(raw),
    "whole": _whole,
    "url": lambda spec, raw: web_url(raw, spec.most),
    "people": _people,
    "property": _property,
}
