"""How it stands this moment: a handful of questions to counters and small indexes, none of them to the history."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, Min, Q, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.models import Fact, Kind
from analytics.scope import start_of_day, zone_of
from analytics.spell import duration
from conversations.models import Conversation, CountDelta
from inboxes.models import Inbox
from inboxes.routing.load import open_counts
from tickets.models import Ticket
from workspaces.models import Availability, Member, Workspace
from workspaces.permissions import Permission

# How long somebody may wait before the board counts them apart, in minutes; the address may ask for another.
WAITS = (5, 15, 30, 60)
USUAL_WAIT = 15
COUNTED = ("open", "unassigned", "bots", "snoozed")
COMPARED = (Kind.CREATED, Kind.CLOSED, Kind.FIRST_RESPONSE)


@dataclass
class Waiting:
    """Who waits for a person: how many, how many of them too long, and since when the first."""

    n: int = 0
    long: int = 0
    oldest: datetime | None = None

    # How long that is by now, in a word.
    words: str = ""

    def add(self, other: "Waiting") -> None:
        self.n += other.n
        self.long += other.long
        if other.oldest and (self.oldest is None or other.oldest < self.oldest):
            self.oldest, self.words = other.oldest, other.words


@dataclass
class Place:
    """One inbox."""

    inbox: Inbox
    counts: dict[str, int]
    waiting: Waiting


@dataclass
class Promises:
    """Of service levels: what is late, what is due soon, and all that is promised and not yet kept."""

    late: int = 0
    soon: int = 0
    active: int = 0


@dataclass(frozen=True)
class Compared:
    """One number of today, and of yesterday up to the same time."""

    kind: Kind
    today: int
    before: int

    @property
    def change(self) -> int:
        return abs(self.today - self.before)

    @property
    def label(self) -> str:
        """Of the day, since midnight."""
        if self.kind == Kind.CREATED:
            return _("New today")
        return _("Closed today") if self.kind == Kind.CLOSED else _("First replies today")


@dataclass(frozen=True)
class Agent:
    """Somebody who answers, and how many open conversations are theirs."""

    member: Member
    open: int
    # Of a hundred of what who has most has: for the bar beside it.
    share: int

    @property
    def is_available(self) -> bool:
        return self.member.availability == Availability.AVAILABLE


@dataclass
class Board:
    at: datetime
    over: int
    places: list[Place]
    counts: dict[str, int]
    waiting: Waiting
    promises: Promises
    today: list[Compared]
    agents: list[Agent] = field(default_factory=list)

    @property
    def available(self) -> int:
        return sum(1 for agent in self.agents if agent.is_available)

    @property
    def away(self) -> int:
        return len(self.agents) - self.available


def board_of(workspace: Workspace, *, over: int = USUAL_WAIT, now: datetime | None = None) -> Board:
    """Seven statements, however much there is. Inside the scope."""
    now = now or timezone.now()
    counts, waiting = _counts(), _waiting(now, timedelta(minutes=over))
    places = [
        Place(inbox, counts[inbox.pk], waiting.get(inbox.pk, Waiting()))
        for inbox in Inbox.objects.order_by("name", "pk")
    ]
    everywhere = Waiting()
    for place in places:
        everywhere.add(place.waiting)
    return Board(
        at=now,
        over=over,
        places=places,
        counts={name: sum(place.counts[name] for place in places) for name in COUNTED},
        waiting=everywhere,
        promises=_promises(now),
        today=_today(now, workspace.time_zone),
        agents=agents_of(workspace),
    )


def _counts() -> dict[int, dict[str, int]]:
    """By inbox: the numbers beside the views, from their counters."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    rows = CountDelta.objects.filter(bucket__in=COUNTED).values_list("inbox", "bucket")
    for inbox, bucket, n in rows.annotate(all=Sum("n")):
        found[inbox][bucket] = n
    return found


def _waiting(now: datetime, over: timedelta) -> dict[int, Waiting]:
    """By inbox: those who wait for a person. Whoever talks to a bot waits for nobody yet."""
    rows = Conversation.objects.open().filter(waiting_since__isnull=False, bot_since=None).order_by()
    told = rows.values_list("inbox").annotate(
        n=Count("pk"), long=Count("pk", filter=Q(waiting_since__lt=now - over)), oldest=Min("waiting_since")
    )
    return {
        inbox: Waiting(n, long, oldest, duration((now - oldest).total_seconds()))
        for inbox, n, long, oldest in told
    }


def _promises(now: datetime) -> Promises:
    """From the index of tickets by what is due: those without a promise are not in it."""
    rows = Ticket.objects.present().filter(due_at__isnull=False).order_by()
    late, soon, active = Q(due_at__lte=now), Q(due_at__gt=now, due_soon_at__lte=now), Count("pk")
    return Promises(
        **rows.aggregate(late=Count("pk", filter=late), soon=Count("pk", filter=soon), active=active)
    )


def _today(now: datetime, zone: str) -> list[Compared]:
    """Facts since midnight, and those of yesterday up to the same time on the wall."""
    wall = now.astimezone(zone_of(zone))
    yesterday = wall.date() - timedelta(days=1)
    until = datetime.combine(yesterday, wall.time(), wall.tzinfo)
    spans = {
        "today": Q(at__gte=start_of_day(wall.date(), zone), at__lte=now),
        "before": Q(at__gte=start_of_day(yesterday, zone), at__lte=until),
    }
    rows = Fact.objects.filter(spans["today"] | spans["before"], kind__in=COMPARED).order_by()
    day = Case(*(When(span, then=Value(name)) for name, span in spans.items()), output_field=CharField())
    found = {(kind, name): n for kind, name, n in rows.values_list("kind", day).annotate(n=Count("pk"))}
    return [
        Compared(kind, found.get((kind, "today"), 0), found.get((kind, "before"), 0)) for kind in COMPARED
    ]


def agents_of(workspace: Workspace) -> list[Agent]:
    """Who is available first, then who has most."""
    rows = Member.objects.active().filter(workspace=workspace).holding(str(Permission.WORK))
    members = list(rows.select_related("user").by_name())
    has = open_counts([one.pk for one in members])
    most = max(has.values(), default=0)
    agents = [
        Agent(one, has.get(one.pk, 0), round(100 * has.get(one.pk, 0) / most) if most else 0)
        for one in members
    ]
    return sorted(agents, key=lambda agent: (not agent.is_available, -agent.open))
