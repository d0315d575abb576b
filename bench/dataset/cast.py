"""Who and what a made workspace has, written as the product writes it: people, teams, inboxes, channels, hours, bots."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatflows.models import Chatflow, ChatflowVersion, FlowKind, FlowStatus
from conversations.models import Label
from inboxes.actions import connect_channel, create_inbox
from inboxes.models import OpeningHours
from tickets.models import SlaPolicy
from tickets.pipelines import default_pipeline, stages_of
from workspaces.models import Member, Team, TeamMember, User, Workspace
from workspaces.permissions import Role

ZONE = "Europe/Paris"
WEEK = [[[540, 1080]]] * 5 + [[], []]  # nine to six, Monday to Friday
CHAT_WEEK = [[[480, 720], [780, 1200]]] * 5 + [[[600, 960]], []]  # with a pause at noon, and Saturday
MEMBERS, GONE = 12, 2
LABELS = ("billing", "bug", "delivery", "praise", "refund", "returns")
PAGES = ("/", "/pricing", "/lamps/brass", "/lamps/oak", "/help/delivery", "/cart")
COUNTRIES = ("FR", "DE", "GB", "US", "")


@dataclass(frozen=True)
class Road:
    """A channel, and how many of a hundred conversations come by it."""

    channel: int
    kind: str
    inbox: int
    share: int


@dataclass(frozen=True)
class Bot:
    chatflow: int
    version: int


@dataclass
class Cast:
    workspace: Workspace
    members: list[int]
    teams: list[int]
    roads: list[Road]
    labels: list[tuple[int, str]]
    live: Bot
    bots: list[Bot]
    pipeline: int
    stages: dict[str, int] = field(default_factory=dict)  # role -> id
    policies: dict[int, int] = field(default_factory=dict)  # inbox -> id


def make_workspace(slug: str) -> Workspace:
    return Workspace.objects.create(name=slug.title(), slug=slug, time_zone=ZONE)


def make_cast(workspace: Workspace, first: datetime) -> Cast:
    """Inside the workspace's scope. `first`: they were all there before then."""
    members = [_member(workspace, number, first) for number in range(MEMBERS)]
    teams = [Team.objects.create(name=name) for name in ("Care", "Sales", "Workshop")]
    for number, member in enumerate(members):
        TeamMember.objects.create(team=teams[number % 3], member=member, is_main=True)
    support, sales = create_inbox(name="Support desk"), create_inbox(name="Sales desk")
    roads = []
    for inbox, kind, share in (
        (support, "chat", 40), (sales, "chat", 15), (support, "email", 30), (sales, "form", 10),
        (support, "messenger", 5),
    ):  # fmt: skip
        address = f"made-{kind}-{inbox.pk}@{workspace.slug}.example"
        channel = connect_channel(inbox, kind=kind, name=f"{kind} {inbox.pk}", identifier=address)
        roads.append(Road(channel.pk, kind, inbox.pk, share))
    OpeningHours.objects.create(time_zone=ZONE, weekly=WEEK)
    OpeningHours.objects.create(channel_id=roads[0].channel, time_zone=ZONE, weekly=CHAT_WEEK)
    live, bots = _flows(roads[0].channel, members[0], first)
    pipeline = default_pipeline()
    goals = {"first": 240, "close": 2880}
    return Cast(
        workspace=workspace,
        members=[member.pk for member in members],
        teams=[team.pk for team in teams],
        roads=roads,
        labels=[(Label.objects.create(name=name).pk, name) for name in LABELS],
        live=live,
        bots=bots,
        pipeline=pipeline.pk,
        stages={stage.role: stage.pk for stage in stages_of(pipeline)},
        policies={
            inbox.pk: SlaPolicy.objects.create(
                inbox=inbox, goals=goals, working_hours=False, created_at=first
            ).pk
            for inbox in (support, sales)
        },
    )


def _member(workspace: Workspace, number: int, first: datetime) -> Member:
    """The last ones have left meanwhile: what they did stays, under their name."""
    user = User.objects.create(
        email=f"made-{number}@{workspace.slug}.example", name=f"Person {number}", password="!"
    )
    return Member.objects.create(
        workspace=workspace,
        user=user,
        role=Role.OWNER if number == 0 else Role.AGENT,
        display_name=f"Person {number}",
        deactivated_at=first + timedelta(days=300) if number >= MEMBERS - GONE else None,
    )


def _flows(channel: int, by: Member, first: datetime) -> tuple[Bot, list[Bot]]:
    """A live chat, and a bot of which two versions went out."""
    made: list[Bot] = []
    for name, kind, versions in (("Hello", FlowKind.LIVE, 1), ("Guide", FlowKind.BOT, 2)):
        flow = Chatflow.objects.create(
            channel_id=channel, name=name, kind=kind, created_by=by, position=len(made)
        )
        for number in range(1, versions + 1):
            version = ChatflowVersion.objects.create(
                chatflow=flow,
                number=number,
                published_at=first.astimezone(UTC) + timedelta(days=number),
                public_id=uuid.uuid5(uuid.NAMESPACE_OID, f"{flow.pk}-{number}"),
            )
            made.append(Bot(flow.pk, version.pk))
        flow.published, flow.status = version, FlowStatus.LIVE
        flow.save()
    return made[0], made[1:]
