"""What happened to a ticket, newest first: its log in words, its comments, its conversations, on one line of time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import About, PropertyDefinition
from conversations.models import Conversation
from events import types
from events.models import Event
from tickets.models import Goal, Priority, Stage, Ticket, TicketComment, TicketEvent
from tickets.queries.facts import BY_KEY, OTHER_LABELS, label_of
from workspaces.models import Member
from workspaces.numbers import moment

PAGE = 50


@dataclass
class Names:
    stages: dict[int, str] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    conversations: dict[int, Conversation] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    kind: str  # event, comment
    icon: str
    at: datetime
    text: str
    key: str
    author: Member | None = None
    ticket: Ticket | None = None
    conversation: Conversation | None = None


def history_of(ticket: Ticket, member: Member, before: str = "") -> tuple[list[Item], str]:
    """A page of it, and the moment before which the next page begins ("" when there is none)."""
    edge = moment(before)
    events = _events(ticket, edge)
    comments = _comments(ticket, edge)
    items = sorted([*_told(events, member), *comments], key=lambda item: (item.at, item.key), reverse=True)
    if len(events) < PAGE and len(comments) < PAGE:
        return items, ""
    items = items[:PAGE]
    return items, items[-1].at.isoformat() if items else ""


def _events(ticket: Ticket, edge: datetime | None) -> list[Event]:
    marks = TicketEvent.objects.filter(ticket=ticket).order_by("-event")
    if edge:
        marks = marks.filter(event__created_at__lt=edge)
    rows = marks.select_related("event__actor__user")[:PAGE]
    return [mark.event for mark in rows]


def _comments(ticket: Ticket, edge: datetime | None) -> list[Item]:
    rows = TicketComment.objects.filter(ticket=ticket, deleted_at=None).select_related("author__user")
    if edge:
        rows = rows.filter(created_at__lt=edge)
    return [
        Item("comment", "note", row.created_at, row.body, f"c{row.pk}", author=row.author)
        for row in rows.order_by("-created_at", "-pk")[:PAGE]
    ]


def _told(events: list[Event], member: Member) -> Iterable[Item]:
    names = _names_in(events, member)
    for event in events:
        tell = TELLERS.get(event.type)
        text = tell(event.payload, event.actor.display_name if event.actor else "", names) if tell else ""
        if text:
            yield Item(
                "event",
                ICONS.get(event.type, "ticket"),
                event.created_at,
                text,
                f"e{event.pk}",
                ticket=names.tickets.get(event.payload.get("other", 0)),
                conversation=names.conversations.get(event.conversation_id or 0),
            )


def _names_in(events: list[Event], member: Member) -> Names:
    """What they name by id: five statements, whatever their number."""

    def ids(*keys: str) -> set[int]:
        return {event.payload.get(key) for event in events for key in keys} - {None}

    names = Names()
    if stages := ids("stage"):
        names.stages = dict(Stage.objects.filter(pk__in=stages).values_list("pk", "name"))
    if people := ids("owner"):
        rows = Member.objects.filter(pk__in=people, workspace=member.workspace_id).select_related("user")
        names.members = {row.pk: row.display_name for row in rows}
    with_tickets = (types.TICKET_MERGED, types.TICKET_PARTED, types.TICKET_SPLIT, *RELATED)
    if others := {e.payload.get("other") for e in events if e.type in with_tickets} - {None}:
        names.tickets = Ticket.objects.visible_to(member).in_bulk(others)
    if threads := {event.conversation_id for event in events} - {None}:
        names.conversations = Conversation.objects.visible_to(member).in_bulk(threads)
    if (
        {key for event in events for key in event.payload.get("fields", [])}
        - BY_KEY.keys()
        - OTHER_LABELS.keys()
    ):
        own = PropertyDefinition.objects.filter(about=About.TICKET)
        names.properties = {one.key: one.label for one in own}
    return names


# ── In words ──


def _who(actor: str) -> str:
    return actor or _("The system")


def _created(told: dict, actor: str, names: Names) -> str:
    return {
        "channel": _("Made by itself, for a new conversation."),
        "bot": _("Made by a bot."),
        "rule": _("Made by a rule."),
    }.get(told.get("made_by", ""), _("%(name)s made this ticket.") % {"name": _who(actor)})


def _stage(told: dict, actor: str, names: Names) -> str:
    stage = names.stages.get(told.get("stage", 0), _("another stage"))
    if not actor:
        return _("Moved to %(stage)s by itself.") % {"stage": stage}
    return _("%(name)s moved it to %(stage)s.") % {"name": actor, "stage": stage}


def _owner(told: dict, actor: str, names: Names) -> str:
    to = names.members.get(told.get("owner") or 0)
    if to is None:
        return _("%(name)s gave it to nobody.") % {"name": _who(actor)}
    if not actor:
        return _("Given to %(to)s by itself.") % {"to": to}
    return _("%(name)s gave it to %(to)s.") % {"name": actor, "to": to}


def _priority(told: dict, actor: str, names: Names) -> str:
    priority = told.get("priority", "")
    label = Priority(priority).label if priority in Priority.values else priority
    return _("%(name)s set the priority to %(priority)s.") % {"name": _who(actor), "priority": label}


def _edited(told: dict, actor: str, names: Names) -> str:
    labels = ", ".join(names.properties.get(key) or label_of(key) for key in told.get("fields", []))
    return _("%(name)s changed: %(fields)s.") % {"name": _who(actor), "fields": labels or _("Properties")}


def _deleted(told: dict, actor: str, names: Names) -> str:
    if told.get("deleted"):
        return _("%(name)s deleted it.") % {"name": _who(actor)}
    return _("%(name)s brought it back.") % {"name": _who(actor)}


def _closed(told: dict, actor: str, names: Names) -> str:
    return _("Closed.")


def _reopened(told: dict, actor: str, names: Names) -> str:
    return _("Open again.")


def _linked(told: dict, actor: str, names: Names) -> str:
    return _("%(name)s joined a conversation or ticket to it.") % {"name": _who(actor)}


def _unlinked(told: dict, actor: str, names: Names) -> str:
    return _("%(name)s parted a conversation or ticket from it.") % {"name": _who(actor)}


def _merged(told: dict, actor: str, names: Names) -> str:
    return _("%(name)s merged another ticket into it.") % {"name": _who(actor)}


def _parted(told: dict, actor: str, names: Names) -> str:
    return _("%(name)s parted what was merged.") % {"name": _who(actor)}


def _split(told: dict, actor: str, names: Names) -> str:
    return _("%(name)s split it in two.") % {"name": _who(actor)}


def _moved(told: dict, actor: str, names: Names) -> str:
    return _("It followed its conversation into another inbox.")


SLA_WORDS = {
    "started": gettext_lazy("%(goal)s: the clock began."),
    "met": gettext_lazy("%(goal)s: in time."),
    "breached": gettext_lazy("%(goal)s: too late."),
    "paused": gettext_lazy("%(goal)s: the clock stands still while we wait for the contact."),
    "resumed": gettext_lazy("%(goal)s: the clock goes on."),
    "recomputed": gettext_lazy("%(goal)s: reckoned anew from its beginning."),
    "cancelled": gettext_lazy("%(goal)s: no longer counted."),
}
# Why clocks changed, where the word itself does not say it.
SLA_WHY = {
    types.TICKET_PRIORITY_CHANGED: gettext_lazy("The priority changed."),
    types.TICKET_EDITED: gettext_lazy("The properties changed."),
    types.TICKET_STAGE_CHANGED: gettext_lazy("The stage changed."),
    types.TICKET_CLOSED: gettext_lazy("The ticket was closed."),
    types.TICKET_REOPENED: gettext_lazy("The ticket was opened again."),
    types.TICKET_DELETED: gettext_lazy("The ticket was deleted or brought back."),
    types.TICKET_MERGED: gettext_lazy("Tickets were merged."),
    types.TICKET_PARTED: gettext_lazy("Tickets were parted."),
}


def _goal(told: dict, key: str) -> str:
    return str(Goal(key).label) if key in Goal.values else key


def _sla_changed(told: dict, actor: str, names: Names) -> str:
    goals = told.get("goals") or {}
    said = [
        str(SLA_WORDS[what]) % {"goal": _goal(told, goal)}
        for goal, what in goals.items()
        if what in SLA_WORDS
    ]
    why = SLA_WHY.get(told.get("why", ""))
    return " ".join([*said, *([str(why)] if why and said else [])])


def _sla_soon(told: dict, actor: str, names: Names) -> str:
    return _("%(goal)s: due soon.") % {"goal": _goal(told, told.get("goal", ""))}


def _sla_late(told: dict, actor: str, names: Names) -> str:
    return _("%(goal)s: overdue.") % {"goal": _goal(told, told.get("goal", ""))}


RELATED = (types.TICKET_LINKED, types.TICKET_UNLINKED)
TELLERS = {
    types.TICKET_CREATED: _created,
    types.TICKET_STAGE_CHANGED: _stage,
    types.TICKET_CLOSED: _closed,
    types.TICKET_REOPENED: _reopened,
    types.TICKET_OWNER_CHANGED: _owner,
    types.TICKET_PRIORITY_CHANGED: _priority,
    types.TICKET_EDITED: _edited,
    types.TICKET_MOVED: _moved,
    types.TICKET_LINKED: _linked,
    types.TICKET_UNLINKED: _unlinked,
    types.TICKET_MERGED: _merged,
    types.TICKET_PARTED: _parted,
    types.TICKET_SPLIT: _split,
    types.TICKET_DELETED: _deleted,
    types.TICKET_SLA_CHANGED: _sla_changed,
    types.TICKET_SLA_DUE_SOON: _sla_soon,
    types.TICKET_SLA_OVERDUE: _sla_late,
}
ICONS = {
    types.TICKET_CLOSED: "check",
    types.TICKET_REOPENED: "undo",
    types.TICKET_OWNER_CHANGED: "user",
    types.TICKET_PRIORITY_CHANGED: "warn",
    types.TICKET_EDITED: "pencil",
    types.TICKET_LINKED: "link",
    types.TICKET_UNLINKED: "link",
    types.TICKET_MERGED: "workflow",
    types.TICKET_PARTED: "workflow",
    types.TICKET_SPLIT: "workflow",
    types.TICKET_DELETED: "trash",
    types.TICKET_MOVED: "folder",
    types.TICKET_SLA_CHANGED: "clock",
    types.TICKET_SLA_DUE_SOON: "clock",
    types.TICKET_SLA_OVERDUE: "warn",
}
