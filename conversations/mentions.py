"""Who is named in a comment: `@` and the whole name of a member or a team (NO-5, CO-2)."""

from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from conversations.models import Comment, Conversation, Mention
from inboxes.models import sees_only_own
from workspaces.models import Member, Team, TeamMember
from workspaces.permissions import Permission


class CannotMention(Exception):
    """Somebody was named who may not read the conversation; the words say who, and what to do."""

    def __init__(self, words: str, members: "list[Member] | None" = None):
        super().__init__(words)
        self.members = members or []


@dataclass(frozen=True)
class Named:
    members: dict[Member, Team | None]
    names: list[str]


def find_named(conversation: Conversation, body: str) -> Named:
    """Who a comment names. Raises CannotMention for a member who would not see it; of a team, those who may are told."""
    if "@" not in body:
        return Named({}, [])
    people = list(Member.objects.active().filter(workspace=conversation.workspace_id).select_related("user"))
    teams = list(Team.objects.all())
    # The longest first: "@Ann Lee" names Ann Lee, not Ann.
    candidates = sorted([*people, *teams], key=lambda one: len(_name(one)), reverse=True)
    found, rest = [], body.casefold()
    for candidate in candidates:
        sign = f"@{_name(candidate)}".casefold()
        if sign in rest:
            found.append(candidate)
            # A namesake is meant as well: the text alone cannot tell them apart.
            if not any(other is not candidate and _name(other) == _name(candidate) for other in candidates):
                rest = rest.replace(sign, "\0")
    direct = [one for one in found if isinstance(one, Member)]
    _check(conversation, direct)
    members: dict[Member, Team | None] = dict.fromkeys(direct)
    for team in (one for one in found if isinstance(one, Team)):
        for place in TeamMember.objects.filter(team=team).select_related("member__user"):
            if place.member in people and may_read(conversation, place.member):
                members.setdefault(place.member, team)
    return Named(members, [_name(one) for one in found])


def remember(comment: Comment, named: Named, *, by: Member | None) -> None:
    """Note who was named; naming oneself is nothing (NO-5)."""
    Mention.objects.bulk_create(
        Mention(
            workspace_id=comment.workspace_id,
            conversation_id=comment.conversation_id,
            comment=comment,
            member=member,
            team=team,
        )
        for member, team in named.members.items()
        if not by or member.pk != by.pk
    )


def may_read(conversation: Conversation, member: Member) -> bool:
    return Conversation.objects.visible_to(member).filter(pk=conversation.pk).exists()


def _check(conversation: Conversation, members: list[Member]) -> None:
    shut_out = [member for member in members if not may_read(conversation, member)]
    if shut_out:
        names = get_text_list([member.display_name for member in shut_out], _("and"))
        raise CannotMention(
            _(
                "%(names)s cannot see this conversation. Take the name out, or have them let into the inbox %(inbox)s."
            )
            % {"names": names, "inbox": conversation.inbox.name},
            shut_out,
        )


def may_let_in(member: Member) -> bool:
    """Managers and admins may bring somebody in while they write (CO-2)."""
    return member.may(Permission.MANAGE_INBOXES) or member.may(Permission.VIEW_ALL_INBOXES)


def would_help(refused: CannotMention) -> bool:
    """Whether a place in the inbox is all that they lack: who works nowhere, or sees only their own, lacks more."""
    return bool(refused.members) and all(
        one.may(Permission.WORK) and not sees_only_own(one) for one in refused.members
    )


def _name(one: Member | Team) -> str:
    return one.display_name if isinstance(one, Member) else one.name
