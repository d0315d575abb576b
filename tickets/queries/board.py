"""The board of one pipeline: its stages as lanes, each read from the top, a page at a time."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from inboxes.models import Inbox, sees_only_own
from tickets.models import Pipeline, Stage, Ticket, TicketCount
from tickets.pipelines import stages_of
from tickets.queries.cards import WITH, Card, cards_of
from tickets.queries.narrow import Narrow, narrowed
from workspaces.models import Member

PAGE = 30
# A closed lane shows what was closed of late; all of it stands in the table.
OF_LATE = timedelta(days=7)
CAP = 1000  # a number beyond it is shown as "999+"


@dataclass
class Lane:
    stage: Stage
    cards: list[Card]
    count: int
    progress: int
    after: str = ""

    @property
    def shown(self) -> str:
        return "999+" if self.count >= CAP else str(self.count)


def lanes_of(pipeline: Pipeline, member: Member, narrow: Narrow) -> list[Lane]:
    """All lanes with their first cards: as many statements for ten tickets as for a million."""
    stages = stages_of(pipeline)
    counts = counts_of(pipeline, stages, member, narrow)
    first = _first_of_each(_on_board(member, narrow).filter(stage__in=[stage.pk for stage in stages]))
    cards = cards_of(first, member.workspace.slug)
    lanes = []
    for place, stage in enumerate(stages):
        own = [card for card in cards if card.stage == stage.pk]
        lane = Lane(stage, own[:PAGE], counts.get(stage.pk, 0), _progress(stage, place, stages))
        lane.after = _key(lane.cards[-1]) if len(own) > PAGE else ""
        lanes.append(lane)
    return lanes


def lane_page(stage: Stage, member: Member, narrow: Narrow, after: str) -> tuple[list[Card], str]:
    """The cards of a lane after a key, and the key of the next page ("" when there is none)."""
    rows = _on_board(member, narrow).filter(stage=stage)
    found = _read_key(after)
    if found:
        rank, pk = found
        rows = rows.filter(Q(position__gt=rank) | Q(position=rank, pk__gt=pk))
    tickets = list(rows.select_related(*WITH).order_by("position", "pk")[: PAGE + 1])
    cards = cards_of(tickets[:PAGE], member.workspace.slug)
    return cards, _key(cards[-1]) if len(tickets) > PAGE else ""


def cards_by_id(pipeline: Pipeline, ids: list[int], member: Member, narrow: Narrow) -> list[Card]:
    """Those of some tickets that stand on this board, for this member, under these filters."""
    rows = _on_board(member, narrow).filter(pipeline=pipeline, pk__in=ids)
    return cards_of(list(rows.select_related(*WITH).order_by("position", "pk")), member.workspace.slug)


def _on_board(member: Member, narrow: Narrow) -> QuerySet[Ticket]:
    rows = Ticket.objects.visible_to(member).present()
    rows = rows.filter(Q(stage__is_closed=False) | Q(closed_at__gte=timezone.now() - OF_LATE))
    return narrowed(rows, narrow, member)


def _first_of_each(rows: QuerySet[Ticket]) -> list[Ticket]:
    place = Window(RowNumber(), partition_by=[F("stage")], order_by=[F("position"), F("id")])
    first = rows.annotate(place=place).filter(place__lte=PAGE + 1).values_list("pk", flat=True)
    return list(Ticket.objects.filter(pk__in=list(first)).select_related(*WITH).order_by("position", "pk"))


def counts_of(pipeline: Pipeline, stages: list[Stage], member: Member, narrow: Narrow) -> dict[int, int]:
    """How many stand in each lane: the kept numbers where they say it, else counted up to CAP."""
    counted = [stage.pk for stage in stages if stage.is_closed or narrow or sees_only_own(member)]
    kept = [stage.pk for stage in stages if stage.pk not in counted]
    return _kept(kept, member) | _counted(counted, member, narrow)


def _kept(stages: list[int], member: Member) -> dict[int, int]:
    if not stages:
        return {}
    rows = TicketCount.objects.filter(stage__in=stages)
    if not member.reads_every_inbox():
        rows = rows.filter(Q(inbox=None) | Q(inbox__in=Inbox.objects.visible_to(member)))
    return dict(rows.values_list("stage").annotate(total=Sum("n")))


def _counted(stages: list[int], member: Member, narrow: Narrow) -> dict[int, int]:
    if not stages:
        return {}
    parts = [
        _on_board(member, narrow).filter(stage=stage).order_by().values_list("stage", flat=True)[:CAP]
        for stage in stages
    ]
    return dict(Counter(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]))


def _progress(stage: Stage, place: int, stages: list[Stage]) -> int:
    """How far along its pipeline it is, for the small pie beside its name."""
    return 100 if stage.is_closed else round(100 * place / max(1, len(stages) - 1))


def _key(card: Card) -> str:
    return f"{card.rank!r}_{card.pk}"


def _read_key(text: str) -> tuple[float, int] | None:
    rank, _sep, pk = text.partition("_")
    try:
        return float(rank), int(pk)
    except ValueError:
        return None
