"""What a visitor can do, whoever carries it."""

import uuid

import pytest
from django.utils import timezone

from chatflows.widget import chat, limits
from chatflows.widget.chat import Post, Refused
from contacts.models import Contact, ContactAddress, Visitor
from conversations.actions import assign, comment, mark_read, save_draft, send_reply, set_status
from conversations.models import Conversation, Message
from events import buckets
from tests.factories import make_visitor
from workspaces.models import hash_token


def write(visitor, body="Is the Halo lamp dimmable?", **fields) -> dict:
    return chat.post(visitor, Post(**({"client_id": uuid.uuid4(), "body": body} | fields)))


def conversation_of(ack: dict) -> Conversation:
    return Conversation.objects.get(detail__public_id=ack["conversation"])


# ── Door and session ──


def test_a_key_opens_its_own_channel_and_nothing_else(acme):
    assert chat.find_door("acme-chat") == chat.Door(acme.workspace.pk, acme.chat.pk)
    for key in ("", "nobody", "acme-email", "support@acme.example", "x" * 500, "a\x00b"):
        assert chat.find_door(key) is None


def test_a_suspended_workspace_has_no_door(acme):
    acme.workspace.suspended_at = timezone.now()
    acme.workspace.save()
    assert chat.find_door("acme-chat") is None


def test_the_token_is_kept_as_a_hash_only(in_acme):
    visitor, token = chat.open_session(
        in_acme.chat, language="fr", user_agent="Firefox", page_url="https://shop/"
    )
    assert len(token) >= 43  # 256 bits
    row = Visitor.objects.values().get(pk=visitor.pk)
    assert row["token_hash"] == hash_token(token)
    assert not any(token in str(value) for value in row.values())
    assert chat.load_visitor(in_acme.chat.pk, token) == visitor


def test_a_token_is_worth_nothing_elsewhere_or_when_revoked_or_old(in_acme):
    _, token = chat.open_session(in_acme.chat, language="en", user_agent="", page_url="")
    assert chat.load_visitor(in_acme.form.pk, token) is None
    assert chat.load_visitor(in_acme.chat.pk, token + "x") is None
    assert chat.load_visitor(in_acme.chat.pk, "") is None
    Visitor.objects.update(last_seen_at=timezone.now() - chat.SESSION_LASTS)
    assert chat.load_visitor(in_acme.chat.pk, token) is None
    Visitor.objects.update(last_seen_at=timezone.now(), revoked_at=timezone.now())
    assert chat.load_visitor(in_acme.chat.pk, token) is None


# ── Writing ──


def test_the_first_message_starts_a_conversation_with_the_greeting_before_it(in_acme):
    visitor = make_visitor(in_acme)
    client_id = uuid.uuid4()
    ack = write(visitor, client_id=client_id)
    assert ack["client_id"] == str(client_id)
    assert ack["seq"] == 2
    answer = chat.since(visitor, ack["conversation"], 0)
    assert [message["from"] for message in answer["messages"]] == ["welcome", "me"]
    assert answer["head"] == 2


def test_a_widget_that_greets_nobody_writes_no_greeting(in_acme):
    in_acme.chat.config = {"greets": False}
    in_acme.chat.save()
    ack = write(make_visitor(in_acme))
    assert ack["seq"] == 1


def test_two_tabs_with_the_same_client_id_make_one_message(in_acme):
    """P6, T133: the second copy gets the acknowledgement of the first."""
    visitor, client_id = make_visitor(in_acme), uuid.uuid4()
    first = write(visitor, client_id=client_id, starts_new=True)
    assert write(visitor, client_id=client_id, starts_new=True) == first
    assert write(visitor, client_id=client_id, conversation=first["conversation"]) == first
    assert Message.objects.filter(direction="in").count() == 1
    assert Conversation.objects.count() == 1


