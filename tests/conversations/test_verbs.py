"""What an agent does to a conversation as a whole: move, trash, follow, label, merge, split off, redact."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from conversations import actions
from conversations.models import (
    Attachment,
    Conversation,
    CountDelta,
    Label,
    Message,
    ReadMark,
    Status,
)
from conversations.queries import get_view, page_of
from conversations.receive import Inbound, receive
from events.models import Event
from inboxes.actions import create_inbox
from realtime import frames
from realtime.tickets import reader_of
from tests.factories import make_conversation, make_mail, make_visitor


@pytest.fixture
def conversation(acme):
    with acme.scope():
        yield make_conversation(acme)


def listed(view: str, member) -> set[int]:
    page = page_of(get_view(view), member)
    return {row.pk for row in [*page.yours, *page.theirs]}


def kept(bucket: str) -> int:
    return sum(CountDelta.objects.filter(bucket=bucket).values_list("n", flat=True))


def test_moved_to_an_inbox_its_owner_does_not_work_in_it_is_nobodys(acme, ada, ben, conversation):
    """CO-5, CH-4."""
    sales = create_inbox(name="Sales", members=[ada])
    actions.assign(conversation, to=ben, by=ada)
    moved = actions.move(conversation, sales, by=ada)
    assert (moved.inbox, moved.assignee) == (sales, None)
    assert kept("unassigned") == 1


def test_in_the_trash_it_is_in_no_other_list_and_comes_back_as_it_was(acme, ben, conversation):
    """ST-4."""
    actions.trash(conversation, by=ben)
    assert conversation.pk not in listed("open", ben) and kept("open") == 0 and kept("trash") == 1
    actions.restore(conversation, by=ben)
    assert conversation.pk in listed("open", ben) and kept("trash") == 0


def test_a_message_to_a_trashed_conversation_begins_anew(acme, ben, conversation):
    """ST-4."""
    first = conversation.messages.get().external_id
    actions.trash(conversation, by=ben)
    appended = receive(make_mail(acme, "And?", subject="Re: Dimmer flickers", in_reply_to=(first,)))
    assert appended.conversation_id != conversation.pk


def test_open_conversations_are_counted_by_kind(acme, ben, conversation):
    """VW-1, VW-4."""
    receive(Inbound(channel=acme.chat, body="Hi", visitor=make_visitor(acme)))
    assert (kept("open:email"), kept("open:chat"), kept("open")) == (1, 1, 2)
    actions.set_status(conversation, Status.CLOSED, by=ben)
    assert kept("open:email") == 0


def test_unread_again_is_mine_alone(acme, ada, ben, conversation):
    """UI-4."""
    for member in (ada, ben):
        actions.mark_read(conversation, by=member)
    actions.mark_unread(conversation, by=ben)
    assert ReadMark.objects.get(member=ben).seq == 0 and ReadMark.objects.get(member=ada).seq == 1


def test_a_label_is_made_once_and_put_on_once(acme, ben, conversation):
    label = actions.label_called("  Trade ")
    assert actions.label_called("trade") == label and Label.objects.count() == 1
    for _again in range(2):
        actions.set_label(conversation, label, True, by=ben)
    assert Event.objects.filter(type="conversation.labelled").count() == 1
    with pytest.raises(ValidationError):
        actions.label_called(" ")


class TestMerge:
    @pytest.fixture
    def other(self, acme, conversation):
        return make_conversation(
            acme, "Second lamp too.", external_id="<second@pine.example>", subject="Again"
        )

    def test_the_one_that_goes_leaves_every_list(self, acme, ben, conversation, other):
        actions.merge(conversation, other, by=ben)
        assert listed("open", ben) == {conversation.pk} and listed("closed", ben) == set()
        assert kept("open") == 1

    def test_an_answer_to_it_arrives_in_the_one_that_stays(self, acme, ben, conversation, other):
        actions.merge(conversation, other, by=ben)
        answer = receive(
            make_mail(acme, "Any news?", subject="Re: Again", in_reply_to=("<second@pine.example>",))
        )
        assert answer.conversation_id == conversation.pk

    def test_numbers_keep_having_no_gaps(self, acme, ben, conversation, other):
        actions.merge(conversation, other, by=ben)
        make_conversation(
            acme, "Third.", external_id="<3@pine.example>", in_reply_to=("<second@pine.example>",)
        )
        for row in (conversation, other):
            row.refresh_from_db()
            assert list(row.messages.order_by("seq").values_list("seq", flat=True)) == [
                *range(1, row.last_seq + 1)
            ]

    def test_parted_again_it_stands_for_itself(self, acme, ben, conversation, other):
        actions.merge(conversation, other, by=ben)
        actions.part(other, by=ben)
        assert listed("open", ben) == {conversation.pk, other.pk}

    def test_a_live_chat_is_not_taken_from_under_its_visitor(self, acme, ben, conversation):
        chat = receive(Inbound(channel=acme.chat, body="Hi", visitor=make_visitor(acme)))
        chat = Conversation.objects.get(pk=chat.conversation_id)
        with pytest.raises(actions.CannotMerge):
            actions.merge(conversation, chat, by=ben)
        actions.merge(chat, conversation, by=ben)

    def test_neither_twice_nor_with_itself(self, acme, ben, conversation, other):
        with pytest.raises(actions.CannotMerge):
            actions.merge(conversation, conversation, by=ben)
        actions.merge(conversation, other, by=ben)
        with pytest.raises(actions.CannotMerge):
            actions.merge(conversation, other, by=ben)


def with_file(message: Message) -> Attachment:
    file = Attachment.objects.create(message=message, name="lamp.txt", content_type="text/plain", size=4)
    default_storage.save(file.path, ContentFile(b"lamp"))
    return file


def test_what_is_redacted_is_gone_from_rows_and_disk(
    acme, ben, conversation, django_capture_on_commit_callbacks
):
    """Words, files and their bytes; the log keeps who did it."""
    message = conversation.messages.get()
    file = with_file(message)
    with django_capture_on_commit_callbacks(execute=True):
        actions.redact(message, by=ben)
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.body, message.html, conversation.preview) == ("", "", "")
    assert message.redacted_at and not default_storage.exists(file.path)
    assert Event.objects.get(type="message.redacted").actor == ben


def test_a_message_split_off_is_a_copy_with_its_files(acme, ben, conversation):
    message = conversation.messages.get()
    file = with_file(message)
    new = actions.split_off(message, by=ben)
    copy = new.messages.get()
    assert copy.body == message.body and new.contact == conversation.contact
    copied = copy.attachments.get()
    assert copied.storage_key != file.storage_key
    assert default_storage.open(copied.path, "rb").read() == b"lamp"
    assert conversation.messages.count() == 1


def test_redacting_reaches_what_was_split_off(acme, ben, conversation, django_capture_on_commit_callbacks):
    """Words that are removed for good stand in no copy either, nor in a copy of that."""
    message = conversation.messages.get()
    file = with_file(message)
    first = actions.split_off(message, by=ben).messages.get()
    second = actions.split_off(first, by=ben).messages.get()
    with django_capture_on_commit_callbacks(execute=True):
        actions.redact_file(file, by=ben)
    assert not Attachment.objects.exists() and second.body
    actions.redact(message, by=ben)
    assert not Message.objects.exclude(body="").exists()
    assert Message.objects.exclude(redacted_at=None).count() == 3


def test_who_follows_is_kept_once(acme, ben, conversation):
    """CO-6."""
    for _again in range(2):
        actions.follow(conversation, by=ben)
    assert conversation.follows.count() == 1
    actions.follow(conversation, by=ben, on=False)
    assert conversation.follows.count() == 0


def test_what_is_redacted_in_a_merged_conversation_is_told_to_where_it_is_read(acme, ada, ben, conversation):
    """Whoever looks at the one that stays sees the words go, without loading anew."""
    other = make_conversation(acme, external_id="<other@x>")
    actions.merge(conversation, other, by=ben)
    message = other.messages.get()
    actions.redact(message, by=ada)
    event = Event.objects.get(type="message.redacted")
    reader = reader_of(ben, "", "en")
    frame = frames.for_members(acme.workspace.pk, [event.pk], [(reader, conversation.pk)])[reader][0]
    assert frame["conversation"] == conversation.pk and f'id="row-{conversation.pk}"' in frame["row"]
    assert f'id="message-{message.pk}"' in frame["item"] and "Removed by" in frame["item"]


def test_the_gallery_has_all_files_of_a_conversation_by_pages(
    acme, ben, conversation, client_of, monkeypatch
):
    """Also what stands on an older page of the thread, and in what was merged into it."""
    monkeypatch.setattr("conversations.queries.thread.FILES", 2)
    other = make_conversation(acme, external_id="<other@x>")
    files = [with_file(conversation.messages.get()), with_file(other.messages.get())]
    files.append(with_file(conversation.messages.get()))
    actions.merge(conversation, other, by=ben)
    url = f"/w/acme/conversations/{conversation.pk}/gallery/"
    first = client_of(ben).get(url).content.decode()
    assert [str(file.storage_key) in first for file in files] == [False, True, True]
    older = client_of(ben).get(f"{url}?before={files[1].pk}").content.decode()
    assert str(files[0].storage_key) in older and "data-gallery-more" not in older


def test_the_link_to_a_comment_leads_to_its_place(acme, ada, ben, conversation, client_of):
    said = actions.comment(conversation, body="Look at this", by=ada)
    url = f"/w/acme/conversations/{conversation.pk}/?comment={said.pk}"
    answer = client_of(ben).get(url)
    assert answer.url.endswith(f"#comment-{said.pk}")
