"""What the pages of chatflows draw with."""

from django import template

from chatflows.words import ICONS

register = template.Library()


@register.filter
def kind_icon(key: str) -> str:
    """The sprite's name for a kind of step."""
    return ICONS.get(key, "flow")
