"""Contacts or companies as a file for spreadsheets: what the list is asked for, written in the background, fetched by who asked."""

from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from contacts import company_list, csv_out
from contacts.columns import columns_of
from contacts.custom import definitions
from contacts.files_of import language_of
from contacts.filters import filters_for, own_of_contacts
from contacts.models import About, Company, Contact, ContactExport, ImportState, PropertyDefinition
from contacts.people import FOUND, Asked, chosen
from contacts.search import find_ids
from workspaces.audit import note
from workspaces.models import Member
from workspaces.permissions import Permission
from workspaces.scope import workspace_scope

PIECE = 1000
STAYS = timedelta(days=3)
STALLED = timedelta(seconds=60)
TRIES = 5


@transaction.atomic
def ask(
    asked: Asked,
    columns: list[str],
    *,
    by: Member,
    ids: list[int] | None = None,
    about: str = About.CONTACT.value,
) -> ContactExport:
    """Note that a file is wanted: of those ids, or of everybody who is asked for. Raises ValidationError."""
    from contacts.tasks import run_export

    if not by.may(Permission.EXPORT) or ids == []:
        raise ValidationError(_("Choose contacts first."))
    if ContactExport.objects.filter(member=by, state=ImportState.RUNNING).exists():
        raise ValidationError(_("A file is being made already."))
    told = {"q": asked.q, "filters": asked.filters, "ids": ids}
    export = ContactExport.objects.create(member=by, about=about, asked=told, columns=columns)
    note(
        "contacts_file.requested", f"export {export.pk}", after={"filters": sorted(asked.filters)}, member=by
    )
    transaction.on_commit(partial(run_export.delay, export.workspace_id, export.pk), robust=True)
    return export


def run(workspace_id: int, pk: int) -> None:
    """Write the file. After a stop it begins again: nothing but the file was written."""
    with workspace_scope(workspace_id):
        rows = ContactExport.objects.select_for_update(of=("self",)).select_related(
            "member__user", "member__workspace", "workspace"
        )
        export = rows.filter(pk=pk, state=ImportState.RUNNING).first()
        if export is None:
            return
        export.attempts += 1
        export.moved_at = timezone.now()
        # Whoever lost the right meanwhile gets nothing.
        if export.attempts > TRIES or not export.member.may(Permission.EXPORT):
            export.state = ImportState.FAILED
        export.save(update_fields=["attempts", "moved_at", "state"])
    if export.state == ImportState.RUNNING:
        with override(language_of(export)):
            _write(export)


def _write(export: ContactExport) -> None:
    half = export.path.with_suffix(f".{export.attempts}.part")
    with half.open("w", encoding="utf-8", newline="") as target:
        out = csv_out.writer(target)
        last = rows = 0
        while True:
            with workspace_scope(export.workspace_id):
                lines, last = _some(export, last, with_head=last == 0)
                out.writerows(csv_out.row(line) for line in lines)
                rows += len(lines)
                alive = ContactExport.objects.filter(pk=export.pk, state=ImportState.RUNNING)
                if not alive.update(rows=rows - 1, moved_at=timezone.now()):
                    half.unlink(missing_ok=True)  # somebody was erased meanwhile
                    return
            if not last:
                break
    half.rename(export.path)
    with workspace_scope(export.workspace_id):
        done = ContactExport.objects.filter(pk=export.pk, state=ImportState.RUNNING).update(
            state=ImportState.DONE, size=export.path.stat().st_size, expires_at=timezone.now() + STAYS
        )
    if not done:
        export.path.unlink(missing_ok=True)


def _some(export: ContactExport, last: int, *, with_head: bool) -> tuple[list[list], int]:
    """(rows, the last contact or company of them; 0 at the end) through what the member may see."""
    own = own_of_contacts() if export.about == About.CONTACT else definitions(export.about)
    every = columns_of(own) if export.about == About.CONTACT else company_list.columns_of(own)
    columns = [one for one in every if one.key in export.columns] or every
    found = _contacts(export, own, last) if export.about == About.CONTACT else _companies(export, own, last)
    head = [[_("Name"), *(one.label for one in columns)]] if with_head else []
    lines = [[one.name, *(_cell(column.say(one)) for column in columns)] for one in found]
    return [*head, *lines], found[-1].pk if len(found) == PIECE else 0


def _asked(export: ContactExport) -> Asked:
    return Asked(q=export.asked["q"], filters=export.asked["filters"])


def _companies(export: ContactExport, own: list[PropertyDefinition], last: int) -> list[Company]:
    questions = company_list.filters_for(own)
    rows = company_list.chosen(_asked(export), export.member, questions).filter(pk__gt=last)
    if export.asked["ids"] is not None:
        rows = rows.filter(pk__in=export.asked["ids"])
    return company_list.with_people(list(rows.order_by("pk")[:PIECE]), export.member)


def _contacts(export: ContactExport, own: list[PropertyDefinition], last: int) -> list[Contact]:
    asked = _asked(export)
    rows = chosen(asked, export.member, filters_for(export.member, own)).filter(pk__gt=last)
    if export.asked["ids"] is not None:
        rows = rows.filter(pk__in=export.asked["ids"])
    elif asked.q.strip():
        rows = rows.filter(pk__in=find_ids(asked.q, FOUND))
    return list(rows.order_by("pk").select_related("company", "owner__user")[:PIECE])


def _cell(value) -> str:
    if hasattr(value, "isoformat"):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


def stalled() -> list[tuple[int, int]]:
    rows = ContactExport.unscoped.using("maintenance").filter(state=ImportState.RUNNING)
    rows = rows.filter(moved_at__lt=timezone.now() - STALLED)
    return list(rows.values_list("workspace_id", "pk")[:20])
