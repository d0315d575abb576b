"""What the pages of people show."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from workspaces.models import (
    Invitation,
    InvitationQuerySet,
    Member,
    MemberQuerySet,
    OwnRole,
    Team,
    TeamMember,
    User,
    Workspace,
)
from workspaces.permissions import RANK, Permission, Role, may_grant
from workspaces.signals import open_work


def workspaces_of(user: User):
    """The active memberships of a person, oldest first, with their workspaces."""
    memberships = Member.objects.active().select_related("workspace").order_by("joined_at", "pk")
    return memberships.filter(user=user, workspace__suspended_at=None)


def home_of(member: Member) -> str:
    """The first page of a workspace: what waits for anybody, or what is theirs (VW-5)."""
    triages = member.may(Permission.WORK) and member.role != Role.RESTRICTED
    view = "unassigned" if triages else "mine"
    try:
        return reverse("conversations:inbox", args=[member.workspace.slug, view])
    except NoReverseMatch:
        return reverse("workspaces:settings", args=[quote(member.workspace.slug)])


@dataclass(frozen=True)
class Person:
    """One line of the table of members."""

    member: Member
    roles: list[tuple[str, str]]
    teams: list[TeamMember]
    can_be_removed: bool
    open: int = 0

    @property
    def load(self) -> int:
        """How full their hands are, in hundredths."""
        most = self.member.max_open or 0
        return min(100, self.open * 100 // most) if most else 0


def people(workspace: Workspace, viewer: Member, find: str = "") -> list[Person]:
    """Who is here (`find`: of a name, a title or an address), with what the table says of each; few queries, always."""
    places = Prefetch("places", TeamMember.objects.select_related("team").order_by("-is_main", "team__name"))
    members = Member.objects.active().filter(workspace=workspace).select_related("user", "own_role").by_name()
    if find:
        named = (
            Q(display_name__icontains=find) | Q(job_title__icontains=find) | Q(user__email__icontains=find)
        )
        members = members.filter(named)
    members = list(_with_sign_in(members).prefetch_related(places))
    roles, open = roles_given_by(viewer), open_work_of(members)
    return [_person(member, viewer, roles, open.get(member.pk, 0)) for member in members]


def _with_sign_in(members: MemberQuerySet) -> MemberQuerySet:
    """`seen_at`: when they last used a session; `two_steps`: whether they sign in in two steps."""
    sessions = UserSession.objects.filter(user=OuterRef("user")).order_by("-last_seen_at")
    proofs = Authenticator.objects.filter(user=OuterRef("user")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return members.annotate(
        seen_at=Subquery(sessions.values("last_seen_at")[:1]),
        two_steps=Exists(proofs),
    )


def open_work_of(members: list[Member]) -> dict[int, int]:
    """How many open conversations each one has; the rooms above answer, since nothing here may ask them."""
    found: dict[int, int] = {}
    for _receiver, counts in open_work.send(sender=Member, members=[member.pk for member in members]):
        for pk, n in counts.items():
            found[pk] = found.get(pk, 0) + n
    return found


def _person(member: Member, viewer: Member, roles: list[tuple[str, str]], open: int) -> Person:
    above = RANK[member.role] > RANK[viewer.role]
    return Person(
        member=member,
        roles=[] if above else roles,
        teams=list(member.places.all()),
        can_be_removed=not above and member.pk != viewer.pk,
        open=open,
    )


def removed_people(workspace: Workspace) -> MemberQuerySet:
    """Who had access once, the newest first."""
    gone = Member.objects.filter(workspace=workspace, deactivated_at__isnull=False)
    return gone.select_related("user", "own_role").order_by("-deactivated_at")


def heirs_of(member: Member) -> list[tuple[str, Any]]:
    """Who can be given what somebody leaves open: nobody, a colleague, a team."""
    here = Member.objects.active().filter(workspace=member.workspace_id).exclude(pk=member.pk)
    colleagues = [(f"member:{row.pk}", row.display_name) for row in here.by_name()]
    groups = [(f"team:{row.pk}", row.name) for row in Team.objects.order_by("name")]
    choices: list[tuple[str, Any]] = [("", _("Nobody: they wait for anybody"))]
    return choices + [
        (label, rows) for label, rows in ((_("People"), colleagues), (_("Teams"), groups)) if rows
    ]


def roles_given_by(viewer: Member) -> list[tuple[str, str]]:
    """(key, words) of the roles that somebody may hand out, the usual ones first."""
    rows = list(OwnRole.objects.order_by("name"))
    changed = {row.base: row.permissions for row in rows if not row.name}
    usual = [(key, label) for key, label in Role.choices if may_grant(viewer, key, changed.get(key))]
    added = [row for row in rows if row.name and may_grant(viewer, row.base, row.permissions)]
    return usual + [(f"own-{row.pk}", row.name) for row in added]


def role_of(key: str) -> tuple[str, OwnRole | None]:
    """What a key of the list above stands for: a usual role, or one that was added, with its base."""
    if not key.startswith("own-"):
        return key, None
    own = OwnRole.objects.get(pk=key.removeprefix("own-"))
    return own.base, own


def open_invitations() -> InvitationQuerySet:
    return Invitation.objects.open().select_related("team", "own_role").order_by("email")


def teams():
    """Teams with their active members, in the order of the alphabet."""
    active = Q(members__deactivated_at=None, members__user__is_active=True)
    return (
        Team.objects.annotate(size=Count("members", filter=active, distinct=True))
        .prefetch_related(Prefetch("members", Member.objects.active().by_name()))
        .order_by("name")
    )
