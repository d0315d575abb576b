"""What a report may be narrowed to, and what the numbers' ids are called: one question for all of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject, Lower
from django.utils.translation import gettext as _

from analytics.models import Kind, Reconciliation, ReportChoices, Rollup
from analytics.names import GONE, NONE
from analytics.scope import MONDAY, Scope
from chatflows.models import Chatflow, FlowStatus
from contacts.models_lists import ContactList
from contacts.phones import countries
from conversations.models import Label
from conversations.models.conversation import Priority
from inboxes.kinds import all_kinds
from inboxes.models import Channel, Inbox
from tickets.models import Pipeline, SlaPolicy
from tickets.models.pipelines import Priority as TicketPriority
from tickets.models.tickets import Source
from workspaces.models import Member, Team, Workspace, hue_of, initials_of


@dataclass
class Choices:
    """{dimension: {value as text: name}}; what was removed is named too, where its row is still there."""

    names: dict[str, dict[str, str]]
    gone: set[tuple[str, str]] = field(default_factory=set)
    pictures: dict[str, str] = field(default_factory=dict)
    # {inbox: minutes until a first reply}
    targets: dict[int, int] = field(default_factory=dict)
    week_starts: int = MONDAY
    # What the newest nightly comparison found: {"at", "mended_at", "drift"}; None: nothing, or there was none yet.
    drift: dict[str, Any] | None = None

    def name(self, by: str, value: str) -> str:
        if not value:
            return str(NONE.get(by, _("Unknown")))
        found = self.names.get(by, {}).get(value)
        return found if found is not None else value if by in AS_WRITTEN else str(GONE.get(by, value))

    def person(self, value: str) -> dict[str, Any]:
        name = self.name("member", value)
        return {"initials": initials_of(name), "hue": hue_of(name)}

    def offered(self, by: str) -> list[tuple[str, str]]:
        return list(self.names.get(by, {}).items())


# What tells itself.
AS_WRITTEN = {"page", "country", "channel_kind", "source", "priority"}


def _rows(queryset, name: str, **more):
    """[{pk, name}], by name."""
    told = JSONObject(pk="pk", name=name, **more)
    return ArraySubquery(queryset.order_by(Lower(name), "pk").values(told=told))


def _told(workspace: Workspace, scope: Scope) -> dict[str, Any]:
    """All of it, in one row."""
    members = Member.objects.filter(workspace=OuterRef("pk"))
    # Who was removed keeps the name, in numbers as in lists.
    members = members.annotate(gone=F("deactivated_at"))
    told = Rollup.objects.filter(
        # By whichever day a week begins.
        kind=Kind.CREATED,
        by="country",
        at__gte=scope.begins - timedelta(days=6),
        at__lt=scope.ends,
    )
    promised = SlaPolicy.objects.filter(retired_at=None, on=True)
    asked = Workspace.objects.filter(pk=workspace.pk).annotate(
        inbox=_rows(Inbox.objects.all(), "name"),
        channel=_rows(Channel.objects.all(), "name", kind="kind", gone="disconnected_at"),
        team=_rows(Team.objects.all(), "name"),
        member=_rows(members, "display_name", gone="gone"),
        chatflow=_rows(Chatflow.objects.all(), "name", status="status"),
        label=_rows(Label.objects.all(), "name"),
        pipeline=_rows(Pipeline.objects.all(), "name"),
        list=_rows(ContactList.objects.all(), "name"),
        country=ArraySubquery(told.order_by("value").values("value").distinct()),
        target=ArraySubquery(promised.values(told=JSONObject(inbox="inbox_id", goals="goals"))),
        week=Subquery(ReportChoices.objects.values("bots_week_starts")[:1]),
        **{name: Subquery(_newest().values(column)[:1]) for name, column in COMPARED.items()},
    )
    return asked.values(*ROWS, "country", "target", "week", *COMPARED).get()


def is_gone(row: dict[str, Any]) -> bool:
    """Removed, disconnected or put away: its numbers stay, and so does its place in the filters."""
    return bool(row.get("gone")) or row.get("status") == FlowStatus.ARCHIVED


_DRIFT = (("at", "at"), ("mended_at", "mended"), ("drift", "drift"))
ROWS = ("inbox", "channel", "team", "member", "chatflow", "label", "pipeline", "list")
COMPARED = {"compared_at": "at", "compared_mended": "mended_at", "compared_drift": "drift"}


def _newest() -> QuerySet:
    return Reconciliation.objects.order_by("-at", "-pk")


def choices_of(workspace: Workspace, scope: Scope) -> Choices:
    found = _told(workspace, scope)
    names = {by: {str(row["pk"]): row["name"] for row in found[by]} for by in ROWS}
    called = dict(countries())
    names |= {
        "country": {code: called.get(code, code) for code in found["country"] if code},
        "channel_kind": {kind.key: str(kind.label) for kind in all_kinds()},
        "priority": {key: str(label) for key, label in (*TicketPriority.choices, *Priority.choices)},
        "source": {key: str(label) for key, label in Source.choices},
    }
    return Choices(
        names,
        gone={(by, str(row["pk"])) for by in ROWS for row in found[by] if is_gone(row)},
        targets={row["inbox"]: row["goals"]["first"] for row in found["target"] if row["goals"].get("first")},
        week_starts=MONDAY if found["week"] is None else found["week"],
        drift={name: found[f"compared_{short}"] for name, short in _DRIFT}
        if found["compared_drift"]
        else None,
    )
