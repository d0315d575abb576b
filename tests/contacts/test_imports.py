"""Contacts from a file and into one: checked first, written piece by piece, taken back; no formula leaves."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from contacts import csv_out, exports, lists
from contacts.actions import create_contact, set_property
from contacts.custom import define
from contacts.files_of import forget_person
from contacts.imports import work
from contacts.imports.reading import head_of, keep, records
from contacts.models import Company, Contact, ContactExport, ContactImport, ImportRow, PropertyChange
from contacts.people import Asked
from contacts.tasks import forget_files, keep_lists
from tests.factories import make_conversation, make_member
from tests.fetched import bytes_of
from workspaces.actions import change_permissions
from workspaces.models.audit import AuditEntry
from workspaces.permissions import Role
from workspaces.scope import workspace_scope


def path(name: str, *args) -> str:
    return reverse(f"contacts:{name}", args=["acme", *args])


def file(text: str | bytes, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def taken(text: str, by, **ways) -> ContactImport:
    """From the file to the end."""
    job = work.upload(file(text), by=by)
    ways = {"mapping": job.mapping, "on_match": "update", "into": None} | ways
    work.check(job, **ways)
    work.run(by.workspace_id, job.pk)
    job.refresh_from_db()
    assert job.state == "checked", job.state
    work.start(job, by=by)
    work.run(by.workspace_id, job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    return job


def undone(job, by) -> ContactImport:
    work.take_back(job, by=by)
    work.run(by.workspace_id, job.pk)
    job.refresh_from_db()
    assert job.state == "undone"
    return job


@pytest.mark.parametrize(
    "raw",
    [
        'Name;City\r\n\r\nZoé;"Le\r\nMans"\r\nBo;Aix\r\n'.encode(),
        '\ufeffName,City\nZoé,"Le\nMans"\nBo,Aix'.encode(),
        'Name\tCity\nZoé\t"Le\nMans"\nBo\tAix\n'.encode("utf-16"),
        'Name,City\rZoé,"Le\rMans"\rBo,Aix\r'.encode("cp1252"),
    ],
)
def test_a_file_is_read_whatever_its_encoding_and_from_any_row_on(tmp_path, raw):
    keep(file(raw), tmp_path / "x.csv")
    head = head_of(tmp_path / "x.csv")
    assert head.columns == ["Name", "City"] and head.sample == [["Zoé", "Le\nMans"], ["Bo", "Aix"]]
    rows = list(records(tmp_path / "x.csv", 0, head.delimiter))
    for n, record in enumerate(rows):
        after = [one.values for one in records(tmp_path / "x.csv", record.end, head.delimiter)]
        assert after == [one.values for one in rows[n + 1 :]]


def test_what_is_no_list_of_contacts_is_refused(tmp_path, settings):
    for raw in (b"PK\x03\x04zip", b"a\0b\nc", b"", b"Name only\n", b"%PDF-1.4", b"\n\n"):
        with pytest.raises(ValidationError):
            keep(file(raw), tmp_path / "x.csv")
            head_of(tmp_path / "x.csv")
    assert not (tmp_path / "x.raw").exists()
    # A quote that never closes costs its row, and not the memory.
    keep(file(b"Name,City\n" + b'"' + b"x" * 200_000 + b"\nBo,Aix\n"), tmp_path / "x.csv")
    assert [one.values for one in records(tmp_path / "x.csv", 0, ",")][1] is None


FILE = """Prénom,Nom de famille,E-mail,Phone,Company,Plan,Owner,Ignored
Anna,Ek,ANNA@pine.example,,Pine & Co,Gold,,x
Otto,,otto@pine.example,01 23 45 67 89,pine & co,Lead,,x
Bad,Address,not-an-address,,,,,x
,,,,,,,only this
Zoe,,,+33 1 23 45 67 89,,,nobody@x.example,x
Otto,Again,otto@pine.example,,,Silver,,x
"""


def test_from_a_file_to_contacts_and_back(ben, in_acme):
    plan = define(about="contact", label="Plan", sort="choice", options=["Gold", "Silver"], position=1)
    anna = create_contact(name="Anna", email="anna@pine.example")
    press = lists.save_list(None, name="Press", by=ben)
    job = work.upload(file(FILE), by=ben)
    assert job.mapping == ["first_name", "last_name", "email", "phone", "company", plan.key, "owner", ""]
    work.check(job, mapping=job.mapping, on_match="update", into=press)
    work.run(ben.workspace_id, job.pk)
    job.refresh_from_db()
    # The check says what will be, and wrote nothing.
    assert job.state == "checked" and job.plan["rows"] == 6
    assert job.plan["counts"] == {"updated": 1, "created": 1, "failed": 4}
    assert [one["row"] for one in job.plan["mistakes"]] == [3, 4, 5, 6]
    assert Contact.objects.count() == 1 and not Company.objects.exists()
    work.start(job, by=ben)
    with pytest.raises(work.NotNow):
        work.start(job, by=ben)
    work.run(ben.workspace_id, job.pk)
    job.refresh_from_db()
    assert job.counts == {"updated": 1, "created": 1, "failed": 4}
    anna.refresh_from_db()
    otto = Contact.objects.get(email="otto@pine.example")
    assert anna.name == "Anna Ek" and anna.company.name == "Pine & Co" and anna.custom == {plan.key: "Gold"}
    assert otto.name == "Otto Again" and otto.addresses.get().proven_at is None
    change = PropertyChange.objects.get(contact=anna, key="name")
    assert (change.before, change.after, change.by, change.how) == ("Anna", "Anna Ek", ben, "import")
    press.refresh_from_db()
    assert press.size == 2
    assert {"import.started", "import.finished"} <= set(AuditEntry.objects.values_list("action", flat=True))
    # Back: whom it made goes, what it wrote goes, what was changed since stays.
    set_property(anna, "company", "Oak")
    undone(job, ben)
    anna.refresh_from_db()
    assert anna.name == "Anna" and anna.custom == {} and anna.company.name == "Oak"
    assert not Contact.objects.filter(email="otto@pine.example").exists()
    assert not press.rows.exists()


def test_who_is_there_already_is_filled_or_left_and_who_was_touched_stays(acme, ben, in_acme):
    anna = create_contact(name="Anna", email="anna@pine.example")
    text = "Name,Email,City,Tel\nAnn,anna@pine.example,Lyon,\nBo,bo@x.example,Aix,\nCy,,,0123456789\nDi,di@x.example,,\n"
    job = taken(text, ben, on_match="skip")
    anna.refresh_from_db()
    assert job.counts == {"created": 3, "skipped": 1} and anna.city == ""
    again = taken(text, ben, on_match="fill")
    anna.refresh_from_db()
    assert again.counts == {"updated": 1, "same": 3} and (anna.name, anna.city) == ("Anna", "Lyon")
    assert taken(text, ben).counts == {"updated": 1, "same": 3}
    # Somebody wrote, somebody was changed by hand: both stay; who is as the file made them goes.
    conversation = make_conversation(acme)
    conversation.contact = Contact.objects.get(name="Bo")
    conversation.save()
    set_property(Contact.objects.get(name="Cy"), "city", "Nice")
    job = undone(job, ben)
    assert job.plan["undone"] == {"removed": 1, "kept": 2}
    assert not Contact.objects.filter(name="Di").exists() and Contact.objects.filter(name="Bo").exists()
    with pytest.raises(work.NotNow):
        work.take_back(job, by=ben)


@pytest.mark.django_db(databases=["default", "maintenance"], transaction=True)
def test_a_worker_that_dies_costs_one_piece_and_nothing_twice(acme, ben, monkeypatch):
    """Also: what is over leaves no file behind, and sweeps find what waits."""
    monkeypatch.setattr(work, "PIECE", 3)
    text = "Name,Email\n" + "".join(f"P{n},p{n}@x.example\n" for n in range(10))
    here = acme.workspace.pk
    with workspace_scope(here):
        one = lists.save_list(None, name="Wide", by=ben, rule={"blocked": "0"})
        job = work.upload(file(text), by=ben)
        ContactImport.objects.update(state="checked")
        ContactImport.objects.update(state="running", moved_at=timezone.now() - work.STALLED * 2)
    assert work.stalled() == [(here, job.pk)]
    assert work._step(here, job.pk)
    with monkeypatch.context() as broken:
        broken.setattr(work, "write", lambda *told: 1 / 0)
        for _try in range(2):
            with pytest.raises(ZeroDivisionError):
                work.run(here, job.pk)
    with workspace_scope(here):
        assert Contact.objects.count() == 3 and ContactImport.objects.get().attempts == 2
    work.run(here, job.pk)
    with workspace_scope(here):
        job.refresh_from_db()
        assert job.state == "done" and job.counts == {"created": 10} and Contact.objects.count() == 10
        assert ImportRow.objects.filter(outcome="created").count() == 10
        late = ContactExport.objects.create(member=ben, state="done", expires_at=timezone.now())
        late.path.write_text("x")
        ContactImport.objects.update(finished_at=timezone.now() - work.UNDO_WITHIN * 2)
    assert not job.path.exists() and work.stalled() == []
    assert keep_lists() >= 1 and forget_files() == 2 and not late.path.exists()
    with workspace_scope(here):
        assert one.rows.count() == 10


def test_the_pages_of_an_import(client_of, acme, ada, ben, in_acme):
    client = client_of(ada)
    assert client.post(path("files"), {"file": file(b"PK\x03\x04")}).status_code == 422
    page = client.post(path("files"), {"file": file(FILE)})
    job = ContactImport.objects.get()
    assert page.url == path("import", job.pk)
    assert "Prénom" in client.get(page.url).content.decode()
    assert client.post(page.url, {"column-0": ""}).status_code == 422
    told = {f"column-{n}": key for n, key in enumerate(job.mapping)}
    assert client.post(page.url, told | {"on_match": "update"}).status_code == 302
    looks = {"headers": {"HX-Request": "true"}}
    assert "HX-Refresh" not in client.get(page.url, **looks)
    work.run(ada.workspace_id, job.pk)
    assert client.get(path("import", job.pk), **looks)["HX-Refresh"] == "true"
    page = client.get(path("import", job.pk)).content.decode()
    assert "What the import will do" in page and "not-an-address" in page
    client.post(path("run_import", job.pk))
    work.run(ada.workspace_id, job.pk)
    assert "Rows with mistakes" in client.get(path("import", job.pk)).content.decode()
    bad = client.get(path("mistakes", job.pk)).content.decode()
    assert "not-an-address" in bad and "This is not an email address" in bad
    client.post(path("undo_import", job.pk))
    work.run(ada.workspace_id, job.pk)
    assert "as before" in client.get(path("import", job.pk)).content.decode()
    # To bring in and to take out are two rights: the page shows what one may, and the rest is not there.
    agent = make_member(acme.workspace, "ag@acme.example", "Agnes", Role.AGENT)
    assert client_of(agent).get(path("files")).status_code == 404
    for right, seen in (("import_contacts", True), ("export", False)):
        change_permissions(Role.AGENT, {"work", right}, by=ada)
        page = client_of(agent).get(path("files")).content.decode()
        assert ("import-file" in page) is seen and ("contact-exports" in page) is not seen
        assert client_of(agent).get(path("import", job.pk)).status_code == (200 if seen else 404)
        assert client_of(agent).post(path("files")).status_code == (422 if seen else 404)
        assert path("files") in client_of(agent).get(path("list")).content.decode()
    # T150: nothing of files stays that may name somebody.
    waiting = work.upload(file(FILE), by=ada)
    forget_person()
    assert not ImportRow.objects.filter(contact=None).exists()
    assert ContactImport.objects.get().plan == {} and not waiting.path.exists()


def test_an_export_holds_what_the_list_is_asked_for_and_no_formula(client_of, acme, ada, in_acme):
    create_contact(name="=HYPERLINK(evil)", email="a@x.example")
    create_contact(name="Zoe", phone="+33 1 23 45 67 89")
    client = client_of(ada)
    assert client.post(path("export"), {"col": ["email"]}).url == path("list")
    assert client.post(path("export"), {"all": "1", "col": ["email", "phone"]}).url == path("files")
    export = ContactExport.objects.get()
    with pytest.raises(ValidationError):
        exports.ask(Asked(), [], by=ada)
    exports.run(ada.workspace_id, export.pk)
    page = client.get(path("files")).content.decode()
    assert path("download_export", export.pk) in page and "2 contacts" in page
    response = client.get(path("download_export", export.pk))
    text = bytes_of(response).decode("utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "Name,Email,Phone"
    assert lines[1:] == ["'=HYPERLINK(evil),a@x.example,", "Zoe,,'+33 1 23 45 67 89"]
    assert {"contacts_file.requested", "contacts_file.downloaded"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )
    # Nobody else's, and not for ever.
    other = make_member(acme.workspace, "m@acme.example", "Mona", Role.MANAGER)
    assert client_of(other).get(path("download_export", export.pk)).status_code == 404
    ContactExport.objects.update(expires_at=timezone.now())
    assert client.get(path("download_export", export.pk)).status_code == 404
    # What went out comes in again as it was.
    keep(file(text), export.path)
    assert [one.values for one in records(export.path, 0, ",")][2] == ["Zoe", "", "+33 1 23 45 67 89"]


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\n=1"])
def test_no_cell_reckons(value):
    assert csv_out.safe(value).startswith("'") and csv_out.safe(f"a{value}") == f"a{value}"
    assert csv_out.safe("x\0y") == "xy"


def test_who_is_erased_stands_in_no_file_that_was_left(acme, ben, in_acme):
    """T150: nor in that of an import that failed, nor in the half of an export whose worker died."""
    failed = work.upload(file("Name,Email\nZqx,zqx@x.example\n"), by=ben)
    ContactImport.objects.update(state="failed", finished_at=timezone.now())
    export = ContactExport.objects.create(member=ben, state="running")
    half = export.path.with_suffix(".1.part")
    half.write_text("Zqx")
    assert failed.path.exists()
    forget_person()
    assert not failed.path.exists() and not half.exists()
    assert ContactImport.objects.get().state == "failed"  # what it did can be taken back still
