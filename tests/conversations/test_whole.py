"""The verbs as a page uses them: what they answer, the way back, and who may."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from channels_app.models import InboundPayload
from conversations import actions
from conversations.models import Comment, Conversation, Follow, Label, Message, ReadMark, Status
from conversations.queries.thread import thread_of
from conversations.snoozing import moment_of, snooze_choices
from conversations.views.done import HEADER
from events.models import Event
from inboxes.actions import create_inbox
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(acme)


@pytest.fixture
def press(client_of, acme):
    """Posts a verb as a script does: (status, what the header says)."""

    def post(member, conversation, verb, **fields):
        url = f"/w/acme/conversations/{conversation.pk}/{verb}/"
        answer = client_of(member).post(url, fields, headers={"HX-Request": "true"})
        return answer.status_code, json.loads(answer.headers.get(HEADER, "null")), answer.content.decode()

    return post


def undo(client_of, member, told):
    answer = client_of(member).post(
        told["undo"]["url"], told["undo"]["fields"], headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200


def now(acme, conversation) -> Conversation:
    with acme.scope():
        return Conversation.objects.get(pk=conversation.pk)


# ── Snooze ──


def test_snooze_and_the_way_back(acme, ben, conversation, press, client_of):
    """CO-6."""
    status, told, head = press(ben, conversation, "snooze", until="tomorrow")
    assert (status, told["leaves"]) == (200, "snoozed") and 'data-status="snoozed"' in head
    row = now(acme, conversation)
    assert row.status == Status.SNOOZED and row.snoozed_until > timezone.now()
    undo(client_of, ben, told)
    assert now(acme, conversation).status == Status.OPEN


def test_until_they_answer_has_no_hour(acme, ben, conversation, press):
    press(ben, conversation, "snooze", until="reply")
    row = now(acme, conversation)
    assert (row.status, row.snoozed_until) == (Status.SNOOZED, None)
    with acme.scope():
        first = conversation.messages.get().external_id
        make_conversation(acme, "Here I am", external_id="<2@pine.example>", in_reply_to=(first,))
    assert now(acme, conversation).status == Status.OPEN


def test_an_hour_that_has_passed_is_refused_in_words(acme, ben, conversation, press):
    for at in ("2020-01-01T09:00", "soon", ""):
        status, _told, words = press(ben, conversation, "snooze", until="own", at=at)
        assert status == 422 and words
    assert press(ben, conversation, "snooze", until="someday")[0] == 422
    assert now(acme, conversation).status == Status.OPEN


def test_the_hours_are_those_of_the_readers_zone():
    friday = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Paris")):
        assert [row["key"] for row in snooze_choices(friday)] == ["hour", "tomorrow", "monday", "week"]
        monday = moment_of("monday", now=friday)
        assert (monday.isoformat(), moment_of("reply")) == ("2026-11-30T09:00:00+01:00", None)
        own = moment_of("own", "2026-11-28T08:00", friday)
    assert own.astimezone(UTC).hour == 7
    with timezone.override(UTC):
        assert "evening" in [row["key"] for row in snooze_choices(datetime(2026, 11, 27, 9, tzinfo=UTC))]
        for day in (29, 30):  # on Sunday it is tomorrow, on Monday in a week
            keys = [row["key"] for row in snooze_choices(datetime(2026, 11, day, 17, tzinfo=UTC))]
            assert keys == ["hour", "tomorrow", "week"]
    with pytest.raises(ValidationError):
        moment_of("own", "2029-01-01T08:00", friday)


# ── Where it stands ──


def test_moved_only_to_where_one_works(acme, ada, ben, conversation, press, client_of):
    """CO-5."""
    with acme.scope():
        closed, mine = create_inbox(name="Legal", members=[ada]), create_inbox(name="Sales", members=[ben])
        before = conversation.inbox_id
    assert press(ben, conversation, "place", inbox=closed.pk)[0] == 404
    status, told, _head = press(ben, conversation, "place", inbox=mine.pk)
    assert status == 200 and now(acme, conversation).inbox_id == mine.pk
    undo(client_of, ben, told)
    assert now(acme, conversation).inbox_id == before


def test_only_who_may_delete_uses_the_trash(acme, ada, ben, conversation, press, client_of):
    """ST-4, AC-6."""
    assert press(ben, conversation, "trash", trashed="1")[0] in (403, 404)
    status, told, _head = press(ada, conversation, "trash", trashed="1")
    assert (status, told["leaves"]) == (200, "trash") and now(acme, conversation).trashed_at
    undo(client_of, ada, told)
    assert now(acme, conversation).trashed_at is None


def test_who_reads_may_follow_and_who_only_reads_changes_nothing(acme, conversation, press):
    """CO-6, AC-1."""
    with acme.scope():
        acme.inbox.open_to_everyone = False
        acme.inbox.save()
    admin = make_member(acme.workspace, "adm@acme.example", "Adam", Role.ADMIN)
    assert press(admin, conversation, "following", on="1")[0] == 200
    with acme.scope():
        assert Follow.objects.filter(member=admin, conversation=conversation).exists()
    for verb in ("snooze", "labels", "unread", "merge", "place", "trash", "part"):
        assert press(admin, conversation, verb, until="hour", name="x")[0] == 404


def test_unread_again_from_a_message(acme, ben, conversation, press):
    """UI-4."""
    with acme.scope():
        actions.mark_read(conversation, by=ben)
    status, told, _head = press(ben, conversation, "unread", seq="1")
    assert (status, told["leaves"]) == (200, "reader")
    with acme.scope():
        assert ReadMark.objects.get(member=ben).seq == 0


def test_a_label_is_made_put_on_and_taken_off(acme, ben, conversation, press, client_of):
    status, told, head = press(ben, conversation, "labels", name="Trade", on="1")
    assert status == 200 and "Trade" in head
    with acme.scope():
        label = Label.objects.get(name="Trade")
    undo(client_of, ben, told)
    with acme.scope():
        assert not conversation.label_marks.exists()
    press(ben, conversation, "labels", label=label.pk)
    menu = client_of(ben).get(f"/w/acme/conversations/{conversation.pk}/choices/labels/")
    assert 'aria-pressed="true"' in menu.content.decode()
    assert press(ben, conversation, "labels", name=" ")[0] == 422


@pytest.mark.parametrize("what", ["labels", "inboxes", "merge", "more"])
def test_menus_are_filled_in_a_few_queries(
    acme, ben, conversation, client_of, what, django_assert_max_num_queries
):
    client = client_of(ben)
    url = f"/w/acme/conversations/{conversation.pk}/choices/{what}/"
    client.get(url)
    with django_assert_max_num_queries(22):
        assert client.get(url).status_code == 200
    assert client.get(url.replace(what, "nothing")).status_code == 404


# ── Merging ──


@pytest.fixture
def other(acme, conversation):
    with acme.scope():
        return make_conversation(acme, "Second lamp.", external_id="<2@pine.example>", subject="Again")


def line(acme, conversation, member) -> list[str]:
    """What stands on the line, in order: words of messages and texts of events."""
    with acme.scope():
        items = thread_of(Conversation.objects.get(pk=conversation.pk), member).items
    told = []
    for item in items:
        events = item.get("events") or ([item["e"]] if item["type"] == "event" else [])
        told += [event["text"] for event in events] + ([item["m"]["body"]] if "m" in item else [])
    return told


def test_merged_both_are_read_in_one_line_and_parted_again(acme, ben, conversation, other, press, client_of):
    status, told, _head = press(ben, conversation, "merge", other=other.pk)
    assert status == 200
    said = line(acme, conversation, ben)
    assert said.index("The dimmer flickers.") < said.index("Second lamp.")
    assert "Ben Agent merged “Again” into this." in said
    page = client_of(ben).get(f"/w/acme/conversations/{other.pk}/")
    assert page.url.endswith(f"/{conversation.pk}/")  # whoever has the old address reads it where it stands
    undo(client_of, ben, told)
    assert "Second lamp." not in line(acme, conversation, ben)
    assert now(acme, other).status == Status.OPEN


def test_the_other_one_can_be_the_one_that_stays(acme, ben, conversation, other, press):
    press(ben, conversation, "merge", other=other.pk, keep="other")
    assert now(acme, conversation).merged_into_id == other.pk


def test_why_two_cannot_be_merged_is_said(acme, ben, conversation, press):
    status, _told, words = press(ben, conversation, "merge", other=conversation.pk)
    assert (status, words) == (422, "Choose another conversation.")


def test_what_was_merged_goes_where_the_other_goes_and_back_to_where_it_was(
    acme, ada, ben, conversation, other
):
    """Whoever may see the one may see all that it shows (AC-1, AC-6)."""
    with acme.scope():
        home = other.inbox_id
        sales = create_inbox(name="Sales", members=[ada, ben])
        actions.merge(conversation, other, by=ben)
        actions.move(conversation, sales, by=ben)
        actions.assign(conversation, to=ben, by=ben)
        gone = Conversation.objects.get(pk=other.pk)
        assert (gone.inbox, gone.assignee) == (sales, ben)
        back = actions.part(gone, by=ben)
        assert (back.inbox_id, back.assignee) == (home, None)


def test_long_merged_lines_are_paged_by_time_and_skip_nothing(acme, ben, conversation, other, monkeypatch):
    monkeypatch.setattr("conversations.queries.thread.RECENT", 3)
    with acme.scope():
        for number in range(4):
            for row in (conversation, other):
                actions.send_reply(row, body=f"{row.pk}:{number}", by=ben)
        actions.merge(conversation, other, by=ben)
        kept, seen, before = Conversation.objects.get(pk=conversation.pk), [], ""
        for _page in range(9):
            thread = thread_of(kept, ben, before=before)
            seen = [item["m"]["pk"] for item in thread.items if "m" in item] + seen
            before = thread.earlier
            if not before:
                break
        wanted = Message.objects.filter(conversation__in=[conversation, other]).order_by("created_at", "pk")
        assert seen == list(wanted.values_list("pk", flat=True))


# ── One message ──


def test_a_removed_message_says_who_removed_it_and_its_source_is_empty(
    acme, ada, ben, conversation, client_of
):
    with acme.scope():
        message = conversation.messages.get()
        InboundPayload.objects.create(
            channel=acme.email, source="test", external_id="x", body=b"The dimmer", message=message
        )
    url = f"/w/acme/conversations/{conversation.pk}/messages/{message.pk}/redact/"
    assert client_of(ben).post(url).status_code in (403, 404)
    answer = client_of(ada).post(url, headers={"HX-Request": "true"})
    assert "Removed by Ada Owner" in answer.content.decode() and "dimmer" not in answer.content.decode()
    with acme.scope():
        assert bytes(InboundPayload.objects.get().body) == b""
    assert client_of(ada).get(url.replace("/redact/", "/source/")).status_code == 404


def test_a_removed_comment_and_a_removed_file(acme, ada, ben, conversation, client_of):
    with acme.scope():
        comment = actions.comment(conversation, body="Their card is 4242", by=ben)
        message = conversation.messages.get()
        file = message.attachments.create(name="card.txt", content_type="text/plain", size=4)
    url = f"/w/acme/conversations/{conversation.pk}/comments/{comment.pk}/redact/"
    answer = client_of(ada).post(url, headers={"HX-Request": "true"}).content.decode()
    assert "Removed by Ada Owner" in answer and "4242" not in answer
    assert client_of(ben).post(f"/w/acme/files/{file.storage_key}/redact/").status_code in (403, 404)
    answer = client_of(ada).post(f"/w/acme/files/{file.storage_key}/redact/", headers={"HX-Request": "true"})
    assert "card.txt" not in answer.content.decode() and "The dimmer flickers." in answer.content.decode()
    with acme.scope():
        assert not message.attachments.exists() and Comment.objects.get().body == ""
    assert "Ada Owner removed a file for good." in line(acme, conversation, ada)


def test_split_off_opens_what_began(acme, ben, conversation, client_of):
    with acme.scope():
        message = conversation.messages.get()
    url = f"/w/acme/conversations/{conversation.pk}/messages/{message.pk}/split/"
    told = json.loads(client_of(ben).post(url, headers={"HX-Request": "true"}).headers[HEADER])
    assert told["conversation"] != conversation.pk and str(told["conversation"]) in told["goto"]


# ── The line ──


def test_a_change_of_channel_is_a_ring(acme, ben, conversation):
    with acme.scope():
        sent = actions.send_reply(conversation, body="By chat", by=ben)
        Message.objects.filter(pk=sent.message_id).update(channel_kind="chat")
        items = thread_of(conversation, ben).items
    rings = [item["e"]["text"] for item in items if item["type"] == "ring"]
    assert rings == ["The conversation goes on in live chat."]


def test_what_is_new_to_the_reader_stands_under_a_line(acme, ben, conversation):
    with acme.scope():
        actions.mark_read(conversation, by=ben)
        first = conversation.messages.get().external_id
        make_conversation(acme, "News", external_id="<3@pine.example>", in_reply_to=(first,))
        kinds = [item["type"] for item in thread_of(conversation, ben, unread_after=1).items]
        assert kinds.index("unread") < len(kinds) - 1 and kinds.count("unread") == 1
        assert "unread" not in [item["type"] for item in thread_of(conversation, ben, unread_after=2).items]


def test_each_verb_is_told_in_a_sentence(acme, ada, ben, conversation):
    """Nothing that happened to a conversation is silent, except who follows it."""
    with acme.scope():
        sales = create_inbox(name="Sales", members=[ada, ben])
        actions.snooze(conversation, until=None, by=ben)
        actions.move(conversation, sales, by=ben)
        actions.set_label(conversation, actions.label_called("Trade"), True, by=ben)
        actions.trash(conversation, by=ada)
        actions.restore(conversation, by=ada)
        actions.split_off(conversation.messages.get(), by=ben)
        actions.follow(conversation, by=ben)
        assert Event.objects.filter(type__startswith="conversation.").count() >= 6
    said = "\n".join(line(acme, conversation, ben))
    for words in (
        "until an answer comes",
        "moved this to Sales",
        "“Trade” on",
        "to the trash",
        "out of the trash",
    ):
        assert words in said
    assert "began a new conversation" in said


def test_a_link_to_an_old_message_opens_the_page_that_has_it(acme, ben, conversation, client_of, monkeypatch):
    monkeypatch.setattr("conversations.queries.thread.RECENT", 4)
    with acme.scope():
        for number in range(12):
            actions.send_reply(conversation, body=f"Word {number}", by=ben)
        old = conversation.messages.get(seq=3)
        url = f"/w/acme/conversations/{conversation.pk}/"
    client = client_of(ben)
    there = client.get(url, {"message": old.pk}).url
    before = there.split("before=")[1].split("#")[0]
    assert there.endswith(f"#message-{old.pk}")
    with acme.scope():
        shown = thread_of(Conversation.objects.get(pk=conversation.pk), ben, before=before).items
        assert old.pk in [item["m"]["pk"] for item in shown if "m" in item]
        newest = conversation.messages.get(seq=13)
    assert "before" not in client.get(url, {"message": newest.pk}).url
    for odd in ("x", "0", "999999999999999999999"):
        assert client.get(url, {"message": odd}).status_code == 302
