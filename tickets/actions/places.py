"""Where a card lands between its neighbours."""

from django.db import transaction
from django.db.models import Max, Min, Q

from events.record import entry, record_all
from events.types import TICKET_PLACED
from tickets.models import Stage, Ticket

# As many make room together where two stand so close that no number is left between them.
NEIGHBOURS = 50


def between(stage: Stage, above: int | None, below: int | None) -> float | None:
    """The position for a card under `above` and over `below` (ids, as a script saw them); None: on top.

    Only one of them: right beside it, whatever stands further on and is not shown.
    """
    rows = Ticket.objects.present().filter(stage=stage)
    ranks = dict(rows.filter(pk__in=[pk for pk in (above, below) if pk]).values_list("pk", "position"))
    upper, lower = ranks.get(above or 0), ranks.get(below or 0)
    if upper is None and lower is None:
        return None
    if lower is None or (upper is not None and upper > lower):  # drawn before somebody moved one of them
        lower = rows.filter(position__gt=upper).aggregate(at=Min("position"))["at"]
    elif upper is None:
        upper = rows.filter(position__lt=lower).aggregate(at=Max("position"))["at"]
    if upper is None:
        return lower - 1
    if lower is None:
        return upper + 1
    return _middle(upper, lower) or _make_room(stage, above or 0, lower)


def _middle(upper: float, lower: float) -> float | None:
    middle = (upper + lower) / 2
    return middle if upper < middle < lower else None


@transaction.atomic
def _make_room(stage: Stage, above: int, lower: float) -> float:
    """Push the cards over that place up, evenly, and tell the boards; what stays is their order."""
    over_it = Q(position__lt=lower) | Q(position=lower, pk__lte=above)
    rows = Ticket.objects.present().filter(over_it, stage=stage)
    rows = rows.select_for_update(of=("self",)).order_by("-position", "-pk")
    crowd = list(rows.only("pk", "position", "version")[: NEIGHBOURS + 1])
    over = crowd.pop().position if len(crowd) > NEIGHBOURS else lower - 2 * (len(crowd) + 1)
    step = (lower - over) / (len(crowd) + 2)
    for n, row in enumerate(crowd):
        row.position, row.version = lower - step * (n + 2), row.version + 1
    Ticket.objects.bulk_update(crowd, ["position", "version"])
    record_all([entry(TICKET_PLACED, ticket=row.pk) for row in crowd])
    return lower - step
