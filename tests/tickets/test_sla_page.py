"""Settings > Inboxes > Service levels (SL-1): who may, what is kept, and what two people see of each other."""

from django.urls import reverse

from tests.factories import make_member
from tickets.models import SlaPolicy
from tickets.sla.policies import current
from workspaces.models import AuditEntry
from workspaces.permissions import Role


def test_owners_set_goals_and_lines_and_others_may_not(acme, ada, ben, client_of):
    url = reverse("tickets:service_levels", args=["acme", acme.inbox.pk])
    manager = make_member(acme.workspace, "mia@acme.example", "Mia Manager", Role.MANAGER)
    assert client_of(ben).get(url).status_code == client_of(manager).get(url).status_code == 404
    owner = client_of(ada)
    shown = owner.get(url)
    assert shown.status_code == 200 and b"Promise an answer" in shown.content
    empty = owner.post(url, {"on": "on", "clock": "hours"})
    assert empty.status_code == 422 and b"Say at least one time." in empty.content
    told = {
        "on": "on",
        "clock": "always",
        "first": "30",
        "first_unit": "minutes",
        "close": "8",
        "close_unit": "hours",
        "line0_is": "source:email",
        "line0_place": "2",
        "line0_first": "1",
        "line0_first_unit": "hours",
        "line1_is": "priority:urgent",
        "line1_place": "1",
        "line1_next": "10",
        "line1_next_unit": "minutes",
    }
    assert owner.post(url, told).status_code == 302
    with acme.scope():
        kept = current(acme.inbox)
        assert (kept.on, kept.working_hours, kept.goals) == (True, False, {"first": 30, "close": 480})
        assert kept.lines == [
            {"by": "priority", "is": "urgent", "goals": {"next": 10}},
            {"by": "source", "is": "email", "goals": {"first": 60}},
        ]
        assert AuditEntry.objects.filter(action="sla.changed").count() == 1
    owner.post(url, told | {"on": ""})
    with acme.scope():
        assert SlaPolicy.objects.count() == 2 and not current(acme.inbox).on
    assert b'value="480"' not in owner.get(url).content
