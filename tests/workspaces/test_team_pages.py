"""Settings > Team, as an owner uses it."""

from datetime import timedelta

from django.utils import timezone

from conversations.actions import assign
from conversations.models import Conversation
from tests.factories import PASSWORD, make_conversation, make_member
from workspaces.actions import add_to_team, create_team, invite
from workspaces.models import Invitation, Member, Team, TeamMember

TEAM = "/w/acme/settings/team/"


def page_of(client) -> str:
    return client.get(TEAM).content.decode()


def test_people_roles_teams_and_invitations_are_listed(acme, ada, ben, client_of):
    with acme.scope():
        team = create_team("Lyon desk")
        add_to_team(team, ben)
        invite("dan@acme.example", role="manager", by=ada, team=team)
    page = page_of(client_of(ada))
    for words in ("Ben Agent", "ben@acme.example", "Lyon desk", "dan@acme.example", "2 people, 1 invitation"):
        assert words in page


def test_somebody_is_found_by_name_or_address(ada, ben, client_of):
    client = client_of(ada)
    for words in ("ben ag", "BEN@acme"):
        page = client.get(TEAM, {"find": words}).content.decode()
        assert f'id="person-{ben.pk}"' in page and f'id="person-{ada.pk}"' not in page
    assert "Nobody here by that name" in client.get(TEAM, {"find": "zoe"}).content.decode()


def test_nobody_of_another_workspace_is_listed(ada, cleo, client_of):
    assert "Cleo" not in page_of(client_of(ada))


def test_role_is_changed_from_the_table(ada, ben, client_of):
    client_of(ada).post(f"{TEAM}members/{ben.pk}/role/", {"role": "manager"})
    assert Member.objects.get(pk=ben.pk).role == "manager"


def test_making_an_owner_asks_for_the_password_and_then_goes_on(ada, ben, client_of):
    client, address = client_of(ada), f"{TEAM}members/{ben.pk}/role/"
    asked = client.post(address, {"role": "owner"})
    assert "/reauthenticate/" in asked["Location"]
    assert Member.objects.get(pk=ben.pk).role == "agent"
    client.post(asked["Location"], {"password": PASSWORD, "next": address})
    assert Member.objects.get(pk=ben.pk).role == "owner"


def test_inviting_an_owner_asks_for_the_password(acme, ada, client_of):
    asked = client_of(ada).post(f"{TEAM}invitations/", {"email": "dan@acme.example", "role": "owner"})
    assert "/reauthenticate/" in asked["Location"]
    with acme.scope():
        assert not Invitation.objects.exists()


def test_last_owner_reads_why_not(ada, client_of):
    answer = client_of(ada).post(f"{TEAM}members/{ada.pk}/role/", {"role": "agent"}, follow=True)
    assert "at least one owner" in answer.content.decode()
    assert Member.objects.get(pk=ada.pk).role == "owner"


def test_removing_somebody_asks_who_gets_their_work_and_they_can_come_back(acme, ada, ben, client_of):
    """AC-7."""
    with acme.scope():
        conversation = make_conversation(acme)
        assign(conversation, to=ben, by=ada)
    client = client_of(ada)
    asked = client.get(f"{TEAM}members/{ben.pk}/removal/").content.decode()
    assert "1 open conversation" in asked and f'value="member:{ada.pk}"' in asked
    client.post(f"{TEAM}members/{ben.pk}/removal/", {"heir": f"member:{ada.pk}"})
    with acme.scope():
        assert Conversation.objects.get().assignee == ada
    page = page_of(client)
    assert f'id="person-{ben.pk}"' not in page and "Let in again" in page
    client.post(f"{TEAM}members/{ben.pk}/return/")
    assert f'id="person-{ben.pk}"' in page_of(client)


def test_several_are_invited_at_once_and_those_who_were_not_stay_in_the_form(acme, ada, ben, client_of):
    typed = "dan@acme.example, ben@acme.example\nfay@acme.example"
    answer = client_of(ada).post(f"{TEAM}invitations/", {"email": typed, "role": "agent"})
    page = answer.content.decode()
    with acme.scope():
        assert set(Invitation.objects.values_list("email", flat=True)) == {
            "dan@acme.example",
            "fay@acme.example",
        }
    assert answer.status_code == 422 and "ben@acme.example</textarea>" in page


def test_the_page_asks_as_often_for_many_people_as_for_few(
    acme, ada, ben, client_of, django_assert_max_num_queries
):
    client = client_of(ada)
    client.get(TEAM)
    for n in range(6):
        make_member(acme.workspace, f"p{n}@acme.example", f"P {n}")
    with django_assert_max_num_queries(32):
        client.get(TEAM)


def test_inviting_a_member_keeps_what_was_typed(ada, ben, client_of):
    answer = client_of(ada).post(f"{TEAM}invitations/", {"email": "ben@acme.example", "role": "manager"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "already in the workspace" in page and "ben@acme.example</textarea>" in page
    assert '<option value="manager" selected>' in page


def test_admin_is_not_offered_what_they_may_not_give(acme, client_of):
    client = client_of(make_member(acme.workspace, "eve@acme.example", "Eve", "admin"))
    assert '<option value="owner"' not in page_of(client)
    answer = client.post(f"{TEAM}invitations/", {"email": "x@acme.example", "role": "owner"})
    assert answer.status_code == 422


def test_expired_invitation_is_sent_again_or_withdrawn(acme, ada, client_of):
    with acme.scope():
        invitation = invite("dan@acme.example", role="agent", by=ada)
        Invitation.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=8))
    client = client_of(ada)
    assert "Expired" in page_of(client)
    client.post(f"{TEAM}invitations/{invitation.pk}/resending/")
    assert "Expired" not in page_of(client)
    client.post(f"{TEAM}invitations/{invitation.pk}/withdrawal/")
    assert client.post(f"{TEAM}invitations/{invitation.pk}/withdrawal/").status_code == 404


def test_a_team_from_beginning_to_end(acme, ada, ben, client_of):
    client = client_of(ada)
    made = client.post("/w/acme/settings/teams/", {"team-name": "Lyon desk"})
    group = made["Location"]
    client.post(f"{group}members/", {"member": ben.pk})
    client.post(group, {"name": "Lyon"})
    page = client.get(group).content.decode()
    assert "Ben Agent" in page and "Main team" in page and "Lyon" in page
    client.post(f"{group}members/{ben.pk}/removal/")
    with acme.scope():
        assert not TeamMember.objects.exists()
    client.post(f"{group}removal/")
    with acme.scope():
        assert not Team.objects.exists()


def test_team_name_that_is_taken(acme, ada, client_of):
    client = client_of(ada)
    client.post("/w/acme/settings/teams/", {"team-name": "Lyon"})
    answer = client.post("/w/acme/settings/teams/", {"team-name": "LYON"})
    assert answer.status_code == 422 and "name is taken" in answer.content.decode()


def test_somebody_of_another_workspace_is_put_into_no_team(acme, ada, cleo, client_of):
    client = client_of(ada)
    group = client.post("/w/acme/settings/teams/", {"team-name": "Lyon"})["Location"]
    assert client.post(f"{group}members/", {"member": cleo.pk}).status_code == 422
