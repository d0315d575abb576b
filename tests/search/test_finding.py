"""SE-1 to SE-3: everything can be found, by those who may read it, and nothing that is gone."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from conversations.actions import assign, comment, send_reply, set_status
from conversations.models import (
    Attachment,
    Comment,
    Conversation,
    ConversationLabel,
    Label,
    Message,
    Participant,
    Status,
)
from inboxes.models import Inbox
from search import queries
from search.language import parse
from search.models import Entry, Kind
from search.queries import find
from search.rows import rows_of_matches
from search.tasks import make_months, tidy_words
from search.words import STEMMED, config_of, marking_of
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role

pytestmark = pytest.mark.usefixtures("in_acme")


def found(text: str, member, **more) -> list[int]:
    """Ids of the conversations, in the order of the page."""
    return [
        match.conversation.pk
        for match in find(parse(text, today=timezone.localdate()), member, **more).matches
    ]


def rows(text: str, member) -> list:
    query = parse(text, today=timezone.localdate())
    marking = marking_of(query, config_of(member.workspace.language))
    return rows_of_matches(find(query, member).matches, marking, member)


@pytest.fixture
def lamp(acme):
    return make_conversation(acme, "The kitchen dimmer flickers at night.")


@pytest.fixture
def chair(acme):
    fields = {
        "address": "zoe@oak.example",
        "name": "Zoë Oakley",
        "subject": "A broken chair",
        "external_id": "<c@oak>",
    }
    return make_conversation(acme, "One leg came off. Réparation possible ?", **fields)


@pytest.mark.parametrize(
    "text",
    [
        "dimmer",
        "kitchen dimmer",
        "KITCHEN",
        "flickering",  # another form of the word
        "kit",  # the last word may go on
        '"kitchen dimmer"',
        "dimmer -chair",
        "subject:flickers",
        "from:james",
        "from:pine.example",
        "from:james@pine.example",
        "from:james kitchen",
        "subject:dimmer kitchen from:whitfield",
        "channel:email dimmer",
        "inbox:support dimmer",
        "is:open dimmer",
        "is:unassigned kitchen",
        "after:2d dimmer",
    ],
)
def test_each_way_of_asking_finds_the_one(text, ada, lamp, chair):
    assert found(text, ada) == [lamp.pk]


@pytest.mark.parametrize(
    "text",
    [
        '"dimmer kitchen"',
        "dimmer chair",
        "dimmer -kitchen",
        "from:zoe dimmer",
        "-from:james dimmer",
        "is:closed dimmer",
        "has:attachment dimmer",
        "before:2d dimmer",
        "assignee:me dimmer",
        "subject:kitchen",
        "nothing",
    ],
)
def test_what_does_not_fit_is_not_found(text, ada, lamp, chair):
    assert found(text, ada) == []


def test_accents_and_letters_of_others_do_not_matter(ada, lamp, chair):
    assert found("reparation", ada) == [chair.pk] == found("Zoe", ada) == found("zoë", ada)


def test_a_comment_is_found_and_says_so(acme, ada, lamp, chair):
    comment(lamp, body="Ask the warehouse about capacitors", by=ada)
    [row] = rows("capacitor", ada)
    assert row.pk == lamp.pk and row.preview_kind == "comment"
    assert "<mark>capacitors</mark>" in row.preview and "#comment-" in row.url


def test_a_file_is_found_once_a_message_has_it(ada, lamp):
    file = Attachment.objects.create(name="invoice_2024-11.pdf", content_type="application/pdf", size=1)
    assert found("invoice", ada) == []
    message = lamp.messages.get()
    Attachment.objects.filter(pk=file.pk).update(message=message)
    assert found("invoice", ada) == [lamp.pk] == found("has:attachment", ada)
    [row] = rows("2024", ada)
    assert row.url.endswith(f"#message-{message.pk}")
    file.refresh_from_db()
    file.delete()
    assert found("invoice", ada) == []


def test_a_participant_is_found_by_parts_of_the_address(ada, lamp):
    Participant.objects.create(conversation=lamp, address="mara.kovac@birch.example", name="Mara Kovač")
    for text in ("kovac", "birch", "mara.kovac@birch.example", "to:mara", "to:birch dimmer"):
        assert found(text, ada) == [lamp.pk], text


def test_a_label_an_assignee_and_a_state_choose(acme, ada, ben, lamp, chair):
    ConversationLabel.objects.create(conversation=lamp, label=Label.objects.create(name="Warranty"))
    assign(lamp, to=ben, by=ada)
    set_status(chair, Status.CLOSED, by=ada)
    assert found("label:warr", ada) == [lamp.pk] == found("-is:closed", ada)
    assert found("assignee:ben", ada) == [lamp.pk] == found("assignee:me", ben)
    assert found("is:closed", ada) == [chair.pk] == found("is:closed chair", ada)  # SE-2


def test_spam_and_trash_are_only_found_when_asked_for(ada, lamp, chair):
    Conversation.objects.filter(pk=lamp.pk).update(spam_at=timezone.now())
    Conversation.objects.filter(pk=chair.pk).update(trashed_at=timezone.now())
    assert found("dimmer", ada) == [] == found("chair", ada)
    assert found("is:spam dimmer", ada) == [lamp.pk] and found("is:trash", ada) == [chair.pk]


# ── Rights ──


def test_an_inbox_one_may_not_open_is_not_searched(acme, ada, ben, lamp, chair):
    """AC-1: comments and subjects included."""
    comment(lamp, body="secretword", by=ada)
    other = Inbox.objects.create(name="Board", open_to_everyone=False)
    Conversation.objects.filter(pk=lamp.pk).update(inbox=other)
    for text in ("dimmer", "secretword", "subject:flickers", "from:james", "is:open dimmer"):
        assert lamp.pk not in found(text, ben), text
        assert lamp.pk in found(text, ada), text
    assert Inbox.objects.visible_to(ben).count() == 1


def test_a_restricted_agent_finds_only_their_own(acme, ada, lamp, chair):
    """AC-6."""
    rosa = make_member(acme.workspace, "rosa@acme.example", "Rosa", Role.RESTRICTED)
    assert found("dimmer", rosa) == []
    assign(lamp, to=rosa, by=ada)
    assert found("dimmer", rosa) == [lamp.pk]


def test_the_functions_answer_for_the_scope_that_is_open_and_no_other(acme):
    """T009: a definer function passes the policy, so it asks for the workspace itself."""
    for call in (
        "search_entries(%s, 'dimmer'::tsquery, '-infinity', 'infinity', 0, 0::smallint, 5)",
        "search_matching(%s, '{1}', 'dimmer'::tsquery)",
    ):
        for asked in (acme.workspace.pk + 1, None):
            with (
                pytest.raises(ProgrammingError, match="inside the scope"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"select * from {call}", [asked])


def test_the_serving_role_may_neither_change_entries_nor_pass_by_the_table(acme, lamp):
    for statement in (
        "update search_entry set tsv = ''",
        "select * from search_entry_default",
        "select * from search_stretch(1, 'a', now(), now(), now(), 0, 0::smallint, 1)",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# ── Nothing that is gone ──


def test_words_that_were_taken_out_are_not_found(ada, lamp):
    """ST-7: redaction and erasure reach the index in the same transaction."""
    Message.objects.filter(conversation=lamp).update(body="", subject="", author_name="")
    Conversation.objects.filter(pk=lamp.pk).update(subject="Removed", contact_name="")
    lamp.participants.all().delete()
    lamp.contact.email = "gone@void.example"
    lamp.contact.save()
    for text in ("dimmer", "kitchen", "whitfield", "pine"):
        assert found(text, ada) == [], text
    assert found("removed", ada) == [lamp.pk] == found("from:void.example", ada)


def test_what_is_deleted_leaves_no_entry(ada, lamp):
    comment(lamp, body="capacitors", by=ada)
    Participant.objects.create(conversation=lamp, address="x@y.example")
    assert set(Entry.objects.values_list("kind", flat=True)) >= {
        Kind.MESSAGE,
        Kind.COMMENT,
        Kind.CONVERSATION,
    }
    Comment.objects.all().delete()
    assert found("capacitors", ada) == []
    lamp.participants.all().delete()
    Message.objects.filter(conversation=lamp).delete()
    assert list(Entry.objects.values_list("kind", flat=True)) == [Kind.CONVERSATION]
    lamp.delete()
    assert not Entry.objects.exists()


def where_entries_lie() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("select tableoid, ctid::text from search_entry order by 1, 2")
        return cursor.fetchall()


def test_a_delivery_tick_touches_no_entry(ada, lamp):
    before = where_entries_lie()
    Message.objects.filter(conversation=lamp).update(delivery="read")
    assert where_entries_lie() == before


def test_a_message_that_moves_takes_its_entry_along(ada, lamp, chair):
    message = lamp.messages.get()
    Message.objects.filter(pk=message.pk).update(conversation=chair, seq=99)
    assert found("kitchen", ada) == [chair.pk]


# ── Pages ──


def test_pages_show_each_conversation_once_newest_first(acme, ada, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    monkeypatch.setattr(queries, "ROUNDS", (4, 8))
    made = [make_conversation(acme, f"dimmer {n}", external_id=f"<{n}@x>") for n in range(8)]
    for conversation in made[::2]:
        send_reply(conversation, body="Which dimmer do you have?", by=ada)
    expected = found("dimmer", ada, after="") and [
        *(c.pk for c in reversed(made[::2])),
        *(c.pk for c in reversed(made[1::2])),
    ]
    seen, mark = [], ""
    for _ in range(20):
        page = find(parse("dimmer", today=timezone.localdate()), ada, after=mark)
        seen += [match.conversation.pk for match in page.matches]
        mark = page.next
        if not mark:
            break
    assert seen == expected


def test_a_month_without_a_partition_loses_nothing_and_moves_when_it_is_made(acme, ada, lamp):
    """The default partition keeps what falls into no month."""
    far = timezone.now() + timedelta(days=800)
    Message.objects.filter(conversation=lamp).update(created_at=far)
    assert found("kitchen", ada) == [lamp.pk]
    with connection.cursor() as cursor:
        cursor.execute("select search_make_partition(%s), search_make_partition(%s)", [far, far])
        assert cursor.fetchone() == (True, False)
        cursor.execute("select tableoid::regclass::text from search_entry where created_at = %s", [far])
        assert cursor.fetchone() == (f"search_entry_{far:%Y_%m}",)
        cursor.execute(
            "select relrowsecurity and relforcerowsecurity from pg_class where relname = %s",
            [f"search_entry_{far:%Y_%m}"],
        )
        assert cursor.fetchone() == (True,)
    assert found("kitchen", ada) == [lamp.pk]


def test_old_months_are_asked_too(acme, ada, lamp, chair):
    """Nothing in the newest entries: the index of words is asked, month by month, then year by year."""
    long_ago = timezone.now() - timedelta(days=4000)
    Message.objects.filter(conversation=lamp).update(created_at=long_ago)
    with connection.cursor() as cursor:
        cursor.execute(
            "select conversation_id from search_entries(%s, 'kitchen', '-infinity', 'infinity', 0, 0::smallint, 5, 1)",
            [acme.workspace.pk],
        )
        assert cursor.fetchall() == [(lamp.pk,)]


def test_the_tasks_run_as_the_serving_role(acme):
    make_months()
    tidy_words()
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s)", [f"search_entry_{timezone.now():%Y_%m}"])
        assert cursor.fetchone()[0]


def test_every_language_with_stems_has_its_dictionary(acme):
    with connection.cursor() as cursor:
        for language in (*STEMMED, "ja", ""):
            cursor.execute("select search_config(%s)::text", [language])
            assert config_of(language).split(".")[-1] == cursor.fetchone()[0].split(".")[-1]


@pytest.mark.parametrize(
    "text",
    [
        "'",
        "a\\",
        "a' | 'b",
        "!!!",
        "a & b",
        "(:*",
        '"\'"',
        "from:'",
        "subject:\\",
        "%s %(x)s",
        "日本",
        "<->",
        "-",
    ],
)
def test_nothing_that_is_typed_reaches_the_statement(text, ada, lamp):
    """Injection: words are parameters, and quotes inside of a tsquery are doubled."""
    rows(text, ada)


def test_what_somebody_wrote_stays_text(acme, ada):
    make_conversation(acme, 'A <img src=x onerror=alert(1)> dimmer \ue000<b>\ue001 "quoted"')
    [row] = rows("dimmer", ada)
    assert "<img" not in row.preview and "<b>" not in row.preview and "\ue000" not in row.preview
    assert "onerror=alert(1)&gt;" in row.preview and "<mark>dimmer</mark>" in row.preview
