"""Many mails understood together are what each would have become alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from channels_app.email import incoming, payloads
from channels_app.email.payloads import keep, print_of, understand, understand_many
from channels_app.models import InboundPayload
from channels_app.tasks import understand_mail
from contacts.actions import find_or_create_contact, set_blocked
from contacts.models import Contact, ContactAddress
from conversations.models import Conversation, Message, Participant
from events.models import Event, ReactionDue
from tests.channels_app.mails import mail

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])


def keep_all(house, letters, **headers) -> list[int]:
    kept = []
    with house.scope():
        for number, letter in enumerate(letters):
            raw = letter.as_bytes()
            told = {"from": "", "to": []} | headers
            kept.append(
                keep(house.email, source=f"s{number}", external_id=print_of(raw), raw=raw, headers=told).pk
            )
    return kept


def of(number: int, body: str = "Hello.", **headers):
    return mail(f"{body} {number}", sender=f"Cust {number} <c{number}@pine.example>", **headers)


def strangers(count: int) -> list:
    return [of(number, subject=f"Case {number}") for number in range(count)]


def all_sorts() -> list:
    """What comes in on a day: people, a thread, a machine, a list, ourselves, a copy, a file, several readers."""
    enclosed = of(7, subject="With a file")
    enclosed.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="plan.pdf")
    known = of(9, subject="Known", message_id="<nine@x>")
    return [
        of(1, subject="First", message_id="<one@x>"),
        of(1, "More", subject="Re: First", In_Reply_To="<one@x>"),
        of(2, subject="Second", Cc="Rosa <rosa@oak.example>, support@acme.example"),
        mail("And I", sender="Rosa <rosa@oak.example>", subject="Re: Second"),
        of(3, subject="Away", Auto_Submitted="auto-replied"),
        of(4, subject="News", List_Id="<news.shop.example>"),
        mail("Loop", sender="Support <support@acme.example>", subject="Loop"),
        of(5, subject="Again", message_id="<same@x>"),
        of(6, "Else", subject="Else", message_id="<same@x>"),
        enclosed,
        known,
        known,
        of(8, subject="Re: Nothing we know", In_Reply_To="<nobody@else.example>"),
    ]


def told(house) -> list:
    """What stands afterwards, without ids and times."""
    with house.scope():
        found = []
        for one in Conversation.objects.select_related("contact").order_by("subject", "pk"):
            messages = Message.objects.filter(conversation=one).order_by("seq")
            events = Event.objects.filter(conversation_id=one.pk)
            state = (
                one.subject,
                one.preview,
                one.contact_name,
                one.contact and one.contact.email,
                one.place(),
            )
            counts = (one.last_seq, one.last_inbound_seq, one.aside_reason, bool(one.waiting_since))
            said = list(messages.values_list("seq", "body", "subject", "author_kind", "author_name"))
            people = set(
                Participant.objects.filter(conversation=one).values_list("address", "name", "is_new")
            )
            owed = ReactionDue.objects.filter(event__in=events)
            logs = [
                sorted(events.values_list("type", "actor_kind")),
                sorted(owed.values_list("name", flat=True)),
            ]
            found.append((state, counts, said, people, logs))
        return [found, set(Contact.objects.values_list("name", "email"))]


def test_together_or_alone_is_the_same(acme, globex):
    """P8: every kind of mail, in one batch here and one by one there."""
    letters = all_sorts()
    with globex.scope():
        globex.email.identifier = "support@acme.example"  # so that both houses read the same addresses
        globex.email.save()
    understand_many(acme.workspace.pk, keep_all(acme, letters))
    for pk in keep_all(globex, letters):
        understand(globex.workspace.pk, pk)
    assert told(acme) == told(globex)
    for house in (acme, globex):
        with house.scope():
            assert not InboundPayload.objects.filter(processed_at=None).exists()
            assert not InboundPayload.objects.filter(message=None).exists()


def test_fifty_mails_ask_as_many_statements_as_five(acme):
    def statements(count: int) -> int:
        letters = [
            mail(sender=f"P <{count}-{n}@oak.example>", subject=f"Case {count} {n}") for n in range(count)
        ]
        kept = keep_all(acme, letters)
        with CaptureQueriesContext(connection) as asked:
            understand_many(acme.workspace.pk, kept)
        return len(asked)

    assert statements(50) == statements(5) <= 35
    with acme.scope():
        assert Conversation.objects.count() == Contact.objects.count() == 55


def test_one_bad_mail_does_not_spoil_the_others(acme, monkeypatch):
    """It fails in the database, in the midst of the batch; it waits with its reason, and the others are there."""
    letters = strangers(6)
    whole = incoming.inbound_of

    def broken(payload, parsed, kept, known):
        inbound = whole(payload, parsed, kept, known)
        if parsed.subject == "Case 3":
            inbound.extra["mail"]["date"] = "\x00"  # no database takes this
        return inbound

    monkeypatch.setattr(incoming, "inbound_of", broken)
    understand_many(acme.workspace.pk, keep_all(acme, letters))
    with acme.scope():
        assert Message.objects.count() == 5
        [left] = InboundPayload.objects.filter(processed_at=None)
        assert left.error and left.attempts == 1 and b"Case 3" in bytes(left.body)


def test_two_workers_with_the_same_list_double_nothing(acme):
    """P2."""
    kept = keep_all(acme, strangers(12))

    def work(_number):
        try:
            understand_many(acme.workspace.pk, kept)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with acme.scope():
        assert Message.objects.count() == Conversation.objects.count() == 12


def test_one_sender_in_batches_of_two_workers_is_one_contact(acme):
    """P2: the second waits for the first, and finds whom it made."""
    lists = [keep_all(acme, [of(1, subject=f"{n}"), of(2, subject=f"{n}")][:: 1 - 2 * n]) for n in range(2)]

    def work(kept):
        try:
            understand_many(acme.workspace.pk, kept)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, lists))
    understand_mail()
    with acme.scope():
        assert Conversation.objects.count() == 4 and Contact.objects.count() == 2


def test_what_failed_before_or_is_large_goes_alone(acme, monkeypatch):
    monkeypatch.setattr(payloads, "ALONE", 5_000)
    letters = strangers(5)
    letters[2].set_content("x\n" * 4_000)
    kept = keep_all(acme, letters)
    with acme.scope():
        InboundPayload.objects.filter(pk=kept[0]).update(attempts=1)
    assert [ids for _, ids in payloads.due(50)] == [[kept[0]], kept[1:2], [kept[2]], kept[3:]]
    assert understand_mail() == 5


def test_a_mail_from_a_bounced_address_clears_its_mark_and_one_from_a_blocked_person_is_spam(acme):
    """EM-14, ST-5."""
    with acme.scope():
        for number in (1, 2):
            find_or_create_contact(kind="email", address=f"c{number}@pine.example", name=f"Cust {number}")
        ContactAddress.objects.filter(value="c1@pine.example").update(bounced_at="2026-01-01T00:00Z")
        set_blocked(Contact.objects.get(email="c2@pine.example"), True)
    understand_many(acme.workspace.pk, keep_all(acme, [of(1), of(2), of(3)]))
    with acme.scope():
        assert not ContactAddress.objects.exclude(bounced_at=None).exists()
        [spam] = Conversation.objects.exclude(spam_at=None)
        assert spam.aside_reason == "blocked" and spam.contact.email == "c2@pine.example"
        assert Conversation.objects.present().count() == 2
