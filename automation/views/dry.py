"""What a rule would have done: shown as it is found."""

from datetime import date, timedelta

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from automation.dryrun import DAYS
from automation.models import DryRun
from automation.of_tickets import DEEDS
from conversations import deeds
from conversations.models import Conversation
from tickets.models import Ticket
from workspaces.access import allowed
from workspaces.models import Member
from workspaces.permissions import Permission


@require_safe
@allowed(Permission.MANAGE_INBOXES)
def dry(request, dry_pk):
    row = get_object_or_404(DryRun, pk=dry_pk, member=request.member)
    context = {"dry": shown(row, request.member)}
    if request.htmx:
        return render(request, "automation/_dry.html", context)
    return render(request, "automation/dry.html", context)


def shown(row: DryRun, member: Member) -> dict:
    """Counts, a bar a day, and the first that it would have taken, within what this member may read."""
    first = _first(row, member)
    lacks = any("ticket" in one for one in first)
    words = deeds.describe_all([row.deeds])[0]
    return {
        "row": row,
        "days": _days(row),
        "first": first,
        # Marked: what a ticket without a conversation cannot have done to it, where the list holds one.
        "deeds": [
            {"words": said, "undone": lacks and deed["do"] not in DEEDS}
            for deed, said in zip(row.deeds, words, strict=True)
        ],
    }


def _first(row: DryRun, member: Member) -> list[dict]:
    told = row.told["first"]
    talks = Conversation.objects.visible_to(member).in_bulk([pk for pk, *_rest in told if pk])
    numbers = [rest[0] for _pk, _at, *rest in told if rest]
    tickets = Ticket.objects.visible_to(member).select_related("stage").in_bulk(numbers)
    found: list[dict] = []
    for pk, at, *rest in told:
        moment = parse_datetime(at)
        if pk in talks:
            found.append({"conversation": talks[pk], "at": moment})
        elif rest and rest[0] in tickets:
            found.append({"ticket": tickets[rest[0]], "at": moment})
    return found


def _days(row: DryRun) -> list[dict]:
    found = {date.fromisoformat(day): n for day, n in row.told["days"].items()}
    last = timezone.localtime(row.created_at).date()
    most = max(found.values(), default=1)
    days = [last - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    return [{"day": day, "n": found.get(day, 0), "h": round(100 * found.get(day, 0) / most)} for day in days]
