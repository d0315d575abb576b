"""What people call the values that reports are told apart by. Who and what has gone keeps its name, or a word for it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatflows.models import Chatflow, ChatflowVersion
from contacts.phones import countries
from conversations.models import Label
from conversations.models import Priority as ConversationPriority
from inboxes.kinds import all_kinds
from inboxes.models import Channel, Inbox
from tickets.models import Pipeline, Source
from tickets.models import Priority as TicketPriority
from workspaces.models import Member, Team
from workspaces.scope import current_workspace_id

# Of what nobody and nothing has, and of what is not there any more.
NONE = {
    "member": gettext_lazy("Unassigned"),
    "team": gettext_lazy("No team"),
    "inbox": gettext_lazy("No inbox"),
    "channel": gettext_lazy("No channel"),
    "channel_kind": gettext_lazy("No channel"),
    "chatflow": gettext_lazy("No chatflow"),
    "page": gettext_lazy("No page"),
    "country": gettext_lazy("No country"),
    "priority": gettext_lazy("No priority"),
    "source": gettext_lazy("No source"),
    "pipeline": gettext_lazy("No pipeline"),
}
GONE = {
    "member": gettext_lazy("Removed member"),
    "team": gettext_lazy("Removed team"),
    "inbox": gettext_lazy("Removed inbox"),
    "channel": gettext_lazy("Removed channel"),
    "chatflow": gettext_lazy("Removed chatflow"),
    "version": gettext_lazy("Removed version"),
    "label": gettext_lazy("Removed label"),
    "pipeline": gettext_lazy("Removed pipeline"),
}


def names(cells: Iterable[Any], by: str) -> dict[str, str]:
    """{value of a cell: its name}, with one query at most."""
    return names_of({cell.by for cell in cells}, by)


def names_of(values: Iterable[str], by: str) -> dict[str, str]:
    wanted = set(values)
    known = _rows(by, [int(one) for one in wanted if one.isdigit()]) | _words(by)
    return {one: _name(one, by, known) for one in wanted}


def _name(value: str, by: str, known: dict[str, str]) -> str:
    if not value:
        return str(NONE.get(by, ""))
    return known.get(value) or str(GONE.get(by, value))


def _rows(by: str, ids: list[int]) -> dict[str, str]:
    if by == "member":  # a directory row: those who have left are in it as well
        members = Member.objects.filter(workspace=current_workspace_id(), pk__in=ids)
        return {str(pk): name for pk, name in members.values_list("pk", "display_name")}
    if by == "version":
        rows = ChatflowVersion.objects.filter(pk__in=ids).values_list("pk", "chatflow__name", "number")
        told = _("%(flow)s, version %(number)s")
        return {str(pk): told % {"flow": flow, "number": number} for pk, flow, number in rows}
    models: dict[str, Any] = {
        "team": Team, "inbox": Inbox, "channel": Channel, "chatflow": Chatflow, "label": Label, "pipeline": Pipeline,
    }  # fmt: skip
    if by not in models:
        return {}
    return {str(pk): name for pk, name in models[by].objects.filter(pk__in=ids).values_list("pk", "name")}


def _words(by: str) -> dict[str, str]:
    if by == "priority":
        return {key: str(label) for key, label in [*ConversationPriority.choices, *TicketPriority.choices]}
    if by == "source":
        return {key: str(label) for key, label in Source.choices}
    if by == "channel_kind":
        return {kind.key: str(kind.label) for kind in all_kinds()}
    return dict(countries()) if by == "country" else {}
