"""Who should hear of a conversation: never the one who did it, never who may not see it or has muted it (NO-7)."""

from collections.abc import Iterable

from django.db.models import Q

from conversations.models import Comment, Conversation, Follow, Message, Status
from inboxes.models import InboxAccess
from notifications.models import Mute
from notifications.topics import NEEDS, UP_FOR_GRABS, Topic
from tickets.models import Ticket
from workspaces.models import Member, MemberQuerySet
from workspaces.permissions import Permission, Role
from workspaces.scope import WorkspaceModel

# Somebody was chosen or named: no mute and no snooze is meant against that.
PERSONAL = frozenset({Topic.ASSIGNED, Topic.MENTION, Topic.FAILED})


def members_here(row: WorkspaceModel) -> MemberQuerySet:
    """The active members of a row's workspace, with what is needed to write to them."""
    here = Member.objects.active().filter(workspace=row.workspace_id)
    return here.select_related("user", "workspace")


def workers_of(row: Conversation | Ticket) -> list[Member]:
    """Everyone who may take what nobody has in its inbox; a restricted agent takes nothing."""
    people = members_here(row).holding(Permission.WORK).exclude(role=Role.RESTRICTED)
    if row.inbox is None or row.inbox.open_to_everyone:
        return list(people)
    let_in = InboxAccess.objects.filter(inbox=row.inbox_id)
    named = Q(pk__in=let_in.exclude(member=None).values("member"))
    in_team = Q(places__team__in=let_in.exclude(team=None).values("team"))
    return list(people.filter(named | in_team).distinct())


def team_of(conversation: Conversation, team: int) -> list[Member]:
    return list(members_here(conversation).filter(places__team=team))


def owners_of(row: Conversation | Ticket, owner: int | None, teams: Iterable[int]) -> list[Member]:
    """Who answers for something: its owner, else its teams, else those who manage tickets where it stands."""
    if owner:
        return people(row, [owner])
    in_teams = list(members_here(row).filter(places__team__in=list(teams)).distinct())
    return in_teams or [one for one in workers_of(row) if one.may(Permission.MANAGE_TICKETS)]


def takes_part(conversation: Conversation) -> set[int]:
    """Ids of members who follow it, wrote in it or commented on it."""
    wrote = Message.objects.filter(conversation=conversation).exclude(member=None)
    said = Comment.objects.filter(conversation=conversation).exclude(author=None)
    follows = Follow.objects.filter(conversation=conversation)
    return {
        *wrote.values_list("member", flat=True).distinct(),
        *said.values_list("author", flat=True).distinct(),
        *follows.values_list("member", flat=True),
    }


def people(row: Conversation | Ticket, ids: Iterable[int | None]) -> list[Member]:
    """Members by id, those who are still here."""
    return list(members_here(row).filter(pk__in={pk for pk in ids if pk}))


def who_hears(
    conversation: Conversation, members: Iterable[Member], topic: str, *, actor: int | None
) -> list[Member]:
    """Of these, who may be told of this topic here."""
    wanted = [member for member in members if member.pk != actor and member.may(NEEDS[topic])]
    if topic not in PERSONAL:
        if conversation.status == Status.SNOOZED:
            return []
        muted = set(Mute.objects.filter(conversation=conversation).values_list("member", flat=True))
        wanted = [member for member in wanted if member.pk not in muted]
    if topic in UP_FOR_GRABS:
        return wanted  # chosen by their inboxes already
    return [member for member in wanted if may_see(member, conversation)]


def may_see(member: Member, conversation: Conversation) -> bool:
    return Conversation.objects.visible_to(member).filter(pk=conversation.pk).exists()


def who_hears_of_ticket(ticket: Ticket, members: Iterable[Member], topic: str) -> list[Member]:
    """Of these, who may be told of a ticket that has no conversation: it cannot be muted."""
    return [
        member
        for member in members
        if member.may(NEEDS[topic]) and Ticket.objects.visible_to(member).filter(pk=ticket.pk).exists()
    ]
