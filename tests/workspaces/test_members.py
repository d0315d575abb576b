"""Roles, teams, and what happens when somebody leaves."""

import pytest

from conversations import leaving
from conversations.actions import assign
from conversations.models import Conversation
from tests.factories import make_conversation, make_member
from workspaces import actions
from workspaces.models import Member, TeamMember
from workspaces.permissions import Role
from workspaces.refusals import LastOwner, NameTaken, NotAllowed, NotHere


@pytest.fixture
def eve(acme):
    return make_member(acme.workspace, "eve@acme.example", "Eve Admin", Role.ADMIN)


def version(member: Member) -> int:
    return Member.objects.get(pk=member.pk).access_version


# ── Founding ──


def test_founder_is_the_owner(ben):
    owner = actions.create_workspace("Atelier Lumen", ben.user, language="fr", time_zone="Europe/Paris")
    assert (owner.role, owner.workspace.slug, owner.workspace.language) == ("owner", "atelier-lumen", "fr")


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Élan & Cie", "elan-cie"), ("東京", "workspace"), ("x" * 90, "x" * 40), ("--", "workspace")],
)
def test_address_is_made_from_the_name(ben, name, slug):
    assert actions.create_workspace(name, ben.user).workspace.slug == slug


def test_two_of_one_name_get_two_addresses(ben):
    slugs = {actions.create_workspace("Lamps", ben.user).workspace.slug for _ in range(3)}
    assert len(slugs) == 3 and "lamps" in slugs


# ── Roles ──


def test_owner_makes_an_admin_and_open_pages_notice(ada, ben):
    before = version(ben)
    actions.change_role(ben, role=Role.ADMIN, by=ada)
    assert Member.objects.get(pk=ben.pk).role == Role.ADMIN
    assert version(ben) == before + 1


def test_admin_makes_no_owner(eve, ben):
    with pytest.raises(NotAllowed):
        actions.change_role(ben, role=Role.OWNER, by=eve)


def test_admin_touches_no_owner(ada, eve):
    with pytest.raises(NotAllowed):
        actions.change_role(ada, role=Role.AGENT, by=eve)
    with pytest.raises(NotAllowed):
        actions.deactivate(ada, by=eve)


def test_admin_does_not_raise_themselves(eve):
    with pytest.raises(NotAllowed):
        actions.change_role(eve, role=Role.OWNER, by=eve)


def test_last_owner_stays(acme, ada):
    with acme.scope():
        with pytest.raises(LastOwner):
            actions.change_role(ada, role=Role.ADMIN, by=ada)
        with pytest.raises(LastOwner):
            actions.deactivate(ada, by=ada)


def test_owner_may_step_down_when_there_is_another(ada, ben):
    actions.change_role(ben, role=Role.OWNER, by=ada)
    assert actions.change_role(ada, role=Role.AGENT, by=ada).role == Role.AGENT


def test_owner_who_left_does_not_count_as_another(acme, ada, ben):
    actions.change_role(ben, role=Role.OWNER, by=ada)
    with acme.scope():
        actions.deactivate(ben, by=ada)
    with pytest.raises(LastOwner):
        actions.change_role(ada, role=Role.AGENT, by=ada)


def test_role_of_the_changer_is_read_fresh(ada, eve, ben):
    """The row in the hand of a slow request still says admin."""
    stale = Member.objects.get(pk=eve.pk)
    actions.change_role(eve, role=Role.AGENT, by=ada)
    with pytest.raises(NotAllowed):
        actions.change_role(ben, role=Role.MANAGER, by=stale)


def test_nobody_changes_roles_elsewhere(cleo, ben):
    with pytest.raises(NotAllowed):
        actions.change_role(ben, role=Role.AGENT, by=cleo)


# ── Leaving (T029) ──


def test_who_is_removed_is_outside_at_once(acme, ada, ben, client_of):
    client, before = client_of(ben), version(ben)
    assert client.get("/w/acme/settings/profile/").status_code == 200
    with acme.scope():
        actions.deactivate(ben, by=ada)
    assert client.get("/w/acme/settings/profile/").status_code == 404
    assert version(ben) == before + 1


