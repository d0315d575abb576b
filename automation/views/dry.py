"""What a rule would have done: shown as it is found."""

from datetime import date, timedelta

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from automation.dryrun import DAYS
from automation.models import DryRun
from conversations import deeds
from conversations.models import Conversation
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
    first = row.told["first"]
    readable = Conversation.objects.visible_to(member).in_bulk([pk for pk, _at in first])
    return {
        "row": row,
        "days": _days(row),
        "first": [
            {"conversation": readable[pk], "at": parse_datetime(at)} for pk, at in first if pk in readable
        ],
        "deeds": deeds.describe_all([row.deeds])[0],
    }


def _days(row: DryRun) -> list[dict]:
    found = {date.fromisoformat(day): n for day, n in row.told["days"].items()}
    last = timezone.localtime(row.created_at).date()
    most = max(found.values(), default=1)
    days = [last - timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    return [{"day": day, "n": found.get(day, 0), "h": round(100 * found.get(day, 0) / most)} for day in days]
