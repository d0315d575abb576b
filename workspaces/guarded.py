"""Settings that two people edit at once: the second sees what changed instead of overwriting it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.db import models
from django.forms.utils import pretty_name
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from workspaces.audit import last_change

FIELD, SALT = "seen", "parley.seen"
LONGEST = 160


class Guarded:
    """A form mixin. Give `initial` the stored values also with a POST, and `target` the row that is edited.

    `{{ form.seen }}` (in forms/_savebar.html) carries marks of the values that were shown. When what is stored differs
    from them now, the form is refused: a field left alone takes the other's value, a field that was written in keeps
    what was typed and says what the other wrote; saving again is then a choice. Without `seen` nothing is compared.
    """

    target: models.Model | None = None

    def __init__(self, *args, target: models.Model | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.target = target if target is not None else getattr(self, "instance", None)

    @property
    def seen(self) -> SafeString:
        name = self.add_prefix(FIELD)
        return format_html('<input type="hidden" name="{}" value="{}">', name, self.seen_value)

    @property
    def seen_value(self) -> str:
        """The marks alone, for a page that shows a form again without saving and keeps those it had."""
        return marks_of(self._stored())

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self._errors is not None and hasattr(self, "cleaned_data"):
            self._refuse_what_others_changed()

    def _refuse_what_others_changed(self) -> None:
        stored = self._stored()
        for name in changed_since(self.data.get(self.add_prefix(FIELD), ""), stored):
            typed = plain(self._typed(name))
            if typed == stored[name]:
                continue
            told = {
                "name": self._who(),
                "field": self.fields[name].label or pretty_name(name),
                "value": self._in_words(name),
            }
            if self._left_alone(name, typed):
                self._take_stored(name)
                self.add_error(None, _("%(name)s changed “%(field)s” meanwhile to: %(value)s") % told)
            else:
                text = _("%(name)s changed this meanwhile to: %(value)s. Save again to keep yours.")
                self.add_error(name, text % told)

    def _stored(self) -> dict[str, Any]:
        return {
            name: plain(self._initial(name))
            for name, field in self.fields.items()
            if not isinstance(field.widget, forms.PasswordInput | forms.FileInput) and not field.disabled
        }

    def _initial(self, name: str) -> Any:
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        return bool(value) if isinstance(field.widget, forms.CheckboxInput) else value

    def _typed(self, name: str) -> Any:
        widget = self.fields[name].widget
        return widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _left_alone(self, name: str, typed: Any) -> bool:
        return _marks(self.data.get(self.add_prefix(FIELD), "")).get(name) == _mark(typed)

    def _take_stored(self, name: str) -> None:
        """What the page shows again, and what saving again would write."""
        field, key, value = self.fields[name], self.add_prefix(name), self._initial(name)
        self.data = self.data.copy()
        if isinstance(value, list | tuple | set | models.QuerySet):
            self.data.setlist(key, [str(one) for one in value])
        elif isinstance(field.widget, forms.CheckboxInput):
            self.data.pop(key, None)
            if value:
                self.data[key] = "on"
        else:
            self.data[key] = "" if value is None else str(value)

    def _in_words(self, name: str) -> str:
        field, value = self.fields[name], self._initial(name)
        if isinstance(field.widget, forms.CheckboxInput):
            return _("on") if value else _("off")
        values = value if isinstance(value, list | tuple | set) else [value]
        labels = {str(key): str(label) for key, label in _choices_of(field)}
        words = ", ".join(labels.get(str(one), str(one)) for one in values if one not in (None, ""))
        return _("nothing") if not words else words[:LONGEST] + ("…" if len(words) > LONGEST else "")

    def _who(self) -> str:
        change = last_change(self.target) if self.target is not None and self.target.pk else None
        return change.member_name if change and change.member_name else _("Somebody")


def _choices_of(field: forms.Field):
    """Flat (value, label), groups opened."""
    for key, label in getattr(field, "choices", ()):
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


# For pages that are no Django form (lists of lines, builders): the same by hand.


def marks_of(values: Mapping[str, Any]) -> str:
    """A signed mark of each value, for a hidden field."""
    return signing.dumps({name: _mark(plain(value)) for name, value in values.items()}, salt=SALT)


def changed_since(seen: str, values: Mapping[str, Any]) -> list[str]:
    """Names whose stored value is no longer the one that `seen` marks. None when `seen` is missing or forged."""
    marks = _marks(seen)
    return [name for name, value in values.items() if name in marks and marks[name] != _mark(plain(value))]


def _marks(seen: str) -> dict[str, str]:
    try:
        return signing.loads(seen, salt=SALT)
    except signing.BadSignature:
        return {}


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def plain(value: Any) -> Any:
    """A value as a form would post it, so that what is stored and what is typed compare."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset | models.QuerySet):
        return sorted(str(one.pk if isinstance(one, models.Model) else one) for one in value)
    if value is None:
        return ""
    return "\n".join(str(value).strip().splitlines())