def test_disabled_account_is_outside_at_once(ben, client_of):
    client = client_of(ben)
    ben.user.is_active = False
    ben.user.save()
    assert client.get("/w/acme/settings/profile/").status_code in (302, 404)


def test_who_is_removed_leaves_the_teams(acme, ada, ben):
    with acme.scope():
        actions.add_to_team(actions.create_team("Lyon desk"), ben)
        actions.deactivate(ben, by=ada)
        assert not TeamMember.objects.exists()


@pytest.fixture
def three_open(acme, ada, ben):
    with acme.scope():
        rows = [make_conversation(acme, external_id=f"<{n}@x>") for n in range(3)]
        for row in rows:
            assign(row, to=ben, by=ada)
    return rows


def test_what_somebody_leaves_goes_to_the_heir(acme, ada, ben, three_open):
    """AC-7."""
    with acme.scope():
        actions.deactivate(ben, by=ada, heir=actions.create_team("Lyon"))
        assert {row.team.name for row in Conversation.objects.select_related("team")} == {"Lyon"}


def test_an_heir_who_does_not_work_there_gets_nothing(acme, ada, ben, three_open):
    with acme.scope():
        dan = make_member(acme.workspace, "dan@acme.example", "Dan Reporter", Role.REPORTER)
        actions.deactivate(ben, by=ada, heir=dan)
        assert Conversation.objects.unassigned().count() == 3


def test_an_heir_who_left_or_is_a_stranger_is_refused(acme, ada, ben, cleo):
    with acme.scope():
        for heir in (ben, cleo):
            with pytest.raises(NotHere):
                actions.deactivate(ben, by=ada, heir=heir)


def test_much_work_is_handed_over_in_the_background_and_survives_a_dead_worker(
    acme, ada, ben, three_open, monkeypatch
):
    monkeypatch.setattr(leaving, "BATCH", 1)
    with acme.scope():
        actions.deactivate(ben, by=ada, heir=ada)
        assert Conversation.objects.assigned_to(ada).count() == 1
        assert leaving.hand_over(Member.objects.get(pk=ben.pk))
        assert not leaving.hand_over(Member.objects.get(pk=ben.pk))
        assert Conversation.objects.assigned_to(ada).count() == 3


def test_who_comes_back_has_their_role_and_not_their_teams(acme, ada, ben):
    with acme.scope():
        actions.add_to_team(actions.create_team("Lyon"), ben)
        actions.deactivate(ben, by=ada)
        back = actions.reactivate(ben, by=ada)
        assert (back.deactivated_at, back.role, back.places.count()) == (None, Role.AGENT, 0)


# ── Teams (RT-5) ──


def test_first_team_is_the_main_one_and_the_next_takes_over(in_acme, ben):
    lyon, paris = actions.create_team("Lyon"), actions.create_team("Paris")
    assert actions.add_to_team(lyon, ben).is_main
    assert not actions.add_to_team(paris, ben).is_main
    actions.remove_from_team(lyon, ben)
    assert TeamMember.objects.get(member=ben).is_main


def test_a_person_has_one_main_team(in_acme, ben):
    lyon, paris = actions.create_team("Lyon"), actions.create_team("Paris")
    actions.add_to_team(lyon, ben)
    actions.add_to_team(paris, ben)
    actions.set_main_team(paris, ben)
    assert TeamMember.objects.get(member=ben, is_main=True).team == paris


def test_joining_twice_changes_nothing(in_acme, ben):
    team = actions.create_team("Lyon")
    actions.add_to_team(team, ben)
    before = version(ben)
    actions.add_to_team(team, ben)
    assert version(ben) == before


def test_joining_and_leaving_a_team_is_noticed(in_acme, ben):
    team, before = actions.create_team("Lyon"), version(ben)
    actions.add_to_team(team, ben)
    actions.remove_from_team(team, ben)
    actions.add_to_team(team, ben)
    actions.delete_team(team)
    assert version(ben) == before + 4


def test_team_names_are_used_once_whatever_the_case(in_acme):
    actions.create_team("Lyon")
    with pytest.raises(NameTaken):
        actions.create_team("LYON")
    with pytest.raises(NameTaken):
        actions.rename_team(actions.create_team("Paris"), name="lyon")
