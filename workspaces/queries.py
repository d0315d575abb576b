"""What the pages of people show."""

from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import Count, Prefetch, Q
from django.urls import NoReverseMatch, reverse

from workspaces.models import Invitation, InvitationQuerySet, Member, Team, TeamMember, User, Workspace
from workspaces.permissions import RANK, Permission, Role, may_grant


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


def people(workspace: Workspace, viewer: Member) -> list[Person]:
    places = Prefetch("places", TeamMember.objects.select_related("team").order_by("-is_main", "team__name"))
    members = Member.objects.active().filter(workspace=workspace).select_related("user").by_name()
    return [_person(member, viewer) for member in members.prefetch_related(places)]


def _person(member: Member, viewer: Member) -> Person:
    above = RANK[member.role] > RANK[viewer.role]
    return Person(
        member=member,
        roles=[] if above else roles_given_by(viewer),
        teams=list(member.places.all()),
        can_be_removed=not above and member.pk != viewer.pk,
    )


def roles_given_by(viewer: Member) -> list[tuple[str, str]]:
    return [(value, label) for value, label in Role.choices if may_grant(viewer.role, value)]


def open_invitations() -> InvitationQuerySet:
    return Invitation.objects.open().select_related("team").order_by("email")


def teams():
    """Teams with their active members, in the order of the alphabet."""
    active = Q(members__deactivated_at=None, members__user__is_active=True)
    return (
        Team.objects.annotate(size=Count("members", filter=active, distinct=True))
        .prefetch_related(Prefetch("members", Member.objects.active().by_name()))
        .order_by("name")
    )
