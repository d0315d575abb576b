"""Which pages somebody known looks at: noted where their browser shows itself, folded into the last twenty once a minute.

Only of a visitor who is a contact; whoever is asked first and said no keeps no session, and is known nowhere.
"""

import json
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import cast

from chatflows.audience import without_secrets
from chatflows.counting import add_seen, flush, folding, seen_key
from contacts.models import PagesSeen, Visitor
from events.dispatch import valkey
from workspaces.scope import workspace_scope

MOST = 20
AGAIN_AFTER = timedelta(minutes=30)  # the same page once more, sooner than this, is no other look
AT_ONCE = 5000

Look = tuple[datetime, str]


def note(visitor: Visitor, url: str) -> None:
    """Takes microseconds, asks nobody, raises nothing."""
    if visitor.contact_id is None or not url.startswith(("https://", "http://")):
        return
    if page := without_secrets(url.replace("\x00", "")):
        add_seen([visitor.workspace_id, visitor.pk, int(time.time()), page])


def fold() -> int:
    """Bring what was noted into the database; returns how many looks. One at a time; what fails is folded next time."""
    flush()
    client, n = valkey(), 0
    with folding(seen_key()) as apart:
        while rows := cast("list[bytes]", client.lrange(apart, 0, AT_ONCE - 1) if apart else []):
            for workspace_id, looks in _by_workspace(rows).items():
                with workspace_scope(workspace_id):
                    _write(looks)
            client.ltrim(apart, len(rows), -1)
            n += len(rows)
    return n


def _by_workspace(rows: list[bytes]) -> dict[int, dict[int, list[Look]]]:
    found: dict[int, dict[int, list[Look]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        workspace, visitor, seconds, page = json.loads(row)
        found[workspace][visitor].append((datetime.fromtimestamp(seconds, UTC), page))
    return found


def _write(looks: dict[int, list[Look]]) -> None:
    """Two statements, and what they read: whoever was erased meanwhile is no contact's browser any more."""
    visitors = Visitor.objects.filter(pk__in=looks, contact__isnull=False, revoked_at=None)
    locked = list(visitors.select_for_update(of=("self",)).order_by("pk"))
    standing = {row.visitor_id: row.pages for row in PagesSeen.objects.filter(visitor__in=locked)}
    rows = []
    for visitor in locked:
        pages = last_of(standing.get(visitor.pk, []), looks[visitor.pk])
        visitor.page_url = pages[0][1]
        first_at = datetime.fromisoformat(pages[-1][0])
        rows.append(
            PagesSeen(workspace_id=visitor.workspace_id, visitor=visitor, pages=pages, first_at=first_at)
        )
    PagesSeen.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["visitor"], update_fields=["pages", "first_at"]
    )
    Visitor.objects.bulk_update(locked, ["page_url"])


def last_of(standing: list[list[str]], looks: list[Look]) -> list[list[str]]:
    """The newest first. The same page again and again is one look."""
    pages = [(datetime.fromisoformat(at), page) for at, page in reversed(standing)]
    for at, page in sorted(looks, key=itemgetter(0)):
        if not pages or pages[-1][1] != page or at - pages[-1][0] > AGAIN_AFTER:
            pages.append((at, page))
    return [[at.isoformat(), page] for at, page in reversed(pages[-MOST:])]
