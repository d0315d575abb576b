"""Inboxes as admins keep them: created with access, guarded, moved out of, deleted, closed by the clock (IN, AC, CH, CT)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations import relocate
from conversations.models import Conversation
from conversations.tasks import close_quiet
from inboxes.actions import change_channel, change_inbox, create_inbox, set_access
from inboxes.addresses import fallback_of
from inboxes.channel_actions import ALL, OPEN, LastInbox, StillConnected, delete_inbox, move_channel
from inboxes.forms import AccessForm, InboxForm
from inboxes.models import Channel, Inbox, Relocation
from inboxes.queries import who_may_see
from tests.factories import make_conversation, make_member
from workspaces.actions import add_to_team, create_team
from workspaces.models.audit import AuditEntry

BASE = "/w/acme/settings/inboxes/"


@pytest.fixture
def client(ada, client_of):
    return client_of(ada)


def work_off() -> None:
    """As the sweep does, inside the scope."""
    for pk in Relocation.objects.filter(finished_at=None).values_list("pk", flat=True):
        while relocate.step(pk):
            pass


# ── Creating (IN-2), and its tabs (IN-4) ──


def test_an_inbox_is_created_with_its_people_and_a_first_channel(acme, client, ada, ben):
    typed = {"name": "Sales", "who": "named", "members": [ada.pk], "first": "chat"}
    made = client.post(f"{BASE}new/", typed)
    assert "/settings/channels/" in made["Location"]
    with acme.scope():
        sales = Inbox.objects.get(name="Sales")
        assert not Inbox.objects.worked_by(ben).filter(pk=sales.pk).exists()
        assert sales.channels.filter(kind="chat").count() == 1
    mail = client.post(f"{BASE}new/", {"name": "Press", "first": "email"})
    assert "/mail/" in mail["Location"]


def test_general_settings_are_saved_and_noted(acme, client):
    typed = {"name": "Help", "language": "fr", "signature": "{name}", "auto_close_days": "14"}
    assert client.post(f"{BASE}{acme.inbox.pk}/", typed).status_code == 302
    with acme.scope():
        inbox = Inbox.objects.get()
        assert InboxForm.stored(inbox) == typed | {"auto_close_days": 14}
        line = AuditEntry.objects.filter(action="inbox.changed").latest("number")
        assert (line.member_name, line.before["name"], line.after["name"]) == ("Ada Owner", "Support", "Help")


# ── Who may see this (AC-1) ──


def test_who_may_see_names_each_person_and_why(acme, ada, ben):
    mia = make_member(acme.workspace, "mia@acme.example", "Mia Manager", "manager")
    rob = make_member(acme.workspace, "rob@acme.example", "Rob Reporter", "reporter")
    with acme.scope():
        team = create_team("Lyon desk")
        add_to_team(team, ben)
        set_access(acme.inbox, everyone=False, members=[mia], teams=[team])
        seen = {one.member.pk: (one.why, one.works) for one in who_may_see(Inbox.objects.get())}
    assert seen[ben.pk] == ("Team Lyon desk", True)
    assert seen[mia.pk] == ("Chosen by name", True)
    assert seen[ada.pk][1] is False and "may look" in seen[ada.pk][0]
    assert rob.pk not in seen


def test_the_access_tab_costs_the_same_for_twenty_people(acme, client, django_assert_max_num_queries):
    client.get(f"{BASE}{acme.inbox.pk}/access/")
    for n in range(20):
        make_member(acme.workspace, f"m{n}@acme.example", f"Member {n}")
    with django_assert_max_num_queries(24):
        page = client.get(f"{BASE}{acme.inbox.pk}/access/").content.decode()
    assert page.count("data-reader=") == 21


# ── Two admins at once ──


def test_a_second_admin_sees_what_the_first_changed(acme, client):
    with acme.scope():
        inbox = Inbox.objects.get()
        shown = InboxForm(initial=InboxForm.stored(inbox), target=inbox)
        seen = str(shown.seen).split('value="')[1].rstrip('">')
        change_inbox(inbox, name="Helpdesk")
    typed = {"name": "Customer care", "language": "en", "signature": "", "seen": seen}
    answer = client.post(f"{BASE}{acme.inbox.pk}/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Helpdesk" in page and 'value="Customer care"' in page
    with acme.scope():
        assert Inbox.objects.get().name == "Helpdesk"


def test_access_that_another_admin_closed_is_not_opened_again_unseen(acme, client, ada):
    with acme.scope():
        inbox = Inbox.objects.get()
        form = AccessForm(initial=AccessForm.stored(inbox), target=inbox, workspace=acme.workspace)
        seen = str(form.seen).split('value="')[1].rstrip('">')
        set_access(inbox, everyone=False, members=[ada])
    answer = client.post(f"{BASE}{acme.inbox.pk}/access/", {"who": "everyone", "seen": seen})
    assert answer.status_code == 422
    with acme.scope():
        assert not Inbox.objects.get().open_to_everyone


# ── Moving a channel ──


@pytest.mark.parametrize(("taking", "left"), [("stay", 2), (OPEN, 1), (ALL, 0)])
def test_what_follows_a_channel_is_asked(acme, ada, client, taking, left):
    with acme.scope():
        sales = create_inbox(name="Sales")
        make_conversation(acme)
        closed = make_conversation(acme, address="b@x.example")
        Conversation.objects.filter(pk=closed.pk).update(status="closed", closed_at=timezone.now())
    url = f"/w/acme/settings/channels/{acme.email.pk}/move/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"to": sales.pk, "taking": taking}).status_code == 302
    with acme.scope():
        work_off()
        assert Channel.objects.get(pk=acme.email.pk).inbox_id == sales.pk
        assert Conversation.objects.filter(inbox=acme.inbox).count() == left
        acme.email.refresh_from_db()
        assert make_conversation(acme, address="c@x.example").inbox_id == sales.pk


# ── Deleting (IN-5) ──


def test_an_inbox_goes_when_its_channels_and_conversations_have_moved(acme, ada, client):
    url = f"{BASE}{acme.inbox.pk}/deletion/"
    with acme.scope():
        with pytest.raises(LastInbox):
            delete_inbox(acme.inbox, to=acme.inbox, by=ada)
        sales = create_inbox(name="Sales")
        kept = make_conversation(acme)
        with pytest.raises(StillConnected):
            delete_inbox(acme.inbox, to=sales, by=ada)
        own = fallback_of(acme.inbox)
        for channel in (acme.chat, acme.email, acme.messenger, acme.form):
            move_channel(channel, sales, taking="stay", by=ada)
    assert client.post(url, {"name": "support", "to": sales.pk}).status_code == 422
    assert client.post(url, {"name": "Support", "to": acme.inbox.pk}).status_code == 422
    assert client.post(url, {"name": "Support", "to": sales.pk}).status_code == 302
    assert "Going" in client.get(BASE).content.decode()
    with acme.scope():
        work_off()
        assert list(Inbox.objects.values_list("name", flat=True)) == ["Sales"]
        assert Conversation.objects.get(pk=kept.pk).inbox_id == sales.pk
        # Whoever writes to its address is not turned away.
        moved = Channel.objects.get(pk=own.pk)
        assert (moved.inbox_id, moved.is_active(), moved.config["fallback"]) == (sales.pk, True, False)


def test_a_thousand_conversations_move_a_batch_at_a_time(acme, ada, monkeypatch):
    monkeypatch.setattr(relocate, "BATCH", 2)
    with acme.scope():
        sales = create_inbox(name="Sales")
        for n in range(5):
            make_conversation(acme, address=f"p{n}@x.example")
        move_channel(acme.email, sales, taking=ALL, by=ada)
        job = Relocation.objects.get()
        assert [relocate.step(job.pk) for _round in range(3)] == [True, True, False]
        job.refresh_from_db()
        assert (job.moved, bool(job.finished_at)) == (5, True)


# ── Closed by the clock (CT-13) ──


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_what_is_silent_closes_and_what_waits_for_us_does_not(acme):
    """Also a chat, by its minutes."""
    old = timezone.now() - timedelta(days=15)
    with acme.scope():
        change_inbox(acme.inbox, auto_close_days=14)
        silent, waits, fresh, chat = (make_conversation(acme, address=f"q{n}@x.example") for n in range(4))
        Conversation.objects.exclude(pk=fresh.pk).update(last_activity_at=old)
        Conversation.objects.exclude(pk=waits.pk).update(waiting_since=None)
        change_channel(acme.chat, name="Website", config={"auto_close_minutes": 30})
        Conversation.objects.filter(pk=chat.pk).update(
            channel=acme.chat, last_activity_at=timezone.now() - timedelta(minutes=31)
        )
    assert close_quiet() == 2
    with acme.scope():
        closed = set(Conversation.objects.filter(status="closed").values_list("pk", flat=True))
    assert closed == {silent.pk, chat.pk}
