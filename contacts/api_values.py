"""The workspace's own properties as programs read and write them: by their keys, written also by their names."""

from typing import Any

from django.core.exceptions import ValidationError

from contacts.custom import field_of, kept
from contacts.models import PropertyDefinition, Sort
from workspaces.programs import Wrong, in_words


def told(own: list[PropertyDefinition], custom: dict[str, Any]) -> dict[str, Any]:
    """Those that are in use and hold something. Of a file its name and size: programs fetch none."""
    return {one.key: _plain(custom[one.key]) for one in own if one.key in custom}


def _plain(value: Any) -> Any:
    return {"name": value.get("name"), "size": value.get("size")} if isinstance(value, dict) else value


def read(own: list[PropertyDefinition], said: Any) -> dict[str, Any]:
    """{key: value} as it is kept, None where a property is to be emptied. Raises Wrong."""
    if not isinstance(said, dict):
        raise Wrong("properties")
    by_name = {one.label.casefold(): one for one in own} | {one.key: one for one in own}
    values = {}
    for name, value in said.items():
        one = by_name.get(name) or by_name.get(name.casefold())
        field = f"properties.{name[:60]}"
        if one is None or one.sort == Sort.FILE or (value is None and one.is_required):
            raise Wrong(field)
        values[one.key] = None if value is None else _checked(one, value, field)
    return values


def _checked(one: PropertyDefinition, value: Any, field: str) -> Any:
    if not _is_of_sort(one, value):
        raise Wrong(field)
    typed = str(value) if one.sort == Sort.NUMBER else value
    try:
        return kept(field_of(one).clean(typed))
    except ValidationError as refused:
        raise Wrong(field, in_words(refused)) from None


def _is_of_sort(one: PropertyDefinition, value: Any) -> bool:
    if one.sort == Sort.CHECK:
        return isinstance(value, bool)
    if one.sort == Sort.MANY:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if one.sort == Sort.NUMBER:
        return isinstance(value, int | float | str) and not isinstance(value, bool)
    return isinstance(value, str) and "\0" not in value


def as_json(one: PropertyDefinition) -> dict[str, Any]:
    return {
        "about": one.about,
        "key": one.key,
        "name": one.label,
        "sort": one.sort,
        "options": one.options,
        "required": one.is_required,
    }
