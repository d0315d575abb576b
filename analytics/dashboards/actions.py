"""What people do with dashboards: make, fill, order, share, copy, remove."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from analytics.dashboards import panels as all_panels
from analytics.models import Dashboard
from workspaces.audit import note
from workspaces.models import Member
from workspaces.permissions import Permission, Role

MOST_PANELS = 24
MOST = 100  # of a workspace


class TooMany(Exception):
    """There are as many dashboards as anybody can look at."""


def seen_by(member: Member):
    """One's own, and those shared with one's role; who manages the workspace sees all of them."""
    rows = Dashboard.objects.order_by("name", "pk")
    if member.may(Permission.MANAGE_WORKSPACE):
        return rows
    return rows.filter(Q(maker=member) | Q(roles__contains=[member.role]))


def changed_by(member: Member) -> list[Dashboard]:
    """Those that somebody may add to."""
    rows = seen_by(member)
    return list(rows if member.may(Permission.MANAGE_WORKSPACE) else rows.filter(maker=member))


def may_change(dashboard: Dashboard, member: Member) -> bool:
    return dashboard.maker_id == member.pk or member.may(Permission.MANAGE_WORKSPACE)


@transaction.atomic
def create(*, name: str, reports: Sequence[str], query: str = "", by: Member) -> Dashboard:
    """With these reports, half a row each. Raises TooMany."""
    if Dashboard.objects.count() >= MOST:
        raise TooMany
    panels = [{"report": key, "half": True} for key in all_panels.found(reports)]
    made = Dashboard.objects.create(name=name, maker=by, panels=panels[:MOST_PANELS], query=query)
    note("dashboard.created", made, after={"name": name}, member=by)
    return made


@transaction.atomic
def save(dashboard: Dashboard, *, name: str, roles: Collection[str], query: str, by: Member) -> None:
    before = {"name": dashboard.name, "roles": dashboard.roles, "query": dashboard.query}
    after = {"name": name, "roles": [role for role in Role.values if role in roles], "query": query}
    _write(dashboard, **after)
    note("dashboard.changed", dashboard, before, after, member=by)


@transaction.atomic
def add(dashboard: Dashboard, reports: Sequence[str]) -> bool:
    """At the end; what it has already stays where it is. False when not all of it has room."""
    row = _locked(dashboard)
    has = {panel["report"] for panel in row.panels}
    new = [{"report": key, "half": True} for key in all_panels.found(reports) if key not in has]
    _write(row, panels=[*row.panels, *new][:MOST_PANELS])
    return len(has) + len(new) <= MOST_PANELS


@transaction.atomic
def place(dashboard: Dashboard, report: str, to: int) -> None:
    row = _locked(dashboard)
    moved = next((panel for panel in row.panels if panel["report"] == report), None)
    if moved is None:
        return
    others = [panel for panel in row.panels if panel is not moved]
    others.insert(max(0, min(to, len(others))), moved)
    _write(row, panels=others)


@transaction.atomic
def resize(dashboard: Dashboard, report: str, *, half: bool) -> None:
    row = _locked(dashboard)
    panels = [panel | {"half": half} if panel["report"] == report else panel for panel in row.panels]
    _write(row, panels=panels)


@transaction.atomic
def drop(dashboard: Dashboard, report: str) -> None:
    row = _locked(dashboard)
    _write(row, panels=[panel for panel in row.panels if panel["report"] != report])


@transaction.atomic
def remove(dashboard: Dashboard, *, by: Member) -> None:
    note("dashboard.removed", dashboard, before={"name": dashboard.name}, member=by)
    dashboard.delete()


def _locked(dashboard: Dashboard) -> Dashboard:
    return Dashboard.objects.select_for_update(of=("self",)).get(pk=dashboard.pk)


def _write(dashboard: Dashboard, **fields) -> None:
    for name, value in fields.items():
        setattr(dashboard, name, value)
    dashboard.changed_at = timezone.now()
    dashboard.save(update_fields=[*fields, "changed_at"])
