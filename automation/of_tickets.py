"""Rules about a ticket that has no conversation: what they may ask of it, and what they can do to it.

Of the conditions those about a ticket and its contact are understood; what only a conversation has is never met. Deeds that
need a conversation say so in the run.
"""

from collections.abc import Callable, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from automation import conditions
from automation.models import Rule
from automation.webhooks import KIND as WEBHOOK
from automation.webhooks import owe
from conversations.conditions import Asked
from conversations.deeds import Outcome
from conversations.deeds.kinds import DeedRefused, Doing
from events.cause import Cause, caused_by
from tickets.deeds import ON_TICKETS
from tickets.models import Ticket
from tickets.queries.conditions import FIELDS
from workspaces.refusals import Refused

# A field of conversations -> the same of lists of tickets.
SAME = {
    **{
        f"ticket_{name}": name
        for name in (
            "stage",
            "pipeline",
            "priority",
            "owner",
            "team",
            "source",
            "name",
            "category",
            "created",
            "closed",
            "due",
            "promises",
        )
    },
    "inbox": "inbox",
    "contact_name": "contact_name",
    "contact_email": "contact_email",
    "contact_company": "company",
}
OWN = "ticket_prop_"
NEVER = Q(pk__in=[])
DEEDS: dict[str, Callable[[Ticket, dict, Doing], None]] = {
    **ON_TICKETS,
    WEBHOOK: lambda ticket, deed, doing: owe(None, deed, doing),
}


def matching(ticket_id: int, rules: Sequence[Rule]) -> dict[int, list[dict]]:
    """The rules whose conditions a ticket meets, with the lines that were met. One query, whatever their number."""
    asked = Asked(0, timezone.now())
    rows = Ticket.objects.present().filter(pk=ticket_id)
    return conditions.met_by(
        rows, rules, partial(to_q, asked=asked), lambda group, _ticket: conditions.lines_of(group)
    )


def to_q(group: dict, asked: Asked) -> Q:
    found = Q()
    for line in conditions.lines_of(group):
        found &= _line(line["field"], line["op"], line.get("value"), asked)
    return found


def _line(field: str, op: str, value, asked: Asked) -> Q:
    if field == "ticket":  # whether there is one
        return Q() if op == "yes" else NEVER
    if field == "ticket_open":
        return Q(closed_at__isnull=op == "yes")
    key = f"own_{field.removeprefix(OWN)}" if field.startswith(OWN) else SAME.get(field)
    return FIELDS[key].find(op, value, asked) if key else NEVER


@transaction.atomic
def apply(ticket: Ticket, deeds: list[dict], *, cause: Cause | None, key: str) -> list[Outcome]:
    """Do them in order; one refusal never stops the others."""
    doing = Doing(actor=None, cause=cause, key=key, now=timezone.now())
    with caused_by(cause):
        return [_do(ticket, deed, doing) for deed in deeds]


def _do(ticket: Ticket, deed: dict, doing: Doing) -> Outcome:
    try:
        with transaction.atomic():
            act = DEEDS.get(deed["do"])
            if act is None:
                raise DeedRefused(_("This ticket has no conversation."))
            act(ticket, deed, doing)
    except Refused as refused:
        return Outcome(deed, False, str(refused))
    return Outcome(deed, True)
