"""How chatflows fare: counted in Valkey as it happens, folded into rows of an hour once a minute, read as tables."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import structlog
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from chatflows.counting import add_count, counts_key, flush, folding
from chatflows.models import Chatflow, FlowCount, Measure
from events.dispatch import valkey
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)
HOUR = 3600


def note(measure: str, *, workspace: int, flow: int, version: int, step: str = "", n: int = 1) -> None:
    """Count something that happened. Takes microseconds, asks nobody, raises nothing."""
    add_count(
        f"{workspace}:{flow}:{version}:{Measure(measure).value}:{int(time.time()) // HOUR}:{step[:64]}", n
    )


# ── Folding ──

_FOLD = """
insert into chatflows_flowcount (workspace_id, chatflow_id, version_id, measure, step, hour, n)
select v.workspace_id, v.chatflow_id, v.id, f.measure, f.step, f.hour, f.n
from unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::int[]) as f(version, measure, step, hour, n)
join chatflows_chatflowversion v on v.id = f.version
on conflict (version_id, measure, step, hour) do update set n = chatflows_flowcount.n + excluded.n
"""


def fold() -> int:
    """Bring what was counted into the database; returns how many counts. One at a time; what fails is folded next time."""
    flush()
    client = valkey()
    with folding(counts_key()) as apart:
        found = cast("dict[bytes, bytes]", client.hgetall(apart)) if apart else {}
        counted = {str(name, "utf-8"): int(n) for name, n in found.items()}
        by_workspace: dict[int, list[str]] = defaultdict(list)
        for name in counted:
            by_workspace[int(name.split(":", 1)[0])].append(name)
        for workspace_id, names in by_workspace.items():
            with workspace_scope(workspace_id):
                _write([(*name.split(":", 5), counted[name]) for name in names])
            client.hdel(apart, *names)
        return len(counted)


def _write(rows: list[tuple]) -> None:
    columns = [
        [int(row[2]) for row in rows],
        [row[3] for row in rows],
        [row[5] for row in rows],
        [datetime.fromtimestamp(int(row[4]) * HOUR, UTC) for row in rows],
        [row[6] for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, columns)


# ── Reading ──


@dataclass
class Fared:
    """Of one flow or version: what stands for the whole of it, and what for each step."""

    whole: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    steps: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, measure: str, step: str, n: int) -> None:
        if step:
            self.steps[step][measure] += n
        else:
            self.whole[measure] += n

    def rate(self, measure: str, of: str) -> float | None:
        """The share of one measure in another, None when there is nothing to take a share of."""
        return self.whole[measure] / self.whole[of] if self.whole[of] else None


def since(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def of_flows(flows: list[Chatflow], days: int = 30) -> dict[int, Fared]:
    """Every flow's figures of the last days. One query."""
    found: dict[int, Fared] = defaultdict(Fared)
    rows = FlowCount.objects.filter(chatflow__in=flows, hour__gte=since(days), step="")
    for pk, measure, n in rows.values_list("chatflow", "measure").annotate(all=Sum("n")):
        found[pk].add(measure, "", n)
    return found


def of_versions(flow: Chatflow, days: int = 30) -> dict[int, Fared]:
    """By version, steps and all. One query."""
    return _by_version(FlowCount.objects.filter(chatflow=flow, hour__gte=since(days)))


def of_version(version_id: int, days: int = 30) -> Fared:
    """One version's, for the cards of the builder."""
    return _by_version(FlowCount.objects.filter(version=version_id, hour__gte=since(days)))[version_id]


def of_trial(flow: Chatflow) -> dict[int, Fared]:
    """Both versions since the trial began: only whole hours within it, so that neither has a head start."""
    if flow.trial_since is None or flow.rival_id is None:
        return {}
    full = flow.trial_since.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    both = [flow.published_id, flow.rival_id]
    return _by_version(FlowCount.objects.filter(chatflow=flow, version__in=both, hour__gte=full))


def _by_version(rows) -> dict[int, Fared]:
    found: dict[int, Fared] = defaultdict(Fared)
    summed = rows.values_list("version", "measure", "step").annotate(all=Sum("n"))
    for version, measure, step, n in summed:
        found[version].add(measure, step, n)
    return found


def path_of(version_id: int, days: int = 30) -> tuple[Fared, dict[str, dict[str, int]]]:
    """A version's figures, and of each of its steps: reached, answered, dropped, and of a hundred walks how many reach it."""
    fared = of_version(version_id, days)
    walks = fared.whole["started"] or max((step["reached"] for step in fared.steps.values()), default=0)
    steps = {}
    for id, step in fared.steps.items():
        share = round(100 * min(1, step["reached"] / walks)) if walks else 0
        steps[id] = dict(step) | {"share": share}
    return fared, steps
