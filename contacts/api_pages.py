"""Pages of a list for programs: the newest first, or what changed since a moment in the order in which it changed."""

from datetime import UTC, datetime

from django.db.models import Q, QuerySet

from workspaces.numbers import moment, whole
from workspaces.programs import PAGE, Wrong, number_in


def asks_for_changes(request) -> bool:
    return bool(request.GET.get("updated_since") or request.GET.get("after"))


def page_of(request, rows: QuerySet) -> tuple[list, dict[str, object]]:
    """(the rows, {"before" or "after": with which the next page is asked for, None at the end})."""
    if asks_for_changes(request):
        found = list(_changed(request, rows)[: PAGE + 1])
        return found[:PAGE], {"after": _mark(found[PAGE - 1]) if len(found) > PAGE else None}
    if before := number_in(request, "before"):
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], {"before": found[PAGE - 1].pk if len(found) > PAGE else None}


def _changed(request, rows: QuerySet) -> QuerySet:
    """The first comparison bounds the index."""
    rows = rows.order_by("updated_at", "pk")
    if after := request.GET.get("after", ""):
        said, _sep, number = after.partition("_")
        if not (pk := whole(number)):
            raise Wrong("after")
        at = _moment("after", said)
        return rows.filter(updated_at__gte=at).filter(Q(updated_at__gt=at) | Q(pk__gt=pk))
    return rows.filter(updated_at__gte=_moment("updated_since", request.GET["updated_since"]))


def _moment(field: str, text: str) -> datetime:
    """A plus that became a space on the way is one again."""
    at = moment(text.replace(" ", "+") if "T" in text else text)
    if at is None:
        raise Wrong(field)
    return at


def _mark(row) -> str:
    """Without a sign that means another thing in an address."""
    return f"{row.updated_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{row.pk}"
