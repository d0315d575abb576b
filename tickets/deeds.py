"""What macros and rules do with tickets: make one, move it along, say how urgent it is."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.deeds.kinds import DeedRefused, Doing, Kind, name_in, number_in, numbers
from conversations.deeds.state import find_assignee
from conversations.models import Conversation
from inboxes.models import Inbox
from tickets.actions.create import create_from, ticket_of
from tickets.actions.fields import set_owner, set_priority, set_teams
from tickets.actions.stage import set_stage
from tickets.models import MadeBy, Priority, Stage, Ticket
from tickets.pipelines import in_use, stages_of
from workspaces.labelled import labelled
from workspaces.models import Member, Team

USUAL = "usual"


def _stage_choices(by: Member) -> list[tuple[str, str]]:
    return [
        (str(stage.pk), labelled(pipeline.name, stage.name))
        for pipeline in in_use()
        for stage in stages_of(pipeline)
    ]


def _stage_names(values: set[str]) -> dict[str, str]:
    rows = Stage.objects.filter(pk__in=numbers(values)).select_related("pipeline")
    return {str(row.pk): labelled(row.pipeline.name, row.name) for row in rows}


def _clean_stage(value: str, by: Member | None) -> str:
    if not Stage.objects.filter(pk=number_in(value), pipeline__archived_at=None).exists():
        raise ValidationError(_("Choose one of the list."))
    return value


def _stage_in(deed: dict, ticket: Ticket | None = None) -> Stage:
    """Into a pipeline that is archived nothing comes; what stands there goes on."""
    stage = Stage.objects.select_related("pipeline").filter(pk=deed["value"]).first()
    if stage is None:
        raise DeedRefused(_("This stage is not here any more."))
    if stage.pipeline.archived_at and (ticket is None or ticket.pipeline_id != stage.pipeline_id):
        raise DeedRefused(_("The pipeline “%(name)s” is archived.") % {"name": stage.pipeline.name})
    return stage


def _ticket(conversation: Conversation) -> Ticket:
    ticket = ticket_of(conversation)
    if ticket is None or ticket.deleted_at:
        raise DeedRefused(_("This conversation has no ticket."))
    return ticket


# ── Make one ──


def _make_choices(by: Member) -> list[tuple[str, str]]:
    return [(USUAL, _("in the usual pipeline")), *_stage_choices(by)]


def _clean_make(value: str, by: Member | None) -> str:
    return value if value == USUAL else _clean_stage(value, by)


def _say_make(deed: dict) -> str:
    if deed["value"] == USUAL:
        return _("Create a ticket")
    name = name_in(deed) or _("a stage that was removed")
    return _("Create a ticket in “%(stage)s”") % {"stage": name}


def _make(conversation: Conversation, deed: dict, doing: Doing) -> None:
    stage = None if deed["value"] == USUAL else _stage_in(deed)
    made_by = MadeBy.HAND if doing.actor else MadeBy.RULE
    create_from(conversation, by=doing.actor, stage=stage, made_by=made_by)


# ── Move it along ──


def _say_stage(deed: dict) -> str:
    name = name_in(deed) or _("a stage that was removed")
    return _("Move the ticket to “%(stage)s”") % {"stage": name}


def _move(conversation: Conversation, deed: dict, doing: Doing) -> None:
    ticket = _ticket(conversation)
    set_stage(ticket, _stage_in(deed, ticket), by=doing.actor)


# ── How urgent ──


def _clean_priority(value: str, by: Member | None) -> str:
    if value not in Priority.values:
        raise ValidationError(_("Choose one of the list."))
    return value


def _urge(conversation: Conversation, deed: dict, doing: Doing) -> None:
    set_priority(_ticket(conversation), deed["value"], by=doing.actor)


KINDS = (
    Kind(
        "ticket",
        gettext_lazy("Create a ticket"),
        "ticket",
        _say_make,
        _make,
        _make_choices,
        _clean_make,
        names=_stage_names,
    ),
    Kind(
        "ticket_stage",
        gettext_lazy("Set the ticket's stage"),
        "ticket",
        _say_stage,
        _move,
        _stage_choices,
        _clean_stage,
        names=_stage_names,
    ),
    Kind(
        "ticket_priority",
        gettext_lazy("Set the ticket's priority"),
        "warn",
        lambda deed: _("Priority of the ticket: %(priority)s") % {"priority": Priority(deed["value"]).label},
        _urge,
        lambda by: list(Priority.choices),
        _clean_priority,
    ),
)


# ── The same to a ticket that has no conversation ──


def _move_itself(ticket: Ticket, deed: dict, doing: Doing) -> None:
    set_stage(ticket, _stage_in(deed, ticket), by=doing.actor)


def _urge_itself(ticket: Ticket, deed: dict, doing: Doing) -> None:
    set_priority(ticket, deed["value"], by=doing.actor)


def _give(ticket: Ticket, deed: dict, doing: Doing) -> None:
    """To a member, who becomes its owner; to a team, which then answers for it; to nobody."""
    to = find_assignee(deed["value"])
    if to is None and deed["value"] != "nobody":
        raise DeedRefused(_("This person or team is not here any more."))
    if isinstance(to, Team):
        set_teams(ticket, [to], by=doing.actor)
    elif to and ticket.inbox_id and not Inbox.objects.worked_by(to).filter(pk=ticket.inbox_id).exists():
        raise DeedRefused(_("%(name)s does not work in this inbox.") % {"name": to.display_name})
    set_owner(ticket, to if isinstance(to, Member) else None, by=doing.actor, reason="rule")


ON_TICKETS: dict[str, Callable[[Ticket, dict, Doing], None]] = {
    "assign": _give,
    "ticket_stage": _move_itself,
    "ticket_priority": _urge_itself,
}
