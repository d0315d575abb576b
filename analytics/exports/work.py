"""Facts as a file: asked for, written in the background kind by kind, fetched by who asked, gone after some days."""

from datetime import date, timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.choices import choices_of
from analytics.exports.rows import FIELDS, as_row, facts_of
from analytics.filters import days_from, filters_from
from analytics.models import ExportState, Fact, FactsExport, Kind
from analytics.scope import Scope
from contacts import csv_out
from workspaces.audit import note
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope

PIECE = 5000
STAYS = timedelta(days=3)
STALLED = timedelta(seconds=60)
TRIES = 5


def may_export(member: Member) -> bool:
    return member.may(Permission.EXPORT) and member.may(Permission.VIEW_REPORTS)


@transaction.atomic
def ask(*, first: date, last: date, query: str, by: Member) -> FactsExport:
    """Note that a file is wanted. Raises ValidationError."""
    from analytics.tasks import run_export

    if FactsExport.objects.filter(member=by, state=ExportState.RUNNING).exists():
        raise ValidationError(_("A file is being made already."))
    export = FactsExport.objects.create(member=by, first_day=first, last_day=last, query=query)
    days = {"from": first.isoformat(), "to": last.isoformat()}
    note("facts_file.requested", f"export {export.pk}", after=days, member=by)
    transaction.on_commit(partial(run_export.delay, export.workspace_id, export.pk), robust=True)
    return export


def run(workspace_id: int, pk: int) -> None:
    """Write the file. After a stop it begins again: nothing but the file was written."""
    with workspace_scope(workspace_id):
        rows = FactsExport.objects.select_for_update(of=("self",)).select_related("member__workspace")
        export = rows.filter(pk=pk, state=ExportState.RUNNING).first()
        if export is None:
            return
        export.attempts += 1
        export.moved_at = timezone.now()
        # Whoever lost the right meanwhile gets nothing.
        if export.attempts > TRIES or not may_export(export.member):
            export.state = ExportState.FAILED
        export.save(update_fields=["attempts", "moved_at", "state"])
        scope = _scope(export)
    if export.state == ExportState.RUNNING:
        _write(export, scope)


def _scope(export: FactsExport) -> Scope:
    workspace = export.member.workspace
    asked = QueryDict(export.query, mutable=True)
    asked.pop("period", None)
    asked["from"], asked["to"] = export.first_day.isoformat(), export.last_day.isoformat()
    zone = workspace.time_zone
    choices = choices_of(workspace, days_from(asked, export.last_day, zone))
    return filters_from(asked, choices, today=export.last_day, zone=zone).scope


def _write(export: FactsExport, scope: Scope) -> None:
    half = export.path.with_suffix(f".{export.attempts}.part")
    with half.open("w", encoding="utf-8", newline="") as target:
        out = csv_out.writer(target)
        out.writerow(FIELDS)
        rows = 0
        for kind in Kind.values:
            mark: Fact | None = None
            while True:
                with workspace_scope(export.workspace_id):
                    found = _some(scope, kind, mark)
                    out.writerows(csv_out.row(as_row(fact)) for fact in found)
                    rows += len(found)
                    running = FactsExport.objects.filter(pk=export.pk, state=ExportState.RUNNING)
                    if not running.update(rows=rows, moved_at=timezone.now()):
                        half.unlink(missing_ok=True)  # it was taken away meanwhile
                        return
                if len(found) < PIECE:
                    break
                mark = found[-1]
    half.rename(export.path)
    with workspace_scope(export.workspace_id):
        told = {"size": export.path.stat().st_size, "expires_at": timezone.now() + STAYS}
        done = FactsExport.objects.filter(pk=export.pk, state=ExportState.RUNNING)
        if not done.update(state=ExportState.DONE, **told):
            export.path.unlink(missing_ok=True)


def _some(scope: Scope, kind: str, mark: Fact | None) -> list[Fact]:
    """A piece of one kind, in the order of its index."""
    rows = facts_of(scope, [kind])
    if mark is not None:
        rows = rows.filter(Q(at__gt=mark.at) | Q(at=mark.at, pk__gt=mark.pk))
    return list(rows.order_by("at", "pk")[:PIECE])


def stalled() -> list[tuple[int, int]]:
    rows = FactsExport.unscoped.using("maintenance").filter(state=ExportState.RUNNING)
    rows = rows.filter(moved_at__lt=timezone.now() - STALLED)
    return list(rows.values_list("workspace_id", "pk")[:20])


def old() -> list[tuple[int, int]]:
    rows = FactsExport.unscoped.using("maintenance").filter(expires_at__lt=timezone.now())
    return list(rows.values_list("workspace_id", "pk")[:200])


def forget(workspace_id: int, pk: int) -> None:
    with workspace_scope(workspace_id):
        export = FactsExport.objects.filter(pk=pk, expires_at__lt=timezone.now()).first()
        if export:
            export.path.unlink(missing_ok=True)
            export.delete()
