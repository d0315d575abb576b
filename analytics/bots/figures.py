"""How chatflows fare: what visitors' pages counted, and what became of the walks, which are facts (AN-3, AN-4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from analytics import numbers
from analytics.models import Kind
from analytics.scope import Scope
from chatflows.models import Chatflow, ChatflowVersion, FlowCount, FlowKind, Measure
from chatflows.words import HEADS

# Of pages: nobody has a conversation yet, so they are counts and no facts.
OF_PAGES = (Measure.SHOWN, Measure.OPENED, Measure.STARTED)
OF_STEPS = (Measure.REACHED, Measure.ANSWERED, Measure.DROPPED)
OF_WALKS = {
    "walks": Kind.BOT_STARTED,
    "completed": Kind.BOT_COMPLETED,
    "handed_over": Kind.BOT_HANDED_OVER,
    "abandoned": Kind.BOT_ABANDONED,
}
OF_CHATS = {"chats": Kind.CREATED, "replied": Kind.FIRST_RESPONSE, "missed": Kind.MISSED}
FACTS = OF_WALKS | OF_CHATS


@dataclass
class Fared:
    """One chatflow or version: how often each, by the names above."""

    of: Any
    n: Mapping[str, int]

    def share(self, part: str, whole: str) -> float | None:
        """Of a hundred; nothing where there is no whole."""
        return 100 * self.n[part] / self.n[whole] if self.n[whole] else None

    @property
    def is_bot(self) -> bool:
        return getattr(self.of, "kind", FlowKind.BOT) == FlowKind.BOT

    @property
    def conversion(self) -> float | None:
        """Begun, of all times it was shown (AN-4); of a bot its sessions, as everywhere on these pages."""
        return self.share("walks" if self.is_bot else "started", "shown")

    @property
    def completion(self) -> float | None:
        return self.share("completed", "walks")

    @property
    def gave_up(self) -> float | None:
        return self.share("abandoned", "walks")

    @property
    def given(self) -> float | None:
        return self.share("handed_over", "walks")


@dataclass(frozen=True)
class Step:
    """One action of a bot: how many walks came to it, answered it, were left there."""

    id: str
    name: str
    kind: str
    reached: int
    answered: int
    dropped: int
    share: int  # of a hundred walks, how many came here

    @property
    def loss(self) -> float | None:
        """Of a hundred who came here, how many were left here."""
        return 100 * self.dropped / self.reached if self.reached else None


@dataclass
class Details:
    """Everything about one chatflow in a period."""

    flow: Chatflow
    whole: Fared
    versions: list[Fared]
    steps: list[Step]
    # {name of a series: a number for each step of time}
    series: dict[str, list[int]] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)

    @property
    def worst(self) -> Step | None:
        """Where most are lost."""
        lossy = [step for step in self.steps if step.dropped]
        return max(lossy, key=lambda step: step.dropped, default=None)


# ── All of them ──


def of_all(flows: Iterable[Chatflow], scope: Scope) -> list[Fared]:
    """Two statements for any number of chatflows."""
    flows = list(flows)
    n: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = counted_in(scope).filter(step="", measure__in=OF_PAGES)
    for pk, measure, all in rows.values_list("chatflow", "measure").annotate(all=Sum("n")):
        n[pk][measure] = all
    for cell in numbers.counts(scope, list(FACTS.values()), by="chatflow"):
        if cell.by:
            n[int(cell.by)][_NAMED[cell.kind]] = cell.n
    return [Fared(flow, n[flow.pk]) for flow in flows]


def counted_in(scope: Scope):
    return FlowCount.objects.filter(hour__gte=scope.begins, hour__lt=scope.ends).order_by()


_NAMED = {str(kind): name for name, kind in FACTS.items()}


# ── One ──


def of_one(flow: Chatflow, scope: Scope, grain: str) -> Details:
    """Four statements: versions, counts, facts over time, facts by version."""
    versions = list(flow.versions.filter(published_at__isnull=False).order_by("-number"))
    counted = counted_in(scope).filter(chatflow=flow).values_list("version", "measure", "step")
    pages: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    steps: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for version, measure, step, n in counted.annotate(all=Sum("n")):
        if step:
            steps[step][measure] += n
        elif measure in OF_PAGES:
            pages[version][measure] += n
    over_time = numbers.counts(scope, list(FACTS.values()), grain=grain)
    by_version = numbers.counts(scope, list(FACTS.values()), by="version")
    for cell in by_version:
        if cell.by:
            pages[int(cell.by)][_NAMED[cell.kind]] = cell.n
    whole: dict[str, int] = defaultdict(int)
    for version_counts in pages.values():
        for name in OF_PAGES:
            whole[name] += version_counts[name]
    for cell in over_time:
        whole[_NAMED[cell.kind]] += cell.n
    days = scope.steps(grain)
    return Details(
        flow=flow,
        whole=Fared(flow, whole),
        versions=[Fared(one, pages[one.pk]) for one in versions if any(pages[one.pk].values())],
        steps=steps_of(versions, steps, whole["walks"]),
        series=_series(over_time, days, OF_WALKS if flow.kind == FlowKind.BOT else OF_CHATS),
        days=days,
    )


def steps_of(versions: list[ChatflowVersion], counted: Mapping, walks: int) -> list[Step]:
    """In the order of the newest version that has them."""
    known: dict[str, dict] = {}
    for version in versions:
        for step in version.definition.get("steps", []):
            known.setdefault(step["id"], step)
    order = [*known, *(id for id in counted if id not in known)]
    most = walks or max((one["reached"] for one in counted.values()), default=0)
    return [
        Step(
            id=id,
            name=_name(known.get(id)),
            kind=known.get(id, {}).get("kind", ""),
            **{measure.value: counted[id][measure] for measure in OF_STEPS},
            share=round(100 * min(1, counted[id]["reached"] / most)) if most else 0,
        )
        for id in order
        if id in counted
    ]


def name_of_step(flow: int, step: str) -> str:
    """As the newest version that has it calls it."""
    versions = ChatflowVersion.objects.filter(chatflow=flow).published().order_by("-number")
    steps = (one for version in versions for one in version.definition.get("steps", []))
    return _name(next((one for one in steps if one["id"] == step), None))


def _name(step: Mapping | None) -> str:
    if step is None:
        return _("Removed step")
    return step.get("name") or str(HEADS.get(step["kind"], step["id"]))


def _series(cells, days: list[date], named: Mapping[str, Kind]) -> dict[str, list[int]]:
    found = {(cell.kind, cell.at): cell.n for cell in cells}
    return {name: [found.get((kind, day), 0) for day in days] for name, kind in named.items()}
