"""Everything read again, in the background: conversation by conversation, a batch a transaction, from where it stood.

Nothing is emptied first. Each subject's numbers are replaced in the transaction that reads it, so that reports answer
all the while; what is right already is not written again. A first reading of an installation's history is the same.
"""

import time
from datetime import datetime

from django.db import connection
from django.utils import timezone

from analytics import writing
from analytics.models import Reading, Subject
from analytics.place import reading
from workspaces.scope import current_workspace_id, workspace_scope

BATCH = 500
# Between two batches: whoever follows the log is let in.
PAUSE = 0.06
_CONVERSATIONS = """
select id from conversations_conversation
where workspace_id = %s and id > %s and (%s::timestamptz is null or last_activity_at >= %s) order by id limit %s
"""
_TICKETS = """
select id from tickets_ticket
where workspace_id = %s and id > %s and (%s::timestamptz is null or updated_at >= %s) order by id limit %s
"""


def ask(workspace_id: int, *, since: datetime | None = None) -> None:
    """Ask for it: of everything, or of what was touched since a moment. Asked while one is under way, it begins anew."""
    with workspace_scope(workspace_id):
        asked = {
            "again_asked_at": timezone.now(),
            "again_since": since,
            "again_at": "",
            "again_done_at": None,
        }
        Reading.objects.filter(workspace=workspace_id).update(**asked)


def is_under_way(place: Reading | None) -> bool:
    return place is not None and place.is_read_again


def go_on(workspace_id: int, *, seconds: float = 20.0) -> bool:
    """Some batches; whether there is more to do."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with reading(workspace_id) as place:
            if place is None:
                return True
            if not is_under_way(place) or not _batch(place):
                return False
        time.sleep(PAUSE)
    return True


def _batch(place: Reading) -> bool:
    """The next batch; False when that was the last one."""
    subject, _colon, after = (place.again_at or "c:0").partition(":")
    is_conversation = subject == Subject.CONVERSATION.value
    ids = _next(_CONVERSATIONS if is_conversation else _TICKETS, int(after), place.again_since)
    now = timezone.now()
    if ids and is_conversation:
        writing.write_conversations(ids, place.days, now)
    elif ids:
        writing.write_tickets(dict.fromkeys(ids, 0), place.days, now)
    if ids:
        place.again_at = f"{subject}:{ids[-1]}"
    elif is_conversation:
        place.again_at = f"{Subject.TICKET.value}:0"
    else:
        place.again_done_at = now
    place.save(update_fields=["again_at", "again_done_at"])
    return place.again_done_at is None


def _next(sql: str, after: int, since: datetime | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [current_workspace_id(), after, since, since, BATCH])
        return [pk for (pk,) in cursor.fetchall()]
