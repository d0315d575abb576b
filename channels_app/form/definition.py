"""What a form is made of, as dataclasses: read from stored JSON, written to it, and what is wrong with it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KINDS = {
    "text": gettext_lazy("Text"),
    "long": gettext_lazy("Long text"),
    "email": gettext_lazy("Email address"),
    "phone": gettext_lazy("Phone number"),
    "number": gettext_lazy("Number"),
    "date": gettext_lazy("Date"),
    "choice": gettext_lazy("One of a list"),
    "many": gettext_lazy("Several of a list"),
    "check": gettext_lazy("Checkbox"),
    "file": gettext_lazy("File"),
    "hidden": gettext_lazy("Hidden value"),
    "consent": gettext_lazy("Consent"),
}
CHOOSES = ("choice", "many")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Names that the form itself posts.
TAKEN = frozenset({"page", "token", "website", "proof", "embed", "lang", "fields", "id"})
MOST_FIELDS, MOST_OPTIONS = 50, 100
LONGEST = {"text": 500, "long": 10_000, "email": 254, "phone": 40, "number": 40, "date": 10, "hidden": 500}
OPERATORS = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "filled": gettext_lazy("is filled in"),
    "empty": gettext_lazy("is empty"),
}


@dataclass(frozen=True)
class Condition:
    """Show a field when another one, before it, says this."""

    field: str
    op: str
    value: str = ""

    def holds(self, given: list[str]) -> bool:
        match self.op:
            case "is":
                return self.value in given
            case "is_not":
                return self.value not in given
            case "filled":
                return any(given)
        return not any(given)


@dataclass(frozen=True)
class Field:
    """One field. `text` is what a consent agrees to, `value` what a hidden one holds when the page gives nothing."""

    key: str
    kind: str
    label: str
    help: str = ""
    required: bool = False
    half: bool = False
    options: tuple[str, ...] = ()
    least: str = ""
    most: str = ""
    text: str = ""
    value: str = ""
    maps_to: str = ""
    shown_if: Condition | None = None


@dataclass(frozen=True)
class Form:
    """A whole form. `subject` is the key of the field whose answer is the subject; without one it is the title (FO-3)."""

    title: str = ""
    intro: str = ""
    button: str = ""
    language: str = ""
    fields: tuple[Field, ...] = ()
    subject: str = ""
    thanks: str = ""
    redirect: str = ""
    columns: bool = field(default=False)

    def get(self, key: str) -> Field | None:
        return next((one for one in self.fields if one.key == key), None)

    def email(self) -> Field | None:
        """Whose answer is the address to reply to: the one that says so, else the first."""
        found = [one for one in self.fields if one.kind == "email"]
        return next((one for one in found if one.maps_to == "email"), found[0] if found else None)


def read(data: Any) -> Form:
    """A form from JSON that `write` wrote. What has another shape is left out, never an error."""
    data = data if isinstance(data, dict) else {}
    words = {
        name: _text(data.get(name)) for name in Form.__dataclass_fields__ if name not in ("fields", "columns")
    }
    rows = data.get("fields")
    fields = tuple(filter(None, map(_field, rows if isinstance(rows, list) else ())))
    return Form(fields=fields[:MOST_FIELDS], columns=data.get("columns") is True, **words)


def write(form: Form) -> dict:
    return asdict(form) | {"fields": [asdict(one) | {"options": list(one.options)} for one in form.fields]}


def _field(data: Any) -> Field | None:
    if (
        not isinstance(data, dict)
        or _text(data.get("kind")) not in KINDS
        or not KEY.fullmatch(_text(data.get("key")))
    ):
        return None
    texts = ("key", "kind", "label", "help", "least", "most", "text", "value", "maps_to")
    options = data.get("options")
    return Field(
        required=data.get("required") is True,
        half=data.get("half") is True,
        options=tuple(map(_text, options if isinstance(options, list | tuple) else ()))[:MOST_OPTIONS],
        shown_if=_condition(data.get("shown_if")),
        **{name: _text(data.get(name)) for name in texts},
    )


def _condition(data: Any) -> Condition | None:
    if not isinstance(data, dict) or _text(data.get("op")) not in OPERATORS:
        return None
    return Condition(_text(data.get("field")), data["op"], _text(data.get("value")))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


# ── What is wrong with it ───────────────────────────────────────────────────────────────────────────────────────


def problems(form: Form) -> list[str]:
    """Why it cannot be published, one sentence each."""
    return [*_of_the_whole(form), *(sentence for one in form.fields for sentence in _of_field(form, one))]


def warnings(form: Form) -> list[str]:
    """What its maker should know. Without an address nobody can be answered (FO-3)."""
    email = form.email()
    if email is None:
        return [_("There is no field for an email address: nobody who fills this in can be answered.")]
    return [] if email.required else [_("Whoever leaves the email address empty cannot be answered.")]


def _of_the_whole(form: Form) -> Iterator[str]:
    if not form.title.strip():
        yield _("Give the form a title.")
    if not any(one.kind != "hidden" for one in form.fields):
        yield _("Add a field that people can fill in.")
    keys = [one.key for one in form.fields]
    if len(keys) != len(set(keys)):
        yield _("Two fields have the same name.")
    if form.subject and form.get(form.subject) is None:
        yield _("The field that gives the subject is gone.")
    if form.redirect and not is_web(form.redirect):
        yield _("The page to go to afterwards must begin with https://.")


def _of_field(form: Form, one: Field) -> Iterator[str]:
    told = {"field": one.label or one.key}
    if not one.label.strip():
        yield _("A field has no label.")
    if one.key in TAKEN:
        yield _("“%(field)s” has a name that the form needs itself.") % told
    if one.kind in CHOOSES and not one.options:
        yield _("“%(field)s” offers nothing to choose.") % told
    if one.kind == "consent" and not one.text.strip():
        yield _("“%(field)s” does not say what is agreed to.") % told
    if one.shown_if and one.shown_if.field not in before(form, one):
        yield _("“%(field)s” depends on a field that does not stand before it.") % told


def before(form: Form, one: Field) -> list[str]:
    """Keys of the fields that a condition of this one may ask: those above it."""
    keys = [other.key for other in form.fields]
    return keys[: keys.index(one.key)] if one.key in keys else keys


def is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
