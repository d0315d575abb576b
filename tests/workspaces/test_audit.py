"""The audit log: append-only, chained, and who changed what (T034)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from tests.factories import PASSWORD
from workspaces import sheet
from workspaces.audit import broken_links, forget_entries, note
from workspaces.audit_pages import Sheet
from workspaces.models import AuditEntry, Workspace

pytestmark = pytest.mark.django_db


def test_only_what_differs_is_kept(in_acme, ada):
    entry = note(
        "inbox.changed",
        in_acme.inbox,
        before={"name": "Support", "language": "en", "api_token": "a"},
        after={"name": "Help", "language": "en", "api_token": "b"},
        member=ada,
    )
    assert entry.before == {"name": "Support", "api_token": "•••"}
    assert entry.after == {"name": "Help", "api_token": "•••"}
    assert (entry.member_name, entry.target_id) == ("Ada Owner", str(in_acme.inbox.pk))


def test_nothing_changed_writes_nothing(in_acme):
    assert note("inbox.changed", in_acme.inbox, before={"n": 1}, after={"n": 1}) is None
    assert not AuditEntry.objects.filter(action="inbox.changed").exists()


@pytest.mark.parametrize(
    "statement", ["update workspaces_auditentry set action = 'x'", "delete from workspaces_auditentry"]
)
def test_the_serving_role_changes_no_entry(in_acme, statement):
    """T034."""
    note("inbox.created", in_acme.inbox)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_chain_shows_what_was_touched(in_acme, monkeypatch):
    """T034: as somebody would who edits the table by hand."""
    for n in range(3):
        note("inbox.changed", in_acme.inbox, before={"n": n}, after={"n": n + 1})
    assert list(broken_links()) == []
    entries = list(AuditEntry.objects.order_by("number"))
    last = entries[-1].number
    entries[1].after = {"n": 9}
    assert entries[1].seal != entries[1].right_seal()
    forged = AuditEntry(
        workspace=in_acme.workspace,
        number=last + 5,
        action="x.y",
        previous="0" * 64,
        seal="1" * 64,
        before={},
        after={},
    )
    forged.save(force_insert=True)
    assert list(broken_links()) == [
        f"Between {last} and {last + 5} entries are missing.",
        f"Entry {last + 5} was changed.",
    ]


def test_young_entries_are_not_forgotten(in_acme):
    note("inbox.changed", in_acme.inbox)
    before = AuditEntry.objects.count()
    assert forget_entries(timezone.now() + timedelta(days=1)) == 0
    assert AuditEntry.objects.count() == before


def test_a_workspace_does_not_become_a_demo(in_acme):
    """T034: a demo's young entries may be taken away, so the serving role cannot call any workspace one."""
    with pytest.raises(IntegrityError, match="from birth"), transaction.atomic():
        Workspace.objects.filter(pk=in_acme.workspace.pk).update(is_demo=True)


def test_the_page_narrows_and_goes_on(acme, ada, client_of):
    with acme.scope():
        for n in range(55):
            note("team.changed", acme.inbox, before={"n": n}, after={"n": n + 1}, member=ada)
        note("label.created", "Lamps", after={"name": "Lamps"}, member=ada)
    client = client_of(ada)
    page = client.get("/w/acme/settings/audit/?what=team")
    assert len(page.context["entries"]) == 50
    assert "Lamps" not in page.text
    older = client.get(f"/w/acme/settings/audit/?what=team&before={page.context['more']}")
    assert len(older.context["entries"]) == 5
    assert f"audit/?target=inboxes.inbox:{acme.inbox.pk}" not in older.text
    assert client.get(f"/w/acme/settings/audit/?who={ada.pk}&until=2001-01-01").context["entries"] == []


@pytest.mark.parametrize(
    "query", ["?who=x&what=%C2%B2&since=never", "?before=9999999999999999999999&target=%27"]
)
def test_nonsense_in_the_address_narrows_nothing(acme, ada, client_of, query):
    assert client_of(ada).get(f"/w/acme/settings/audit/{query}").status_code == 200


def test_a_sheet_runs_nothing(in_acme, ada):
    """A formula stays text."""
    note("label.created", "=HYPERLINK(1)", after={"name": "=HYPERLINK(1)"}, member=ada)
    lines, more = Sheet(in_acme.workspace.pk, Q()).read(0)
    assert '"\'=HYPERLINK(1)"' in lines[0]
    assert more == 0


@pytest.mark.parametrize("text", ["=1", "+33 4", "-2", "@x", "\t=1", " =1", "＝1"])
def test_what_a_spreadsheet_would_run(text):
    assert sheet.harmless(text) == f"'{text}"


def test_signing_in_and_failing_to_are_noted(acme, ada, client):
    client.post(
        "/account/login/", {"login": "ada@acme.example", "password": "wrong"}, REMOTE_ADDR="192.0.2.7"
    )
    client.post(
        "/account/login/", {"login": "ada@acme.example", "password": PASSWORD}, REMOTE_ADDR="192.0.2.7"
    )
    with acme.scope():
        signs = AuditEntry.objects.filter(action__startswith="sign_in.").order_by("number")
        found = list(signs.values_list("action", "address", "member_name"))
    assert found == [
        ("sign_in.refused", "192.0.2.7", "Ada Owner"),
        ("sign_in.signed_in", "192.0.2.7", "Ada Owner"),
    ]