def test_a_chat_goes_on_where_it_was_and_a_new_one_is_asked_for(in_acme):
    """CT-13."""
    visitor = make_visitor(in_acme)
    first = write(visitor)
    set_status(conversation_of(first), "closed", by=None)
    assert chat.since(visitor, first["conversation"], 0)["closed"] is True
    again = write(visitor, conversation=first["conversation"])
    assert again["conversation"] == first["conversation"]
    assert chat.since(visitor, first["conversation"], 0)["closed"] is False
    other = write(visitor, starts_new=True)
    assert other["conversation"] != first["conversation"]


@pytest.mark.parametrize(
    ("body", "reason"), [("", "empty"), (" \n\x00 ", "empty"), ("x" * 10_001, "too_long")]
)
def test_a_message_is_one_to_ten_thousand_characters(in_acme, body, reason):
    with pytest.raises(Refused) as refused:
        write(make_visitor(in_acme), body)
    assert refused.value.reason == reason
    assert Message.objects.count() == 0


def test_chatting_makes_no_contact_and_a_claim_joins_none(in_acme):
    """TR-3, T064: what a visitor says of themselves is a label."""
    contact = Contact.objects.create(name="James", email="james@pine.example")
    ContactAddress.objects.create(contact=contact, kind="email", value="james@pine.example")
    visitor = make_visitor(in_acme)
    visitor.claimed_email, visitor.claimed_name = "james@pine.example", "James"
    visitor.save()
    ack = write(visitor, "I am james@pine.example")
    conversation = conversation_of(ack)
    assert conversation.contact is None
    assert conversation.visitor == visitor
    assert Contact.objects.count() == 1


def test_too_many_messages_are_refused_with_a_time_and_what_stands_is_still_acknowledged(in_acme):
    visitor, client_id = make_visitor(in_acme), uuid.uuid4()
    ack = write(visitor, client_id=client_id)
    for _ in range(9):
        write(visitor, conversation=ack["conversation"])
    with pytest.raises(Refused) as refused:
        write(visitor, conversation=ack["conversation"])
    assert refused.value.reason == "limited"
    assert 1 <= refused.value.retry_after <= 4
    assert write(visitor, client_id=client_id, starts_new=True) == ack


def test_six_new_conversations_in_twelve_hours(in_acme):
    visitor = make_visitor(in_acme)
    for _ in range(6):
        write(visitor, starts_new=True)
    with pytest.raises(Refused) as refused:
        write(visitor, starts_new=True)
    assert refused.value.retry_after > 3600


# ── Reading ──


def test_messages_come_by_number_oldest_first_and_at_most_200(in_acme, ben):
    visitor = make_visitor(in_acme)
    ack = write(visitor)
    conversation = conversation_of(ack)
    for number in range(203):
        send_reply(conversation, body=f"answer {number}", by=ben)
    page = chat.since(visitor, ack["conversation"], 2)
    assert [message["seq"] for message in page["messages"]] == list(range(3, 203))
    assert page["head"] == 205
    rest = chat.since(visitor, ack["conversation"], 202)
    assert [message["seq"] for message in rest["messages"]] == [203, 204, 205]


def test_an_answer_shows_who_wrote_it(in_acme, ben):
    visitor = make_visitor(in_acme)
    ack = write(visitor)
    send_reply(conversation_of(ack), body="It is.", by=ben)
    answer = chat.since(visitor, None, ack["seq"])
    assert answer["conversation"] == ack["conversation"]
    assert answer["agent"]["name"] == "Ben Agent"
    [message] = answer["messages"]
    assert (message["from"], message["name"], message["initials"]) == ("agent", "Ben Agent", "BA")
    assert "client_id" not in message


