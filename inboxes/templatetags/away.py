"""What the personal menu offers to whoever goes away."""

from django import template

from inboxes.availability import reasons_of

register = template.Library()


@register.filter
def away_reasons(workspace) -> list[str]:
    return reasons_of(workspace)
