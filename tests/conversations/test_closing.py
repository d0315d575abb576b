"""Required properties are asked for when somebody closes, by whichever way they close."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.custom import define
from conversations import bulk, closing
from conversations.deeds import apply
from conversations.models import Conversation, ConversationDetail, Message, PropertyFile, Status
from tests.factories import make_conversation
from tests.pictures import PDF

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def reason(acme):
    with acme.scope():
        define(about="conversation", sort="check", label="Refunded", is_required=True)
        options = ["Lamp", "Other"]
        return define(about="conversation", sort="choice", label="Reason", options=options, is_required=True)


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(acme)


@pytest.fixture
def as_ben(client_of, ben):
    return client_of(ben)


def path(name: str, conversation) -> str:
    return reverse(f"conversations:{name}", args=["acme", conversation.pk])


def is_closed(acme, conversation) -> bool:
    with acme.scope():
        return Conversation.objects.get(pk=conversation.pk).is_closed()


@pytest.mark.parametrize("way", [{}, HTMX], ids=["page", "dialog"])
def test_closing_asks_for_what_is_empty_and_then_closes(acme, as_ben, conversation, reason, way):
    close = {"status": "closed"}
    asked = as_ben.post(path("status", conversation), close, **way)
    assert asked.status_code == 422 and not is_closed(acme, conversation)
    assert (
        "Reason" in asked.content.decode()
        and "Refunded" not in asked.content.decode()
        and "aria-invalid" not in asked.content.decode()
    )
    assert ("closing-dialog" in asked.content.decode()) == bool(way)
    empty = as_ben.post(path("status", conversation), close | {"asked": "1"}, **way)
    assert (
        empty.status_code == 422
        and "aria-invalid" in empty.content.decode()
        and not is_closed(acme, conversation)
    )
    told = close | {"asked": "1", f"closing-{reason.key}": "Lamp"}
    assert as_ben.post(path("status", conversation), told, **way).status_code in (200, 302)
    assert is_closed(acme, conversation)
    with acme.scope():
        assert ConversationDetail.objects.get(conversation=conversation).custom == {reason.key: "Lamp"}
    as_ben.post(path("status", conversation), {"status": "open"}, **way)
    assert as_ben.post(path("status", conversation), close, **way).status_code in (200, 302)
    assert is_closed(acme, conversation)


def test_an_answer_that_would_close_waits_for_it(acme, as_ben, conversation, reason):
    letter = {"body": "Done.", "then": "close", "client_id": str(uuid.uuid4())}
    refused = as_ben.post(path("reply", conversation), letter, **HTMX)
    assert refused.status_code == 422 and "“Reason” must be filled in" in refused.content.decode()
    with acme.scope():
        assert not Message.objects.filter(body="Done.").exists()
    assert as_ben.post(path("reply", conversation), letter | {"then": ""}, **HTMX).status_code == 200


def test_of_many_those_are_left_that_lack_it(acme, in_acme, ben, reason):
    rows = [make_conversation(acme, external_id=f"<{number}@x>") for number in range(3)]
    ConversationDetail.objects.filter(conversation=rows[0]).update(custom={reason.key: "Other"})
    job = bulk.start("close", [row.pk for row in rows], {}, by=ben)
    said = bulk.in_words(job)
    assert job.changed == 1 and "1 conversation closed." in said
    assert "2 conversations were left open. “Reason” must be filled in before it is closed." in said
    bulk.take_back(job, by=ben)
    assert not Conversation.objects.filter(status=Status.CLOSED).exists()


def test_a_macro_is_refused_and_a_rule_is_not_asked(acme, in_acme, ben, reason):
    conversation = make_conversation(acme)
    [outcome] = apply(conversation, [{"do": "close"}], actor=ben, cause=None, key="a")
    assert not outcome.done and "Reason" in outcome.why
    assert closing.left_empty(conversation) == [reason]
    [outcome] = apply(conversation, [{"do": "close"}], actor=None, cause=None, key="b")
    assert outcome.done


@pytest.mark.parametrize("way", [{}, HTMX], ids=["page", "dialog"])
def test_a_file_is_asked_for_too_and_brought_once(acme, as_ben, ben, conversation, reason, way):
    """What is good of a refused answer is not brought twice; of many, one without its file is left open."""
    with acme.scope():
        bill = define(about="conversation", sort="file", label="Bill", is_required=True)
        ConversationDetail.objects.filter(conversation=conversation).update(custom={reason.key: "Lamp"})
        left = bulk.start("close", [conversation.pk], {}, by=ben)
        assert left.changed == 0 and "“Bill” must be filled in" in bulk.in_words(left)
        ConversationDetail.objects.filter(conversation=conversation).update(custom={})
    url, close = path("status", conversation), {"status": "closed"}
    page = as_ben.post(url, close, **way).text
    assert 'type="file"' in page and 'enctype="multipart/form-data"' in page
    close["asked"] = "1"

    def send(name, content, **fields):
        brought = SimpleUploadedFile(name, content, "application/pdf")
        return as_ben.post(url, close | fields | {f"closing-{bill.key}": brought}, **way)

    program = send("a.exe", b"MZ....", **{f"closing-{reason.key}": "Lamp"})
    assert program.status_code == 422 and "Programs are not accepted" in program.text
    assert '<option value="Lamp" selected' in program.text
    half = send("bill.pdf", PDF)
    assert (
        half.status_code == 422 and "Bill: bill.pdf is kept." in half.text and 'type="file"' not in half.text
    )
    with acme.scope():
        assert PropertyFile.objects.get().name == "bill.pdf"
    assert not is_closed(acme, conversation)
    assert as_ben.post(url, close | {f"closing-{reason.key}": "Lamp"}, **way).status_code in (200, 302)
    with acme.scope():
        kept = ConversationDetail.objects.get(conversation=conversation).custom
        assert kept[reason.key] == "Lamp" and kept[bill.key]["name"] == "bill.pdf"
    assert is_closed(acme, conversation)
