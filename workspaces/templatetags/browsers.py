"""A browser's long name in a few words, for the list of sessions."""

import re

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The order matters: each of these also calls itself by the names below it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone|iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(agent: str) -> str:
    """ "Firefox, Windows", or what is known of it."""
    known = [
        next((name for mark, name in table if re.search(mark, agent)), "") for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, known)) or _("An unknown browser")
