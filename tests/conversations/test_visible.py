"""Who may read and who may act: AC-1, AC-6."""

from conversations.actions import assign
from conversations.models import Conversation
from inboxes.actions import create_inbox
from tests.factories import make_conversation
from workspaces.models import Team, TeamMember
from workspaces.permissions import Role


def visible(member) -> int:
    return Conversation.objects.visible_to(member).count()


def workable(member) -> int:
    return Conversation.objects.worked_by(member).count()


def in_closed_inbox(house, **access) -> Conversation:
    conversation = make_conversation(house)
    Conversation.objects.filter(pk=conversation.pk).update(inbox=create_inbox(name="Sales", **access))
    return conversation


def test_an_inbox_for_some_is_hidden_from_others(in_acme, ada, ben):
    in_closed_inbox(in_acme, members=[ada])
    assert (visible(ada), visible(ben)) == (1, 0)


def test_an_admin_reads_every_inbox_but_acts_only_as_its_member(in_acme, ada, ben):
    """AC-1."""
    in_closed_inbox(in_acme, members=[ben])
    assert (visible(ada), workable(ada)) == (1, 0)
    assert workable(ben) == 1


def test_a_team_lets_its_members_in(in_acme, ben):
    team = Team.objects.create(name="Lyon desk")
    in_closed_inbox(in_acme, teams=[team])
    assert visible(ben) == 0
    TeamMember.objects.create(team=team, member=ben)
    assert (visible(ben), workable(ben)) == (1, 1)


def test_a_restricted_agent_sees_what_is_given_to_them_or_their_team(in_acme, ada, ben):
    """AC-6."""
    ben.role = Role.RESTRICTED
    ben.save()
    conversation = make_conversation(in_acme)
    assert visible(ben) == 0
    assign(conversation, to=ben, by=ada)
    assert visible(ben) == 1


def test_a_reporter_opens_no_conversation(in_acme, ben):
    ben.role = Role.REPORTER
    ben.save()
    make_conversation(in_acme)
    assert (visible(ben), workable(ben)) == (0, 0)
