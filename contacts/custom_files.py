"""A property that holds a file. Kept is {"key", "name", "size", "thumb"}; the bytes stand where a room above keeps files."""

from collections.abc import Mapping
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.db import models


class Keeper(Protocol):
    """What the room above does with files."""

    def check(self, upload: Any) -> Any:
        """Look at what was brought. Raises ValidationError in words."""

    def is_fresh(self, value: Any) -> bool:
        """Whether a value is what `check` gave, and not kept yet."""

    def keep(self, row: models.Model, key: str, checked: Any) -> dict[str, Any]:
        """Keep it for a property of a row; returns the value of the property."""

    def forget(self, row: models.Model, value: dict[str, Any]) -> None:
        """Let go of what a property of this row held."""

    def url(self, value: dict[str, Any], *, thumb: bool = False) -> str:
        """Where it is fetched, by who may see the row; "" outside a request."""


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    _keepers[:] = [keeper]


def keeper() -> Keeper:
    return _keepers[0]


def url_of(value: Any) -> str:
    return keeper().url(value) if isinstance(value, dict) else ""


def settled(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them: what was brought is kept, what it takes the place of is let go. `row` is locked."""
    found = {}
    for key, value in values.items():
        found[key] = keeper().keep(row, key, value) if keeper().is_fresh(value) else value
        before = row.custom.get(key)  # type: ignore[attr-defined]
        if isinstance(before, dict) and found[key] != before:
            keeper().forget(row, before)
    return found


def without_key(value: Any) -> Any:
    """What programs outside are told of a value: of a file its name."""
    return value.get("name", "") if isinstance(value, dict) else value


class OwnFileInput(forms.ClearableFileInput):
    """The file that stands there, a box that takes it away, and a place for another."""

    template_name = "forms/file.html"

    def is_initial(self, value: Any) -> bool:
        return isinstance(value, dict)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"] |= {
                "url": keeper().url(value),
                "thumb_url": keeper().url(value, thumb=True) if value.get("thumb") else "",
            }
        return context


class OwnFileField(forms.FileField):
    widget = OwnFileInput

    def to_python(self, data):
        return None if data in self.empty_values else keeper().check(data)

    def bound_data(self, data, initial):
        """A browser does not send a file again with what was refused: what stood there is shown."""
        return initial

    def clean(self, data, initial=None):
        if isinstance(data, str):  # words where a file belongs: nothing was brought
            data = None
        if data is False and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return super().clean(data, initial)
