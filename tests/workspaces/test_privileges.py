"""T020: each role calls each privileged address, by GET and by POST without the page."""

import pytest
from django.urls import reverse

from inboxes.models import Channel, Inbox
from tests.factories import make_member
from workspaces.actions import create_team, invite
from workspaces.models import Invitation, Member, Team
from workspaces.permissions import Role

ADMINS = {Role.OWNER, Role.ADMIN}

# name -> the keys of its address besides the workspace, and whether it can be read
PRIVILEGED = {
    "workspaces:team": ((), True),
    "workspaces:invite": ((), False),
    "workspaces:resend": (("invitation",), False),
    "workspaces:withdraw": (("invitation",), False),
    "workspaces:member_role": (("ben",), False),
    "workspaces:remove_member": (("ben",), False),
    "workspaces:create_team": ((), False),
    "workspaces:team_group": (("team",), True),
    "workspaces:delete_team": (("team",), False),
    "workspaces:add_place": (("team",), False),
    "workspaces:remove_place": (("team", "ben"), False),
    "workspaces:main_team": (("team", "ben"), False),
    "inboxes:list": ((), True),
    "inboxes:create": ((), False),
    "inboxes:inbox": (("inbox",), True),
    "inboxes:access": (("inbox",), False),
    "inboxes:connect": (("inbox",), False),
    "inboxes:channel": (("chat",), True),
    "inboxes:activity": (("chat",), False),
    "inboxes:setup_channel": (("chat",), True),
    "inboxes:setup_snippet": (("chat",), True),
}


@pytest.fixture
def rows(acme, ada, ben):
    with acme.scope():
        team = create_team("Lyon desk")
        invitation = invite("dan@acme.example", role=Role.AGENT, by=ada)
    return {
        "ben": ben.pk,
        "team": team.pk,
        "invitation": invitation.pk,
        "inbox": acme.inbox.pk,
        "chat": acme.chat.pk,
    }


def everything(house):
    """What a privileged action could change."""
    with house.scope():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Member, Team, Invitation, Inbox, Channel)
        ]


@pytest.mark.parametrize("role", [role for role in Role.values if role not in ADMINS])
def test_other_roles_find_nothing_and_change_nothing(acme, rows, client_of, role):
    """AC-2, AC-3: settings, channels and chatflows are for those whose role says so."""
    client = client_of(make_member(acme.workspace, f"{role}@acme.example", role.title(), role))
    before = everything(acme)
    for name, (keys, _readable) in PRIVILEGED.items():
        address = reverse(name, args=["acme", *(rows[key] for key in keys)])
        for answer in (
            client.get(address),
            client.post(address, {"name": "X", "role": "owner", "email": "x@y.zz"}),
        ):
            assert answer.status_code in (404, 405), (name, role, answer.status_code)
    assert everything(acme) == before


@pytest.mark.parametrize("role", ADMINS)
def test_admins_read_every_page(acme, rows, client_of, role):
    client = client_of(make_member(acme.workspace, f"{role}@acme.example", role.title(), role))
    for name, (keys, readable) in PRIVILEGED.items():
        if readable:
            address = reverse(name, args=["acme", *(rows[key] for key in keys)])
            assert client.get(address).status_code == 200, name


def test_owner_of_another_workspace_finds_nothing(acme, rows, cleo, client_of):
    client, before = client_of(cleo), everything(acme)
    for name, (keys, _readable) in PRIVILEGED.items():
        for workspace in ("acme", "globex"):
            if workspace == "globex" and not keys:
                continue
            address = reverse(name, args=[workspace, *(rows[key] for key in keys)])
            for answer in (client.get(address), client.post(address, {"name": "X", "role": "owner"})):
                assert answer.status_code in (404, 405), (name, workspace)
    assert everything(acme) == before


def test_everybody_has_their_own_settings(acme, client_of):
    for role in Role.values:
        client = client_of(make_member(acme.workspace, f"{role}@acme.example", role.title(), role))
        assert client.get("/w/acme/settings/profile/").status_code == 200


def test_settings_open_at_what_one_may_see(ada, ben, client_of):
    assert client_of(ada).get("/w/acme/settings/")["Location"] == "/w/acme/settings/inboxes/"
    assert client_of(ben).get("/w/acme/settings/")["Location"] == "/w/acme/settings/profile/"
