"""What can stand on a dashboard: reports, chatflows, and what the live board shows."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from analytics.bots.cards import BESIDE, cards_of
from analytics.live.cards import CARDS
from analytics.reports import PAGES, REPORTS, Report
from analytics.reports.overview import BOTS as BOT_MOST
from chatflows.models import Chatflow

ALWAYS: dict[str, Report] = REPORTS | {BOT_MOST.key: BOT_MOST} | BESIDE | CARDS
_OF_FLOW = re.compile(r"bot-([1-9]\d{0,17})(-time|-steps)?", re.ASCII)


def looks_known(key: str) -> bool:
    """Without asking whether there is such a chatflow."""
    return key in ALWAYS or bool(_OF_FLOW.fullmatch(key))


def found(keys: Iterable[str]) -> dict[str, Report]:
    """{key: report} in their order; what there is no more is left out. One statement when chatflows are among them."""
    keys = list(dict.fromkeys(keys))
    named = {key: int(match[1]) for key in keys if (match := _OF_FLOW.fullmatch(key))}
    flows = cards_of(Chatflow.objects.filter(pk__in=named.values())) if named else {}
    every = ALWAYS | flows
    return {key: every[key] for key in keys if key in every}


def offered() -> list[tuple[Any, list[Report]]]:
    """[(heading, reports)], everything that can be chosen."""
    flows = Chatflow.objects.filter(published__isnull=False).present().order_by("name", "pk")
    groups: list[tuple[Any, list[Report]]] = [(page.title, list(page.reports)) for page in PAGES.values()]
    groups.append((_("Chatflows"), [BOT_MOST, *BESIDE.values(), *cards_of(flows).values()]))
    return [*groups, (_("Right now"), list(CARDS.values()))]
