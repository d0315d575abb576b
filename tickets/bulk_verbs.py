"""What can be done to many tickets at once, and how each is taken back (TK-11); run by conversations/bulk.py."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from conversations.bulk_verbs import Verb
from tickets import actions
from tickets.models import Priority, Stage, Ticket
from workspaces.models import Member
from workspaces.numbers import whole
from workspaces.permissions import Permission
from workspaces.refusals import Refused


def _rows(member: Member, ids: list[int]):
    rows = Ticket.objects.worked_by(member).filter(pk__in=ids, merged_into=None)
    return rows.select_related("pipeline", "stage", "owner")


def _refused(done: Any) -> list[str]:
    return [str(done)] if isinstance(done, Refused) else []


def _tried(act):
    """A rule of the pipeline stops one ticket, not the others (TK-9)."""

    def do(ticket: Ticket, by: Member, argument: Any):
        try:
            return act(ticket, by, argument)
        except Refused as why:
            return why

    return do


def _owner(told: dict, member: Member) -> Member | None:
    if not told.get("to"):
        return None
    people = Member.objects.active().filter(workspace=member.workspace_id, pk=whole(told.get("to")))
    found = people.select_related("user").first()
    if found is None:
        raise ValidationError(_("This person or team is not here any more."))
    return found


def _give_back(ticket: Ticket, by: Member, was: int, argument: Member | None) -> None:
    if ticket.owner_id == (argument.pk if argument else None):
        owner = Member.objects.active().filter(workspace=by.workspace_id, pk=was or 0).first()
        _tried(lambda ticket, by, to: actions.set_owner(ticket, to, by=by))(ticket, by, owner)


def _stage(told: dict, member: Member) -> Stage:
    here = Stage.objects.select_related("pipeline").filter(pipeline__archived_at=None)
    found = here.filter(pk=whole(told.get("stage"))).first()
    if found is None:
        raise ValidationError(_("This stage is not here any more."))
    return found


def _move_back(ticket: Ticket, by: Member, was: int, argument: Stage) -> None:
    stage = Stage.objects.select_related("pipeline").filter(pk=was).first()
    if stage and ticket.stage_id == argument.pk:
        _tried(lambda ticket, by, to: actions.set_stage(ticket, to, by=by, undo=True))(ticket, by, stage)


def _priority(told: dict, member: Member) -> str:
    if told.get("priority") not in Priority.values:
        raise ValidationError(_("Choose one of the list."))
    return told["priority"]


def _priority_back(ticket: Ticket, by: Member, was: str, argument: str) -> None:
    if ticket.priority == argument:
        actions.set_priority(ticket, was, by=by)


def _manages(told: dict, member: Member) -> None:
    if not member.may(Permission.MANAGE_TICKETS):
        raise ValidationError(_("Your role does not allow this."))


LEFT = ngettext_lazy(
    "%(n)s ticket stayed as it is: %(why)s", "%(n)s tickets stayed as they are: %(why)s", "n"
)
_of_tickets = partial(Verb, refused=_refused, whole=True, left=LEFT, rows=_rows)
VERBS = {
    "tk_owner": _of_tickets(
        lambda ticket, member, to: None if ticket.owner_id == (to and to.pk) else ticket.owner_id or 0,
        _tried(lambda ticket, by, to: actions.set_owner(ticket, to, by=by)),
        _give_back,
        ngettext_lazy("%(n)s ticket assigned.", "%(n)s tickets assigned.", "n"),
        _owner,
    ),
    "tk_stage": _of_tickets(
        lambda ticket, member, stage: None if ticket.stage_id == stage.pk else ticket.stage_id,
        _tried(lambda ticket, by, stage: actions.set_stage(ticket, stage, by=by)),
        _move_back,
        ngettext_lazy("%(n)s ticket moved.", "%(n)s tickets moved.", "n"),
        _stage,
    ),
    "tk_prio": _of_tickets(
        lambda ticket, member, priority: None if ticket.priority == priority else ticket.priority,
        _tried(lambda ticket, by, priority: actions.set_priority(ticket, priority, by=by)),
        _priority_back,
        ngettext_lazy("%(n)s ticket changed.", "%(n)s tickets changed.", "n"),
        _priority,
    ),
    "tk_delete": _of_tickets(
        lambda ticket, member, argument: None if ticket.deleted_at else True,
        _tried(lambda ticket, by, argument: actions.delete(ticket, by=by)),
        lambda ticket, by, was, argument: actions.restore(ticket, by=by),
        ngettext_lazy("%(n)s ticket deleted.", "%(n)s tickets deleted.", "n"),
        _manages,
    ),
    "tk_restore": _of_tickets(
        lambda ticket, member, argument: True if ticket.deleted_at else None,
        _tried(lambda ticket, by, argument: actions.restore(ticket, by=by)),
        lambda ticket, by, was, argument: actions.delete(ticket, by=by),
        ngettext_lazy("%(n)s ticket brought back.", "%(n)s tickets brought back.", "n"),
        _manages,
    ),
}
