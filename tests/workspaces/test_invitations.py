"""Invitations: one success at most, for the right address, while the inviter may still invite (T022)."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from tests.factories import make_member, make_user
from tests.workspaces.mails import link_in, links_in
from workspaces import actions
from workspaces.models import Invitation, Member
from workspaces.permissions import Role
from workspaces.refusals import (
    AlreadyInvited,
    AlreadyMember,
    AnotherAddress,
    InvitationGone,
    NotAllowed,
    SentJustNow,
    TooManyInvitations,
)


@pytest.fixture
def dan(db):
    return make_user("dan@acme.example", "Dan New")


@pytest.fixture
def invited(acme, ada, after_commit, mailoutbox):
    """Invite Dan and give the token that was mailed."""

    def send(email="dan@acme.example", role=Role.AGENT, by=ada, team=None) -> str:
        with after_commit(), acme.scope():
            actions.invite(email, role=role, by=by, team=team)
        return token_of(mailoutbox[-1])

    return send


def token_of(mail) -> str:
    return link_in(mail, "/invitations/").rstrip("/").rsplit("/", 1)[1]


def test_invited_person_becomes_a_member_with_that_role(acme, dan, invited):
    member = actions.accept_invitation(invited(role=Role.MANAGER), dan)
    assert (member.workspace, member.role, member.display_name) == (acme.workspace, Role.MANAGER, "Dan New")


def test_only_the_hash_of_the_token_is_kept(acme, invited):
    token = invited()
    with acme.scope():
        row = Invitation.objects.get()
    assert token not in str(vars(row))
    assert len(token.split(".")[1]) == 43


def test_invitation_works_once(dan, invited):
    token = invited()
    actions.accept_invitation(token, dan)
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token, dan)
    assert actions.find_invitation(token) is None


@pytest.mark.parametrize(
    "token", ["", " ", "\x00", "1.", ".", "1." + "a" * 42, "0." + "a" * 43, "x." + "a" * 43]
)
def test_strange_tokens_find_nothing(dan, invited, token):
    invited()
    assert actions.find_invitation(token) is None
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token, dan)


@pytest.mark.parametrize("id", ["9" * 18, "9" * 19, "1" + "0" * 400])
def test_tokens_of_workspaces_that_do_not_exist(dan, id):
    with pytest.raises(InvitationGone):
        actions.accept_invitation(f"{id}.{'a' * 43}", dan)


def test_token_with_another_workspace_in_front_finds_nothing(globex, dan, invited):
    secret = invited().split(".")[1]
    with pytest.raises(InvitationGone):
        actions.accept_invitation(f"{globex.workspace.pk}.{secret}", dan)
    assert not Member.objects.filter(user=dan).exists()


def test_expired_invitation_is_refused(acme, dan, invited):
    token = invited()
    with acme.scope():
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token, dan)


def test_withdrawn_invitation_is_refused(acme, ada, dan, invited):
    token = invited()
    with acme.scope():
        actions.withdraw_invitation(Invitation.objects.get(), by=ada)
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token, dan)


def test_somebody_else_cannot_accept(cleo, invited):
    with pytest.raises(AnotherAddress):
        actions.accept_invitation(invited(), cleo.user)


def test_an_address_that_is_not_confirmed_proves_nothing(dan, invited):
    dan.emailaddress_set.update(verified=False)
    with pytest.raises(AnotherAddress):
        actions.accept_invitation(invited(), dan)


def test_case_of_the_address_does_not_matter(dan, invited):
    assert actions.accept_invitation(invited("Dan@Acme.Example"), dan)


def test_inviter_who_left_no_longer_vouches(acme, ada, dan, invited):
    eve = make_member(acme.workspace, "eve@acme.example", "Eve", Role.ADMIN)
    token = invited(by=eve)
    with acme.scope():
        actions.deactivate(eve, by=ada)
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token, dan)


def test_role_is_measured_at_acceptance(acme, ada, dan, invited):
    """T022: an admin invites an admin, is made an agent, and the invitation is worth nothing."""
    eve = make_member(acme.workspace, "eve@acme.example", "Eve", Role.ADMIN)
    token = invited(role=Role.ADMIN, by=eve)
    actions.change_role(eve, role=Role.AGENT, by=ada)
    with pytest.raises(InvitationGone):
        actions.accept_invitation(token, dan)


def test_nobody_invites_above_themselves(acme):
    eve = make_member(acme.workspace, "eve@acme.example", "Eve", Role.ADMIN)
    with acme.scope(), pytest.raises(NotAllowed):
        actions.invite("x@acme.example", role=Role.OWNER, by=eve)


def test_agents_do_not_invite(acme, ben):
    with acme.scope(), pytest.raises(NotAllowed):
        actions.invite("x@acme.example", role=Role.AGENT, by=ben)


def test_members_and_invited_addresses_are_not_invited_twice(acme, ada, ben):
    with acme.scope():
        with pytest.raises(AlreadyMember):
            actions.invite("BEN@acme.example", role=Role.AGENT, by=ada)
        actions.invite("x@acme.example", role=Role.AGENT, by=ada)
        with pytest.raises(AlreadyInvited):
            actions.invite("X@acme.example", role=Role.AGENT, by=ada)


def test_a_day_has_room_for_a_hundred(acme, ada, monkeypatch):
    monkeypatch.setattr("workspaces.actions.invitations.INVITATIONS_A_DAY", 1)
    with acme.scope():
        withdrawn = actions.invite("x@acme.example", role=Role.AGENT, by=ada)
        actions.withdraw_invitation(withdrawn, by=ada)
        with pytest.raises(TooManyInvitations):
            actions.invite("y@acme.example", role=Role.AGENT, by=ada)


def test_sending_again_replaces_the_link(acme, ada, dan, invited, after_commit, mailoutbox):
    first = invited()
    with acme.scope():
        with pytest.raises(SentJustNow):
            actions.resend_invitation(Invitation.objects.get(), by=ada)
        Invitation.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    with after_commit(), acme.scope():
        actions.resend_invitation(Invitation.objects.get(), by=ada)
    assert actions.find_invitation(first) is None
    assert actions.accept_invitation(token_of(mailoutbox[-1]), dan)


def test_team_of_the_invitation_is_joined(acme, dan, invited):
    with acme.scope():
        team = actions.create_team("Lyon desk")
    member = actions.accept_invitation(invited(team=team), dan)
    with acme.scope():
        assert [place.team for place in member.places.all()] == [team]


def test_who_comes_back_gets_the_role_of_the_invitation(acme, ada, dan, invited):
    member = actions.accept_invitation(invited(role=Role.ADMIN), dan)
    with acme.scope():
        actions.deactivate(member, by=ada)
    back = actions.accept_invitation(invited(role=Role.AGENT), dan)
    assert (back.pk, back.role, back.deactivated_at) == (member.pk, Role.AGENT, None)
    assert back.access_version > member.access_version


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_one_success(acme, ada, dan):
    """T022."""
    from workspaces.actions import invitations as module
    from workspaces.models import hash_token

    token = module._new_token(acme.workspace.pk)
    with acme.scope():
        row = actions.invite(dan.email, role=Role.AGENT, by=ada)
        Invitation.objects.filter(pk=row.pk).update(token_hash=hash_token(token))
    outcomes, start = [], threading.Barrier(20)

    def accept():
        start.wait()
        try:
            actions.accept_invitation(token, dan)
            outcomes.append("in")
        except InvitationGone:
            outcomes.append("gone")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone"] * 19 + ["in"]
    assert Member.objects.filter(user=dan).count() == 1


# ── In the browser ──


def test_reading_the_page_accepts_nothing(acme, dan, invited, sign_in):
    token = invited()
    client, _ = sign_in(dan.email)
    page = client.get(f"/invitations/{token}/")
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert not Member.objects.filter(user=dan).exists()
    done = client.post(f"/invitations/{token}/acceptance/")
    assert done.status_code == 302 and done["Location"].startswith("/w/acme/inbox/")
    assert Member.objects.filter(user=dan).exists()


def test_page_of_a_used_invitation_says_so(dan, invited, sign_in):
    token = invited()
    client, _ = sign_in(dan.email)
    client.post(f"/invitations/{token}/acceptance/")
    assert client.get(f"/invitations/{token}/").status_code == 410
    assert client.post(f"/invitations/{token}/acceptance/").status_code == 410


def test_somebody_else_signed_in_sees_no_button(cleo, invited, client_of):
    token, client = invited(), client_of(cleo)
    page = client.get(f"/invitations/{token}/")
    assert b"acceptance" not in page.content
    client.post(f"/invitations/{token}/acceptance/")
    assert Member.objects.filter(user=cleo.user).count() == 1


def test_accepting_asks_to_sign_in(invited):
    assert Client().post(f"/invitations/{invited()}/acceptance/").status_code == 401


def test_mail_links_to_the_site_whatever_the_host(acme, ada, client_of, after_commit, mailoutbox, settings):
    """T024."""
    settings.SITE_URL = "https://parley.example"
    with after_commit():
        answer = client_of(ada).post(
            "/w/acme/settings/team/invitations/",
            {"email": "dan@acme.example", "role": "agent"},
            headers={"x-forwarded-host": "evil.example"},
        )
    assert answer.status_code == 302
    assert {link.split("/invitations/")[0] for link in links_in(mailoutbox[0])} == {"https://parley.example"}


def test_mail_is_in_the_language_of_the_workspace(acme, invited, mailoutbox):
    acme.workspace.language = "fr"
    acme.workspace.save()
    invited()
    assert 'lang="fr"' in mailoutbox[-1].alternatives[0][0]


def test_names_are_words_in_the_mail_not_markup(acme, ada, invited, mailoutbox):
    ada.display_name = "<b>Ada</b>\nBcc: x@y.example"
    ada.save()
    invited()
    assert "<b>" not in mailoutbox[-1].alternatives[0][0]
    assert "\n" not in mailoutbox[-1].subject


def test_a_mail_server_that_is_down_undoes_nothing(acme, ada, client_of, after_commit, monkeypatch):
    monkeypatch.setattr("workspaces.mail.EmailMultiAlternatives.send", lambda mail: 1 / 0)
    with after_commit():
        answer = client_of(ada).post(
            "/w/acme/settings/team/invitations/", {"email": "dan@acme.example", "role": "agent"}
        )
    assert answer.status_code == 302
    with acme.scope():
        assert Invitation.objects.open().count() == 1


def test_closed_house_opens_for_the_invited_address_alone(acme, invited, settings):
    settings.SIGNUP_OPEN = False
    stranger = Client()
    assert b'name="password1"' not in stranger.get("/account/signup/").content
    guest = Client()
    guest.get(f"/invitations/{invited()}/")
    assert b'name="password1"' in guest.get("/account/signup/").content
    typed = {"name": "Dan", "password1": "lamps-and-shades-42"}
    other = guest.post("/account/signup/", {**typed, "email": "other@acme.example"})
    assert other.status_code == 200 and b"invited" in other.content
    own = guest.post("/account/signup/", {**typed, "email": "dan@acme.example"})
    assert own.status_code == 302
