"""What was changed of a company: a line for each, the newest first."""

from django.utils.translation import gettext as _

from contacts.models import About, Company, PropertyChange, PropertyDefinition
from contacts.timeline import Item, behind, line_of_change, mark_of

PAGE = 20


def changes_of(company: Company, before: str = "") -> tuple[list[Item], str]:
    """(one page behind a mark, the mark of the next; "" at the end): two queries."""
    rows = PropertyChange.objects.filter(company=company).select_related("by__user")
    found = list(behind(rows, "at", "change", mark_of(before))[: PAGE + 1])
    labels = {"name": _("Name"), "domain": _("Domain")}
    if any(one.key not in labels for one in found):
        rows_of_own = PropertyDefinition.objects.filter(about=About.COMPANY)
        labels |= {one.key: one.label for one in rows_of_own}
    items = [line_of_change(row, labels) for row in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return items, f"{last.at.isoformat()}_change-{last.pk}" if last else ""
