"""What every page of the room begins with: filters, choices, and whether the numbers drift."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.choices import Choices, choices_of
from analytics.filters import CLOCKS, GRAINS, NARROWING, PRESETS, VERSUS, Filters, days_from, filters_from
from analytics.reports.makers import title_of
from analytics.scope import zone_of
from analytics.spell import period
from workspaces.permissions import Permission

MOST_INBOXES = 4
LABELLED = {"inbox", "kind", "channel", "team", "member", "flow", "label", "list", "country", "priority"}


def read_filters(request) -> tuple[Filters, Choices]:
    zone = request.workspace.time_zone
    today = timezone.now().astimezone(zone_of(zone)).date()
    choices = choices_of(request.workspace, days_from(request.GET, today, zone))
    return filters_from(request.GET, choices, today=today, zone=zone), choices


def frame(request, tab: str, filters: Filters, choices: Choices) -> dict[str, Any]:
    """The context of templates/analytics/frame.html."""
    return {
        "tab": tab,
        "filters": filters,
        "query": filters.query,
        "period": period(filters.scope.first, filters.scope.last),
        "presets": PRESETS.items(),
        "versus": VERSUS.items(),
        "clocks": CLOCKS.items(),
        "grains": GRAINS.items(),
        "inboxes": _inboxes(filters, choices),
        "narrowing": _narrowing(filters, choices),
        # The newest look of the nightly comparison, for those who can do something about it.
        "drift": choices.drift if request.member.may(Permission.MANAGE_WORKSPACE) else None,
    }


def _narrowing(filters: Filters, choices: Choices) -> list[dict[str, Any]]:
    found = []
    for name, (attribute, by) in NARROWING.items():
        offered = choices.offered(by)
        if name not in LABELLED or not offered:
            continue
        chosen = {str(value) for value in getattr(filters.scope, attribute)}
        word = _of_gone(by)
        rows = [
            (value, label, value in chosen, word if (by, value) in choices.gone else "")
            for value, label in offered
        ]
        found.append({"name": name, "title": title_of(by), "rows": rows, "chosen": len(chosen)})
    return found


def _of_gone(by: str) -> str:
    """What stands beside the name of one that has gone."""
    words = {"member": pgettext("member", "removed"), "channel": _("Disconnected"), "chatflow": _("Archived")}
    return words.get(by, "")


def _inboxes(filters: Filters, choices: Choices) -> list[dict[str, Any]]:
    """All of them or one, at a click, where there are few."""
    offered = choices.offered("inbox")
    if not 1 < len(offered) <= MOST_INBOXES:
        return []
    chosen = filters.scope.inboxes
    found = [{"name": "", "query": filters.on(inboxes=()).query, "current": not chosen}]
    for value, name in offered:
        one = (int(value),)
        found.append({"name": name, "query": filters.on(inboxes=one).query, "current": chosen == one})
    return found
