"""The map of the keyboard as the reader of a page has it; scripts read it from the dialog that shows it."""

import json

from django import template

from workspaces.shortcuts import GROUPS, Bound, keys_of

register = template.Library()


@register.simple_tag(takes_context=True)
def key_groups(context) -> list[dict]:
    """[{key, label, keys: [Bound]}], in the order of the map; without pages that this reader has not."""
    views = frozenset(view["key"] for item in context.get("nav", ()) for view in item.get("views", ()))
    user, slug = context["request"].user, context["workspace"].slug
    bound = keys_of(user.shortcuts, slug, views)
    groups = [
        {"key": key, "label": label, "keys": [one for one in bound if one.shortcut.group == key]}
        for key, label in GROUPS.items()
    ]
    return [group for group in groups if group["keys"]]


@register.filter
def as_data(bound: Bound) -> str:
    """Its keys for a data attribute."""
    return json.dumps(bound.keys, ensure_ascii=False)
