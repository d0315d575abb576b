"""What somebody does to a draft: add, change, move and remove fields, change its texts. Each returns the new form."""

import re
import unicodedata
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.form import gate
from channels_app.form.definition import KINDS, MOST_FIELDS, TAKEN, Field, Form
from inboxes.models import Channel
from inboxes.origins import NotASite, sites_of, to_origin
from workspaces.refusals import Refused


class TooManyFields(Refused):
    message = gettext_lazy("A form has 50 fields at most.")


def add(form: Form, kind: str) -> tuple[Form, str]:
    """A new field at the end; its label says what sort it is, in the form's language, until its maker finds better. Returns its key too."""
    if len(form.fields) >= MOST_FIELDS:
        raise TooManyFields
    with translation.override(form.language or translation.get_language()):
        label = str(KINDS[kind])
        options = (_("First choice"), _("Second choice")) if kind in ("choice", "many") else ()
    key = free_key(form, label)
    made = Field(key, kind, label, options=options)
    return replace(form, fields=(*form.fields, made)), key


def free_key(form: Form, label: str) -> str:
    """A name for what is posted, made from the label, that no other field has."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30]
    stem = stem if stem[:1].isalpha() else f"field_{stem}".rstrip("_")
    used = {one.key for one in form.fields} | TAKEN
    return next(
        key for n in range(1, MOST_FIELDS + 60) if (key := stem if n == 1 else f"{stem}_{n}") not in used
    )


def change(form: Form, key: str, changed: Field) -> Form:
    return replace(form, fields=tuple(changed if one.key == key else one for one in form.fields))


def follow(form: Form, old: str, new: str) -> Form:
    """What named a field by its old key names it by the new one."""
    fields = tuple(
        replace(one, shown_if=replace(one.shown_if, field=new))
        if one.shown_if and one.shown_if.field == old
        else one
        for one in form.fields
    )
    return replace(form, fields=fields, subject=new if form.subject == old else form.subject)


def move(form: Form, key: str, to: str) -> Form:
    """`to`: "up", "down", or a place counted from 0."""
    rows = list(form.fields)
    was = next((n for n, one in enumerate(rows) if one.key == key), None)
    if was is None:
        return form
    one = rows.pop(was)
    place = {"up": was - 1, "down": was + 1}.get(to, int(to) if to.isdecimal() and len(to) < 4 else was)
    rows.insert(max(0, min(place, len(rows))), one)
    return replace(form, fields=tuple(rows))


def remove(form: Form, key: str) -> Form:
    """Gone, and with it what depended on it."""
    left = [one for one in form.fields if one.key != key]
    freed = tuple(
        replace(one, shown_if=None) if one.shown_if and one.shown_if.field == key else one for one in left
    )
    return replace(form, fields=freed, subject="" if form.subject == key else form.subject)


def not_listed(channel: Channel, redirect: str) -> bool:
    """Whether a page to go to afterwards is on none of the form's sites."""
    try:
        origin = to_origin(redirect)
    except NotASite:
        return True
    return not any(gate.matches(site, origin) for site in sites_of(channel))
