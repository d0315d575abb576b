"""Settings of labels: counts kept, what carried one, two admins at once."""

import pytest

from conversations.actions import label_called, set_label
from conversations.labels import archive_label, merge_labels
from conversations.models import ConversationLabel, Label
from tests.factories import make_conversation
from workspaces.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_merging_keeps_every_mark_once(in_acme, ada):
    one, two = label_called("Lamp"), label_called("Lamps")
    both, only = make_conversation(in_acme), make_conversation(in_acme, address="rosa@pine.example")
    for conversation, label in ((both, one), (both, two), (only, one)):
        set_label(conversation, label, True, by=ada)
    assert merge_labels(one, two) == 2
    marks = ConversationLabel.objects.filter(label=two).values_list("conversation", flat=True)
    assert sorted(marks) == sorted([both.pk, only.pk])
    assert not Label.objects.filter(name="Lamp").exists()
    assert AuditEntry.objects.get(action="label.merged").before == {"name": "Lamp", "conversations": 2}


def test_an_archived_label_is_offered_no_longer_and_comes_back_by_name(in_acme):
    label = label_called("Lamp")
    archive_label(label, True)
    assert not Label.objects.in_use().exists()
    assert label_called("lamp") == label
    assert Label.objects.in_use().get() == label


def test_the_pages_make_change_and_delete(acme, ada, client_of, django_assert_num_queries):
    client = client_of(ada)
    client.post("/w/acme/settings/labels/new/", {"name": "Lamp", "colour": "d2"})
    taken = client.post("/w/acme/settings/labels/new/", {"name": "lamp", "colour": "d2"})
    assert taken.status_code == 422
    with acme.scope():
        label = Label.objects.get()
        set_label(make_conversation(acme), label, True, by=ada)
    page = client.get("/w/acme/settings/labels/")
    assert "1 conversation" in page.text
    url = f"/w/acme/settings/labels/{label.pk}/"
    form = client.get(url).context["form"]
    seen = str(form.seen).split('value="')[1].rstrip('">')
    client.post(url, {"name": "Lamps", "colour": "d2", "seen": seen})
    late = client.post(url, {"name": "Lights", "colour": "d2", "seen": seen})
    assert late.status_code == 422
    assert "Ada Owner changed this meanwhile to: Lamps" in late.text
    assert 'value="Lights"' in late.text
    client.post(f"{url}removal/")
    with acme.scope():
        assert not Label.objects.exists()
        actions = AuditEntry.objects.order_by("number").values_list("action", flat=True)
        assert [one for one in actions if one.startswith("label")] == [
            "label.created",
            "label.changed",
            "label.deleted",
        ]


def test_agents_do_not_manage_labels(acme, ben, client_of):
    assert client_of(ben).get("/w/acme/settings/labels/").status_code == 404
