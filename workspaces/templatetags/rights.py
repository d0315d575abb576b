"""What the reader of a page may do, so that it offers nothing else."""

from django import template

register = template.Library()


@register.filter
def may(member, permission: str) -> bool:
    """{% if member|may:"manage_inboxes" %}"""
    return member.may(permission)
