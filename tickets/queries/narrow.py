"""The quick filters above board and table, as they stand in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tickets.conditions import due_q
from tickets.models import Priority, TicketQuerySet, TicketTeam
from workspaces.models import Member, Team, TeamMember

LONGEST = 100
DUES = {"pressing": ("soon", "late"), "late": ("late",)}


@dataclass(frozen=True)
class Narrow:
    """What was chosen; "" is everything. `owner` is me, nobody or a number, `team` is mine or a number."""

    owner: str = ""
    team: str = ""
    priority: str = ""
    q: str = ""
    due: str = ""

    def __bool__(self) -> bool:
        return bool(self.owner or self.team or self.priority or self.q or self.due)

    @property
    def query(self) -> str:
        """As a part of an address."""
        return urlencode({name: value for name, value in vars(self).items() if value})


def narrow_from(asked: Mapping[str, str]) -> Narrow:
    """What an address asks for, as far as it makes sense."""
    owner, team, priority = (asked.get(name, "") for name in ("owner", "team", "priority"))
    return Narrow(
        owner=owner if owner in ("me", "nobody") or _number(owner) else "",
        team=team if team == "mine" or _number(team) else "",
        priority=priority if priority in Priority.values else "",
        due=asked.get("due", "") if asked.get("due") in DUES else "",
        q=" ".join(asked.get("q", "").replace("\0", "").split())[:LONGEST],
    )


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def narrowed(rows: TicketQuerySet, narrow: Narrow, member: Member) -> TicketQuerySet:
    if narrow.owner:
        owner = {"me": member.pk, "nobody": None}.get(narrow.owner, narrow.owner)
        rows = rows.filter(owner=owner)
    if narrow.team:
        marks = TicketTeam.objects.filter(ticket=OuterRef("pk"))
        if narrow.team == "mine":
            marks = marks.filter(team__in=TeamMember.objects.filter(member=member).values("team"))
        else:
            marks = marks.filter(team=narrow.team)
        rows = rows.filter(Exists(marks))
    if narrow.priority:
        rows = rows.filter(priority=narrow.priority)
    if narrow.due:
        rows = rows.filter(due_q(DUES[narrow.due], timezone.now()))
    return rows.filter(said(narrow.q)) if narrow.q else rows


def said(text: str) -> Q:
    """By number, or by a part of its name."""
    bare = text.removeprefix("#")
    number = Q(number=int(bare)) if bare.isascii() and bare.isdigit() and len(bare) < 10 else Q()
    return number | Q(name__icontains=text) if number else Q(name__icontains=text)


def choices_of(member: Member) -> dict[str, list[tuple[str, str]]]:
    """What the quick filters offer."""
    people = Member.objects.active().filter(workspace=member.workspace_id).by_name()
    return {
        "owner": [
            ("", _("Anybody")),
            ("me", _("Me")),
            ("nobody", _("Nobody")),
            *((str(one.pk), one.display_name) for one in people if one.pk != member.pk),
        ],
        "team": [
            ("", _("Any team")),
            ("mine", _("My teams")),
            *((str(one.pk), one.name) for one in Team.objects.order_by("name")),
        ],
        "due": [
            ("", _("Whatever is due")),
            ("pressing", _("Due soon or overdue")),
            ("late", _("Overdue")),
        ],
        "priority": [("", _("Any priority")), *((key, str(words)) for key, words in Priority.choices)],
    }
