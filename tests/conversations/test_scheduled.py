"""CR-6: ten seconds to take an answer back, or an hour to send it at; CO-3: news holds a late one back."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations import actions, files, tasks
from conversations.envelope import Envelope, EnvelopeRefused, Person
from conversations.models import Attachment, Conversation, Draft, Message, ScheduledReply
from conversations.receive import receive
from events.models import Event
from tests.factories import make_conversation, make_mail
from tests.pictures import PDF, upload

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])

JAMES = Person("James", "james@pine.example")


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(acme)


@pytest.fixture
def shelf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def plan(acme, ben, conversation, seconds: float = 10, **fields) -> ScheduledReply:
    told = {"body": "Two left.", "client_id": uuid.uuid4(), "html": "<p>Two <b>left</b>.</p>"} | fields
    with acme.scope():
        return actions.schedule_reply(
            Conversation.objects.get(pk=conversation.pk),
            by=ben,
            send_at=timezone.now() + timedelta(seconds=seconds),
            **told,
        )


def its_hour_comes(acme, reply: ScheduledReply) -> None:
    with acme.scope():
        row = ScheduledReply.objects.get(pk=reply.pk)
        back = row.send_at - timezone.now() + timedelta(seconds=1)
        ScheduledReply.objects.filter(pk=reply.pk).update(
            send_at=row.send_at - back, created_at=row.created_at - back
        )
    tasks.send_due()


def sent(acme) -> list[str]:
    with acme.scope():
        return list(Message.objects.filter(direction="out").order_by("pk").values_list("body", flat=True))


def test_nothing_leaves_before_its_time_and_then_it_leaves_once(acme, ben, conversation):
    reply = plan(acme, ben, conversation)
    tasks.send_due()
    assert sent(acme) == []
    its_hour_comes(acme, reply)
    tasks.send_due()
    assert sent(acme) == ["Two left."]
    with acme.scope():
        assert not ScheduledReply.objects.exists()
        assert Message.objects.get(direction="out").html == "<p>Two <b>left</b>.</p>"


def test_taking_it_back_gives_everything_back(acme, ben, conversation, shelf):
    with acme.scope():
        file = files.store(upload("a.pdf", PDF), limits=files.MEMBER, member=ben)
    envelope = Envelope(to=(JAMES,), cc=(Person("", "mary@pine.example"),), subject="Hi")
    reply = plan(acme, ben, conversation, envelope=envelope, attachments=[file.storage_key])
    with acme.scope():
        actions.take_back(reply, by=ben)
        draft = Draft.objects.get()
        assert (draft.body, draft.html) == ("Two left.", "<p>Two <b>left</b>.</p>")
        assert Envelope.from_json(draft.envelope) == envelope
        assert draft.envelope["files"] == [str(file.storage_key)]
        with pytest.raises(actions.AlreadySent):
            actions.take_back(reply, by=ben)
    its = ScheduledReply.unscoped.using("maintenance").count()
    assert (its, sent(acme)) == (0, [])


def test_the_same_click_twice_is_one_answer(acme, ben, conversation):
    """P6."""
    key = uuid.uuid4()
    first, second = (plan(acme, ben, conversation, client_id=key) for _ in range(2))
    assert first.pk == second.pk


def test_a_wrong_address_is_told_at_once(acme, ben, conversation):
    with pytest.raises(EnvelopeRefused):
        plan(acme, ben, conversation, envelope=Envelope(to=(Person("", "nobody"),)))


def test_sending_and_closing_happen_together(acme, ben, conversation):
    """CR-9."""
    its_hour_comes(acme, plan(acme, ben, conversation, then="close"))
    with acme.scope():
        assert Conversation.objects.get().status == "closed"


def test_sending_and_snoozing(acme, ben, conversation):
    until = timezone.now() + timedelta(days=1)
    its_hour_comes(acme, plan(acme, ben, conversation, then=until.isoformat()))
    with acme.scope():
        assert Conversation.objects.get().snoozed_until == until
    with pytest.raises(ValueError, match="What to do"):
        plan(acme, ben, conversation, then="burn")


def news(acme, conversation, **fields):
    with acme.scope():
        receive(
            make_mail(acme, "Never mind!", in_reply_to=(conversation.messages.first().external_id,), **fields)
        )


def test_news_holds_a_late_answer_back_until_its_author_looks(acme, ben, conversation):
    """CO-3."""
    reply = plan(acme, ben, conversation, seconds=3600)
    news(acme, conversation)
    its_hour_comes(acme, reply)
    assert sent(acme) == []
    with acme.scope():
        assert ScheduledReply.objects.get().held_because == "newer"
        assert Event.objects.get(type="reply.held").payload["reason"] == "newer"
        actions.send_held(ScheduledReply.objects.get(), by=ben)
    assert sent(acme) == ["Two left."]


def test_ten_seconds_are_no_time_for_news(acme, ben, conversation):
    reply = plan(acme, ben, conversation)
    news(acme, conversation)
    its_hour_comes(acme, reply)
    assert sent(acme) == ["Two left."]


def test_a_colleagues_answer_is_news_and_ones_own_is_not(acme, ada, ben, conversation):
    reply = plan(acme, ben, conversation, seconds=3600)
    with acme.scope():
        actions.send_reply(Conversation.objects.get(), body="Mine", by=ben)
    its_hour_comes(acme, reply)
    late = plan(acme, ben, conversation, seconds=3600, body="Late", html="")
    with acme.scope():
        actions.send_reply(Conversation.objects.get(), body="Ada's", by=ada)
    its_hour_comes(acme, late)
    assert sent(acme) == ["Mine", "Two left.", "Ada's"]


def test_who_lost_access_sends_nothing(acme, ben, conversation):
    reply = plan(acme, ben, conversation, seconds=3600)
    ben.deactivated_at = timezone.now()
    ben.save()
    its_hour_comes(acme, reply)
    with acme.scope():
        assert ScheduledReply.objects.get().held_because == "no_access"


def test_files_that_wait_with_it_are_not_swept(acme, ben, conversation, shelf):
    with acme.scope():
        file = files.store(upload("a.pdf", PDF), limits=files.MEMBER, member=ben)
    reply = plan(acme, ben, conversation, seconds=90_000, attachments=[file.storage_key])
    with acme.scope():
        Attachment.objects.update(created_at=timezone.now() - timedelta(hours=30))
    tasks.sweep_files()
    its_hour_comes(acme, reply)
    with acme.scope():
        assert Message.objects.get(direction="out").attachments.count() == 1


def test_a_broken_one_keeps_no_other(acme, ben, conversation):
    bad, _good = plan(acme, ben, conversation), plan(acme, ben, conversation, body="Good", html="")
    with acme.scope():
        ScheduledReply.objects.filter(pk=bad.pk).update(then="nonsense", files=["not a key"])
        ScheduledReply.objects.update(send_at=timezone.now() - timedelta(seconds=1))
    tasks.send_due()
    assert sent(acme) == ["Good"]


# ── Letters that answer nobody ──


def compose(acme, ben, client_id=None, seconds: float = 10):
    with acme.scope():
        return actions.schedule_conversation(
            acme.email,
            by=ben,
            envelope=Envelope(to=(JAMES,), subject="Your order"),
            body="Ready.",
            client_id=client_id or uuid.uuid4(),
            send_at=timezone.now() + timedelta(seconds=seconds),
        )


def test_a_first_letter_waits_in_a_conversation_of_its_own_and_leaves_once(acme, ben):
    """EM-12, CR-6: however often it is posted, and after it has left."""
    client_id = uuid.uuid4()
    first, again = compose(acme, ben, client_id), compose(acme, ben, client_id)
    assert first.pk == again.pk
    assert sent(acme) == []
    its_hour_comes(acme, first)
    assert compose(acme, ben, client_id).conversation_id == first.conversation_id
    tasks.send_due()
    assert sent(acme) == ["Ready."]
    with acme.scope():
        message = Message.objects.get()
        assert (message.extra["mail"]["kind"], message.subject) == ("new", "Your order")
        assert message.conversation.assignee == ben
        assert not ScheduledReply.objects.exists()


def test_a_first_letter_that_is_taken_back_can_be_sent_from_its_conversation(acme, ben, client_of):
    held = compose(acme, ben)
    client, base = client_of(ben), "/w/acme/conversations"
    assert client.get(f"{base}/{held.conversation_id}/", follow=True).status_code == 200
    client.post(f"{base}/{held.conversation_id}/held/{held.pk}/back/")
    with acme.scope():
        draft = Draft.objects.get()
        assert (draft.body, Envelope.from_json(draft.envelope).to) == ("Ready.", (JAMES,))
        conversation = Conversation.objects.get(pk=held.conversation_id)
        envelope = Envelope.from_json(draft.envelope)
        actions.send_reply(conversation, body="Ready now.", by=ben, envelope=envelope)
    assert sent(acme) == ["Ready now."]


def test_a_letter_that_is_passed_on_can_be_taken_back_too(acme, ben, conversation):
    """CR-4: it comes back as what it was; the contact goes on waiting when it leaves."""
    with acme.scope():
        message, waiting = conversation.messages.get(), conversation.waiting_since
    told = {
        "kind": "forward",
        "message": message,
        "envelope": Envelope(to=(Person("", "boss@acme.example"),)),
    }
    held = plan(acme, ben, conversation, **told)
    with acme.scope():
        actions.take_back(held, by=ben)
        draft = Draft.objects.get()
        assert (draft.envelope["kind"], draft.envelope["message"]) == ("forward", message.pk)
    its_hour_comes(acme, plan(acme, ben, conversation, **told))
    with acme.scope():
        passed = Message.objects.get(direction="out")
        assert passed.extra["mail"]["kind"] == "forward"
        assert passed.extra["mail"]["forwards"] == message.pk
        assert Conversation.objects.get(pk=conversation.pk).waiting_since == waiting
        assert not Draft.objects.exists()


def test_news_hold_back_no_letter_that_is_passed_on_but_a_lost_original_does(acme, ben, conversation):
    with acme.scope():
        message = conversation.messages.get()
    told = {
        "kind": "forward",
        "message": message,
        "envelope": Envelope(to=(Person("", "boss@acme.example"),)),
    }
    late = plan(acme, ben, conversation, seconds=3600, **told)
    with acme.scope():
        receive(make_mail(acme, "And another thing", in_reply_to=(message.external_id,)))
    its_hour_comes(acme, late)
    assert len(sent(acme)) == 1
    lost = plan(acme, ben, conversation, **told)
    with acme.scope():
        lost.envelope["message"] = 0
        lost.save()
    its_hour_comes(acme, lost)
    assert len(sent(acme)) == 1
    with acme.scope():
        assert ScheduledReply.objects.get().held_because == "original"


def test_the_window_of_a_new_letter_gives_ten_seconds_or_an_hour(acme, ben, client_of, settings):
    settings.UNDO_SEND_SECONDS = 10
    client = client_of(ben)
    with acme.scope():
        channel = acme.email.pk
    letter = {"to": "james@pine.example", "subject": "Your order", "body": "Ready.", "channel": channel}
    now = client.post("/w/acme/compose/", letter, headers={"HX-Request": "true"}).json()
    assert now["undo_url"].endswith("/back/")
    later = (timezone.now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    told = client.post("/w/acme/compose/", letter | {"send_at": later}, headers={"HX-Request": "true"}).json()
    with acme.scope():
        first, second = ScheduledReply.objects.order_by("pk")
    assert first.send_at - first.created_at < timedelta(seconds=11)
    assert second.send_at - second.created_at > timedelta(hours=2)
    assert told["url"] != now["url"]
    assert client.post(now["undo_url"]).status_code == 302
