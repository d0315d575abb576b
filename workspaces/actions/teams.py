"""Teams: groups of members, of which each has one main team (RT-5). Call these inside the workspace's scope."""

from django.db import IntegrityError, transaction

from workspaces.actions.members import access_changed
from workspaces.audit import note
from workspaces.models import Member, Team, TeamMember
from workspaces.refusals import NameTaken


def create_team(name: str) -> Team:
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name)
    except IntegrityError:
        raise NameTaken from None
    note("team.created", team, after={"name": name})
    return team


def rename_team(team: Team, *, name: str) -> Team:
    before, team.name = team.name, name
    try:
        with transaction.atomic():
            team.save(update_fields=["name"])
    except IntegrityError:
        raise NameTaken from None
    note("team.renamed", team, {"name": before}, {"name": name})
    return team


@transaction.atomic
def delete_team(team: Team) -> None:
    """Remove the team, not its people; they lose what only the team let them see."""
    access_changed(Member.objects.filter(places__team=team))
    note("team.deleted", team, before={"name": team.name})
    team.delete()


@transaction.atomic
def add_to_team(team: Team, member: Member) -> TeamMember:
    """Put a member into a team; their first team becomes their main one. Adding twice changes nothing."""
    Member.objects.select_for_update().get(pk=member.pk)
    has_main = TeamMember.objects.filter(member=member, is_main=True).exists()
    place, is_new = TeamMember.objects.get_or_create(
        team=team, member=member, defaults={"is_main": not has_main}
    )
    if is_new:
        access_changed(Member.objects.filter(pk=member.pk))
        note("team.changed", team, after={"added": member})
    return place


@transaction.atomic
def remove_from_team(team: Team, member: Member) -> None:
    """Take a member out of a team; when it was their main one, the oldest of the others takes its place."""
    Member.objects.select_for_update().get(pk=member.pk)
    place = TeamMember.objects.filter(team=team, member=member).first()
    if place is None:
        return
    place.delete()
    access_changed(Member.objects.filter(pk=member.pk))
    if place.is_main:
        other = TeamMember.objects.filter(member=member).order_by("pk").first()
        if other:
            other.is_main = True
            other.save(update_fields=["is_main"])
    note("team.changed", team, before={"member": member})


@transaction.atomic
def set_main_team(team: Team, member: Member) -> TeamMember:
    """Make this team, in which the member already is, their main one."""
    Member.objects.select_for_update().get(pk=member.pk)
    place = TeamMember.objects.get(team=team, member=member)
    TeamMember.objects.filter(member=member, is_main=True).exclude(pk=place.pk).update(is_main=False)
    if not place.is_main:
        place.is_main = True
        place.save(update_fields=["is_main"])
        note("team.changed", team, after={"main team of": member})
    return place
