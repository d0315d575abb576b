"""What roles allow, where a workspace changed it (AC-6)."""

import pytest
from django.urls import reverse

from tests.factories import make_member
from workspaces import actions
from workspaces.models import Member, OwnRole
from workspaces.permissions import GRANTS, Permission, Role
from workspaces.refusals import NameTaken, NotAllowed

P = Permission
ROLES = "/w/acme/settings/roles/"


def fresh(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def test_a_changed_role_counts_at_once_for_everybody_who_has_it(in_acme, ada, ben, django_assert_num_queries):
    actions.change_permissions(Role.AGENT, {P.WORK, P.EXPORT}, by=ada)
    changed = fresh(ben)
    assert changed.access_version == ben.access_version + 1
    with django_assert_num_queries(0):
        assert changed.may(P.EXPORT) and not changed.may(P.USE_API)


def test_who_comes_later_gets_the_changed_role(in_acme, ada, ben):
    actions.change_permissions(Role.MANAGER, {P.WORK}, by=ada)
    actions.change_role(ben, role=Role.MANAGER, by=ada)
    assert fresh(ben).granted() == {P.WORK}


def test_the_usual_rights_come_back(in_acme, ada, ben):
    actions.change_permissions(Role.AGENT, {P.WORK, P.EXPORT}, by=ada)
    actions.change_permissions(Role.AGENT, GRANTS[Role.AGENT], by=ada)
    assert fresh(ben).permissions is None and not OwnRole.objects.exists()


def test_an_added_role_begins_as_a_copy_and_goes_its_own_way(in_acme, ada, ben):
    desk = actions.add_role("Trade desk", base=Role.AGENT, by=ada)
    actions.change_role(ben, role=Role.AGENT, own=desk, by=ada)
    actions.change_permissions(desk, {P.WORK, P.VIEW_REPORTS}, by=ada)
    assert fresh(ben).granted() == {P.WORK, P.VIEW_REPORTS} and fresh(ben).role_name() == "Trade desk"
    actions.remove_role(desk, by=ada)
    assert fresh(ben).granted() == GRANTS[Role.AGENT] and fresh(ben).own_role is None


def test_names_are_used_once(in_acme, ada):
    actions.add_role("Desk", base=Role.AGENT, by=ada)
    with pytest.raises(NameTaken):
        actions.add_role("DESK", base=Role.MANAGER, by=ada)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_are_fixed(in_acme, ada, role):
    with pytest.raises(NotAllowed):
        actions.change_permissions(role, {P.WORK}, by=ada)


def test_managing_people_is_part_of_no_edited_role(in_acme, ada):
    with pytest.raises(NotAllowed):
        actions.change_permissions(Role.MANAGER, {P.MANAGE_WORKSPACE}, by=ada)


def test_who_may_not_manage_people_changes_no_role(in_acme, ben):
    with pytest.raises(NotAllowed):
        actions.change_permissions(Role.AGENT, set(P) - {P.MANAGE_WORKSPACE}, by=ben)


def test_an_invitation_brings_an_added_role(acme, ada, after_commit):
    with acme.scope():
        desk = actions.add_role("Trade desk", base=Role.AGENT, by=ada)
        actions.change_permissions(desk, {P.WORK, P.EXPORT}, by=ada)
        invitation = actions.invite("dan@acme.example", role=Role.AGENT, own=desk, by=ada)
        assert invitation.role_name() == "Trade desk"


def test_those_who_hold_a_right_are_found_by_role_and_by_change(in_acme, ada, ben):
    assert list(Member.objects.holding(P.EXPORT)) == [ada]
    actions.change_permissions(Role.AGENT, {P.EXPORT}, by=ada)
    assert set(Member.objects.holding(P.EXPORT)) == {ada, ben}
    assert ben not in Member.objects.holding(P.WORK)


def test_the_page_shows_and_changes_the_matrix(acme, ada, ben, client_of):
    client = client_of(ada)
    assert 'name="agent" value="work" checked' in client.get(ROLES).content.decode()
    ticks = {str(role): sorted(GRANTS[role]) for role in (Role.MANAGER, Role.RESTRICTED, Role.REPORTER)}
    client.post(ROLES, {**ticks, "agent": ["work", "export"]})
    assert fresh(ben).granted() == {P.WORK, P.EXPORT}


def test_two_admins_do_not_overwrite_each_other(acme, ada, client_of):
    client = client_of(ada)
    seen = client.get(ROLES).context["form"].seen.split('value="')[1].split('"')[0]
    with acme.scope():
        actions.change_permissions(Role.AGENT, {P.WORK, P.EXPORT}, by=ada)
    ticks = {str(role): sorted(GRANTS[role]) for role in (Role.MANAGER, Role.RESTRICTED, Role.REPORTER)}
    answer = client.post(ROLES, {**ticks, "agent": ["work"], "seen": seen})
    assert answer.status_code == 422 and "meanwhile" in answer.content.decode()


def test_an_added_role_is_made_renamed_and_removed_on_the_page(acme, ada, client_of):
    client = client_of(ada)
    client.post(reverse("workspaces:add_role", args=["acme"]), {"own-name": "Desk", "own-base": "agent"})
    with acme.scope():
        desk = OwnRole.objects.get()
    rename, field = reverse("workspaces:rename_role", args=["acme", desk.pk]), f"name-{desk.pk}-name"
    seen = client.get(ROLES).context["added"][0][1].seen.split('value="')[1].rstrip('">')
    client.post(rename, {field: "Trade"})
    assert "Trade" in client.get(ROLES).content.decode()
    refused = client.post(rename, {field: "", "name-9-name": "x"})
    assert refused.status_code == 422 and "This field is required" in refused.content.decode()
    late = client.post(rename, {field: "Shop", f"name-{desk.pk}-seen": seen})
    assert (
        late.status_code == 422
        and "meanwhile" in late.content.decode()
        and 'value="Shop"' in late.content.decode()
    )
    client.post(reverse("workspaces:remove_role", args=["acme", desk.pk]))
    with acme.scope():
        assert not OwnRole.objects.exists()


def test_who_got_a_right_by_a_changed_role_opens_its_page(acme, ada, client_of):
    dan = make_member(acme.workspace, "dan@acme.example", "Dan", Role.RESTRICTED)
    client = client_of(dan)
    assert client.get("/w/acme/settings/inboxes/").status_code == 404
    with acme.scope():
        actions.change_permissions(Role.RESTRICTED, {P.WORK, P.MANAGE_INBOXES}, by=ada)
    assert client.get("/w/acme/settings/inboxes/").status_code == 200
