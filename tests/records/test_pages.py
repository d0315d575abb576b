"""Retention, archives and erasure as an admin meets them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import set_status
from conversations.models import Conversation, Status
from records.models import Erasure, Export, Retention, State
from records.retention import KINDS, current, set_retention, sweep, would_remove
from records.tasks import erase_people, let_go, make_exports
from tests.factories import make_conversation
from workspaces.models import AuditEntry, Member

RETENTION = {
    "closed_months": "6", "spam_days": "90", "trash_days": "30", "files_months": "", "visits_days": "", "audit_months": "",
}  # fmt: skip


def closed(house, by: Member, *, days: int) -> Conversation:
    conversation = make_conversation(house)
    set_status(conversation, Status.CLOSED, by=by)
    Conversation.objects.filter(pk=conversation.pk).update(closed_at=timezone.now() - timedelta(days=days))
    return conversation


@pytest.mark.django_db
def test_only_what_is_due_goes(in_acme, ada):
    old, young = closed(in_acme, ada, days=200), closed(in_acme, ada, days=100)
    assert would_remove({kind.field: None for kind in KINDS} | {"closed_months": 6}) == {"closed_months": 1}
    rule = set_retention(current(), closed_months=6)
    assert [sweep(kind, rule) for kind in KINDS] == [1, 0, 0, 0, 0, 0]
    assert not Conversation.objects.filter(pk=old.pk).exists()
    assert Conversation.objects.filter(pk=young.pk).exists()


@pytest.mark.django_db
def test_trying_saves_nothing_and_the_second_admin_sees_what_changed(acme, ada, client_of):
    with acme.scope():
        closed(acme, ada, days=200)
    client = client_of(ada)
    tried = client.post("/w/acme/settings/data/retention/", RETENTION | {"try": "1"})
    assert "<b>1</b>" in tried.text
    with acme.scope():
        assert not Retention.objects.exists()
    seen = str(client.get("/w/acme/settings/data/").context["form"].seen).split('value="')[1].rstrip('">')
    client.post("/w/acme/settings/data/retention/", RETENTION | {"seen": seen})
    late = client.post("/w/acme/settings/data/retention/", RETENTION | {"closed_months": "9", "seen": seen})
    assert late.status_code == 422 and "meanwhile to: 6" in late.text
    assert client.post("/w/acme/settings/data/retention/", RETENTION | {"spam_days": "91"}).status_code == 422
    with acme.scope():
        assert AuditEntry.objects.get(action="retention.changed").after == {"closed_months": 6}


@pytest.mark.django_db
def test_an_archive_is_for_who_asked_and_after_the_password(acme, ada, client_of, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client = client_of(ada)
    client.post("/w/acme/settings/data/exports/")
    client.post("/w/acme/settings/data/exports/")
    with acme.scope():
        export = Export.objects.get()
        export.path.parent.mkdir(parents=True)
        export.path.write_bytes(b"PK")
        export.state, export.size, export.expires_at = State.DONE, 2, timezone.now() + timedelta(days=7)
        export.save()
    url = f"/w/acme/settings/data/exports/{export.pk}/"
    asked = client.get(url)
    assert asked.status_code == 302 and "/account/reauthenticate/" in asked.url
    client.post("/account/reauthenticate/", {"password": "lamps-and-shades-42"})
    assert client.get(url).status_code == 200
    with acme.scope():
        Export.objects.update(expires_at=timezone.now())
        assert AuditEntry.objects.filter(action="export.downloaded").count() == 1
    assert client.get(url).status_code == 404


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_the_worker_does_what_was_asked_for(acme, ada, client_of, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with acme.scope():
        contact = make_conversation(acme).contact
        closed(acme, ada, days=200)
        set_retention(current(), closed_months=6)
    client = client_of(ada)
    client.post("/w/acme/settings/data/exports/")
    assert make_exports() == 1
    url = f"/w/acme/contacts/{contact.pk}/erasure/"
    assert "James Whitfield" in client.get(url).text
    assert client.post(url).status_code == 422
    client.post(url, {"sure": "on"})
    assert erase_people() == 1
    assert erase_people() == 0
    with acme.scope():
        assert Erasure.objects.get().state == State.DONE
        assert Export.objects.get().state == State.EXPIRED
        assert not list(tmp_path.rglob("*.zip"))
        Conversation.objects.filter(status=Status.CLOSED).update(
            closed_at=timezone.now() - timedelta(days=300)
        )
    assert client.get(url).status_code == 404
    assert let_go() == 2


@pytest.mark.django_db
def test_who_may(acme, ben, client_of):
    client = client_of(ben)
    assert client.get("/w/acme/settings/data/").status_code == 404
    assert client.get("/w/acme/contacts/1/erasure/").status_code == 404
