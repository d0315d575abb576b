"""What a report may be narrowed to, and what the numbers' ids are called: one question for all of it."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject, Lower
from django.utils.translation import gettext as _

from analytics.models import Grain, Kind, Rollup
from analytics.names import GONE, NONE
from analytics.scope import Scope
from chatflows.models import Chatflow
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


def choices_of(workspace: Workspace, scope: Scope) -> Choices:
    members = Member.objects.filter(workspace=OuterRef("pk"))
    # Who was removed keeps the name, in numbers as in lists.
    members = members.annotate(gone=F("deactivated_at"))
    told = Rollup.objects.filter(
        kind=Kind.CREATED, by="country", grain=Grain.DAY, at__gte=scope.begins, at__lt=scope.ends
    )
    promised = SlaPolicy.objects.filter(retired_at=None, on=True)
    asked = Workspace.objects.filter(pk=workspace.pk).annotate(
        inbox=_rows(Inbox.objects.all(), "name"),
        channel=_rows(Channel.objects.all(), "name", kind="kind"),
        team=_rows(Team.objects.all(), "name"),
        member=_rows(members, "display_name", gone="gone"),
        chatflow=_rows(Chatflow.objects.all(), "name"),
        label=_rows(Label.objects.all(), "name"),
        pipeline=_rows(Pipeline.objects.all(), "name"),
        country=ArraySubquery(told.order_by("value").values("value").distinct()),
        target=ArraySubquery(promised.values(told=JSONObject(inbox="inbox_id", goals="goals"))),
    )
    dimensions = ("inbox", "channel", "team", "member", "chatflow", "label", "pipeline")
    found = asked.values(*dimensions, "country", "target").get()
    names = {by: {str(row["pk"]): row["name"] for row in found[by]} for by in dimensions}
    called = dict(countries())
    names |= {
        "country": {code: called.get(code, code) for code in found["country"] if code},
        "channel_kind": {kind.key: str(kind.label) for kind in all_kinds()},
        "priority": {key: str(label) for key, label in (*TicketPriority.choices, *Priority.choices)},
        "source": {key: str(label) for key, label in Source.choices},
    }
    return Choices(
        names,
        gone={("member", str(row["pk"])) for row in found["member"] if row["gone"]},
        targets={row["inbox"]: row["goals"]["first"] for row in found["target"] if row["goals"].get("first")},
    )
