"""Where a card lands between its neighbours."""

from tickets.models import Stage, Ticket


def between(stage: Stage, above: int | None, below: int | None) -> float | None:
    """The position for a card under `above` and over `below` (ids, as a script saw them); None: on top."""
    rows = Ticket.objects.filter(stage=stage, pk__in=[pk for pk in (above, below) if pk])
    ranks = dict(rows.values_list("pk", "position"))
    upper, lower = ranks.get(above or 0), ranks.get(below or 0)
    if upper is not None and lower is not None:
        return (upper + lower) / 2
    if upper is not None:
        return upper + 1
    return lower - 1 if lower is not None else None