def test_what_the_team_says_among_itself_is_absent(in_acme, ada, ben):
    """T069: comments, drafts and assignments never reach a visitor, nor do numbers of rows."""
    visitor = make_visitor(in_acme)
    ack = write(visitor)
    conversation = conversation_of(ack)
    comment(conversation, body="SECRET comment", by=ben)
    save_draft(conversation, body="SECRET draft", mode="reply", by=ben)
    assign(conversation, to=ada, by=ben)
    told = str([chat.since(visitor, ack["conversation"], 0), chat.conversations(visitor), ack])
    assert "SECRET" not in told
    assert "ben" not in told.lower()
    allowed = {"seq", "from", "name", "initials", "hue", "body", "at", "client_id", "state", "files"}
    for message in chat.since(visitor, ack["conversation"], 0)["messages"]:
        assert set(message) <= allowed


def test_seen_is_what_somebody_of_the_team_has_read(in_acme, ben):
    visitor = make_visitor(in_acme)
    ack = write(visitor)
    assert chat.since(visitor, None, 1)["messages"][0]["state"] == "sent"
    mark_read(conversation_of(ack), by=ben)
    answer = chat.since(visitor, None, 1)
    assert (answer["seen"], answer["messages"][0]["state"]) == (2, "seen")


def test_a_stranger_finds_nothing_of_another_visitor(in_acme):
    """T065: not there, whether it exists or not."""
    ack = write(make_visitor(in_acme))
    stranger = make_visitor(in_acme)
    for named in (ack["conversation"], str(uuid.uuid4()), "7", "'; drop table", "x" * 5000):
        assert chat.since(stranger, named, 0) is None
        assert write(stranger, conversation=named) is None
        assert chat.receipts(stranger, named, 9, 9) is False
    assert chat.since(stranger, None, 0)["messages"] == []
    assert chat.conversations(stranger) == []
    assert Message.objects.filter(direction="in").count() == 1


def test_receipts_move_the_ticks_and_only_forward(in_acme, ben):
    visitor = make_visitor(in_acme)
    ack = write(visitor)
    conversation = conversation_of(ack)
    send_reply(conversation, body="It is.", by=ben)
    assert chat.conversations(visitor)[0]["unread"] is True
    assert chat.receipts(visitor, ack["conversation"], 3, 0) is True
    assert Message.objects.get(seq=3).delivery == "delivered"
    assert chat.receipts(visitor, ack["conversation"], 2**31 - 1, 2**31 - 1) is True
    assert Message.objects.get(seq=3).delivery == "read"
    chat.receipts(visitor, ack["conversation"], 1, 1)
    conversation.detail.refresh_from_db()
    assert (conversation.detail.delivered_seq, conversation.detail.seen_seq) == (3, 3)
    assert chat.conversations(visitor)[0]["unread"] is False


def test_the_home_screen_lists_earlier_chats_newest_first(in_acme, ben, django_assert_max_num_queries):
    visitor = make_visitor(in_acme)
    first = write(visitor, "Bulb for the  Halo lamp\nplease")
    send_reply(conversation_of(first), body="E27.", by=ben)
    second = write(visitor, "Something else", starts_new=True)
    with django_assert_max_num_queries(2):
        listed = chat.conversations(visitor)
    assert [entry["conversation"] for entry in listed] == [second["conversation"], first["conversation"]]
    assert listed[1]["title"] == "Bulb for the Halo lamp please"
    assert (listed[1]["name"], listed[0]["name"]) == ("Ben Agent", "")


# ── Limits ──


def test_without_valkey_the_rate_is_halved_never_lifted(monkeypatch):
    monkeypatch.setattr(buckets, "_silent_until", float("inf"))
    rate = limits.Rate("test", 20, 60, 10)
    for _ in range(5):
        limits.take(rate, "one")
    with pytest.raises(limits.Limited) as limited:
        limits.take(rate, "one")
    assert 1 <= limited.value.retry_after <= 6
    limits.take(rate, "another")


def test_an_ipv6_network_is_one_address():
    assert limits.block_of("2001:db8::1") == limits.block_of("2001:db8::ffff")
    assert limits.block_of("2001:db8:0:1::1") != limits.block_of("2001:db8::1")
    assert limits.block_of("192.0.2.7") == "192.0.2.7"
