"""Erasing a person (ST-7, T150): a word that only they brought is looked for everywhere afterwards."""

import io
import zipfile

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from channels_app.models import AutomaticMail, InboundPayload, ReplyToken
from contacts.custom import define, set_values
from contacts.models import Contact, MergeRecord
from conversations.actions import comment, send_reply
from conversations.files import MEMBER, of_property, store
from conversations.models import Attachment, Conversation, Draft, Message, PropertyFile, ScheduledReply
from conversations.receive import receive
from events.record import record
from events.types import LETTER_FAILED
from inboxes.filters import list_senders
from notifications.models import Notification
from records.archive import ask_for_export, build
from records.erase import ask_for_erasure, next_step, preview
from records.models import Erasure, Export, State
from records.register import EMPTIED, KEPT, REMOVED
from search.language import parse
from search.queries import find
from tests.factories import make_mail, make_ticket
from workspaces.scope import WorkspaceModel

pytestmark = pytest.mark.django_db
CANARY = "zqxcanary"
ADDRESS = f"{CANARY}@pine.example"


def everything() -> dict[str, str]:
    """The text of every row of every table of the database that this workspace may see, by table."""
    tables = connection.introspection.table_names()
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("select has_table_privilege(%s, 'select')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f'select string_agg(t::text, chr(10)) from "{table}" t')
                found[table] = (cursor.fetchone()[0] or "").lower()
    return found


def where(word: str) -> list[str]:
    raw = word.encode().hex()
    return [table for table, text in everything().items() if word in text or raw in text]


@pytest.fixture
def person(in_acme, ada):
    """Somebody with mail, files, notes, drafts, notifications, a merge and a place on a list."""
    house = in_acme
    mail = make_mail(
        house, f"I am {CANARY}", address=ADDRESS, name=f"James {CANARY}", subject=f"Of {CANARY}",
        external_id=f"<{CANARY}@pine.example>",
    )  # fmt: skip
    conversation = Conversation.objects.get(pk=receive(mail).conversation_id)
    message = Message.objects.get(conversation=conversation)
    Message.objects.filter(pk=message.pk).update(
        html=f"<p>{CANARY}</p>", extra={"mail": {"from": {"address": ADDRESS}}}
    )
    conversation.detail.first_url = f"https://shop.example/?q={CANARY}"
    conversation.detail.save()
    note = comment(conversation, body=f"{CANARY} is angry", by=ada)
    send_reply(conversation, body=f"Dear {CANARY}", by=ada)
    for owner in ({"message": message}, {"comment": note}):
        file = store(SimpleUploadedFile(f"{CANARY}.txt", CANARY.encode()), limits=MEMBER, member=ada)
        Attachment.objects.filter(pk=file.pk).update(**owner)
    InboundPayload.objects.create(
        channel=house.email,
        source="smtp",
        external_id=CANARY,
        body=CANARY.encode(),
        headers={"x": CANARY},
        message=message,
    )
    Draft.objects.create(conversation=conversation, member=ada, mode="reply", body=CANARY)
    ScheduledReply.objects.create(
        conversation=conversation, member=ada, body=CANARY, send_at=conversation.created_at
    )
    Notification.objects.get_or_create(member=ada, key="x", topic="message", conversation=conversation)
    ReplyToken.objects.get_or_create(conversation=conversation, address=ADDRESS, defaults={"token": "t" * 26})
    AutomaticMail.objects.create(kind="ack", address=ADDRESS)
    record(LETTER_FAILED, conversation, kind="x", address=ADDRESS, error=f"no {CANARY} here")
    list_senders("deny", [ADDRESS], by=ada)
    contact = conversation.contact
    for about, row in (
        ("contact", contact),
        ("conversation", conversation.detail),
        ("ticket", make_ticket(house, CANARY, contact=contact)),
    ):
        own = define(about=about, sort="file", label="Contract")
        set_values(row, {own.key: of_property.check(SimpleUploadedFile(f"{CANARY}.txt", CANARY.encode()))})
    MergeRecord.objects.create(kept=contact, gone={"name": CANARY})
    return contact


def erase(contact, by) -> Erasure:
    erasure = ask_for_erasure(contact, by=by)
    while next_step(erasure):
        pass
    return erasure


def test_nothing_of_them_is_left_in_any_table(person, ada, django_capture_on_commit_callbacks):
    """T150."""
    assert len(where(CANARY)) > 12
    query = parse(CANARY, today=timezone.localdate())
    assert len(find(query, ada).matches) == 1
    paths = [file.path for model in (Attachment, PropertyFile) for file in model.objects.all()]
    assert len(paths) == 5
    assert any(default_storage.exists(path) for path in paths)
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase(person, ada)
    assert where(CANARY) == []
    assert find(query, ada).matches == []
    assert not any(default_storage.exists(path) for path in paths)
    assert not Attachment.objects.exists() and not PropertyFile.objects.exists()
    assert erasure.report["messages"] == 2
    assert erasure.report["comments"] == 1
    assert erasure.state == State.DONE
    assert erasure.contact_id is None


def test_numbers_and_times_stay(person, ada):
    """ST-7: anonymous metrics."""
    conversation = Conversation.objects.get()
    before = list(Message.objects.order_by("seq").values_list("seq", "direction", "created_at"))
    erase(person, ada)
    after = Conversation.objects.get()
    assert after.pk == conversation.pk and after.is_closed() and after.contact_id is None
    assert list(Message.objects.order_by("seq").values_list("seq", "direction", "created_at")) == before


def test_the_same_mail_fetched_again_brings_nothing_back(person, ada, in_acme):
    erase(person, ada)
    again = receive(
        make_mail(in_acme, CANARY, address=ADDRESS, external_id=f"<{CANARY}@pine.example>", subject=CANARY)
    )
    assert not again.is_new
    assert where(CANARY) == []


def test_what_they_wrote_to_somebody_else_goes_too(in_acme, ada):
    other = Conversation.objects.get(pk=receive(make_mail(in_acme)).conversation_id)
    contact = Contact.objects.create(name=CANARY)
    Message.objects.filter(conversation=other).update(contact=contact, body=CANARY)
    erase(contact, ada)
    assert where(CANARY) == []
    other.refresh_from_db()
    assert other.contact_id and other.subject == "Dimmer flickers"


def test_the_preview_counts_and_removes_nothing(person):
    assert preview(person) == {
        "conversations": 1, "messages": 2, "comments": 1, "files": 2, "mails": 1, "addresses": 1, "tickets": 1,
    }  # fmt: skip
    assert Contact.objects.filter(pk=person.pk).exists()


def test_every_table_says_what_becomes_of_it():
    """A new table fails here until somebody has thought about whom it names."""
    tables = {one._meta.label for one in apps.get_models() if issubclass(one, WorkspaceModel)}
    assert tables <= REMOVED | EMPTIED | KEPT, (
        f"Register these in records/register.py: {tables - REMOVED - EMPTIED - KEPT}"
    )
    assert not REMOVED & KEPT and not REMOVED & EMPTIED and not EMPTIED & KEPT


def test_an_archive_holds_everything_but_secrets(person, ada, in_acme, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    export = ask_for_export(ada)
    export.state = State.RUNNING
    export.save()
    build(export.pk, in_acme.workspace.pk)
    export.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(export.path.read_bytes())) as archive:
        names = archive.namelist()
        whole = "".join(archive.read(name).decode() for name in names if name.endswith(".jsonl"))
        assert archive.read(next(name for name in names if name.startswith("files/"))) == CANARY.encode()
    assert f"I am {CANARY}" in whole
    assert "token_hash" not in whole and "p256dh" not in whole
    assert export.counts["conversations.message"] == 2
    erase(person, ada)
    export.refresh_from_db()
    assert export.state == State.EXPIRED
    assert Export.objects.count() == 1


def test_an_archive_goes_on_where_it_was(person, ada, in_acme, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    export = ask_for_export(ada)
    Export.objects.filter(pk=export.pk).update(
        state=State.RUNNING, progress={"conversations.message": [True, 0]}
    )
    build(export.pk, in_acme.workspace.pk)
    export.refresh_from_db()
    assert export.state == State.DONE
    assert "conversations.message" not in export.counts
    assert not export.folder.exists()
