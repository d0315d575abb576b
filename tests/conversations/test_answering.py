"""Answering together: held send, mentions, saved texts (CO-2, CO-3, CR-8, CR-10, NO-5)."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations import tokens
from conversations.actions import comment, save_draft, schedule_reply, send_reply
from conversations.mentions import CannotMention
from conversations.models import Conversation, Draft, Mention, Message, ScheduledReply, Snippet
from conversations.receive import receive
from tests.factories import make_conversation, make_mail, make_member
from workspaces.models import Team, TeamMember
from workspaces.permissions import Role

HTMX = {"HTTP_HX_REQUEST": "true"}


def path(name: str, *args) -> str:
    return reverse(f"conversations:{name}", args=["acme", *args])


@pytest.fixture
def conversation(acme) -> Conversation:
    with acme.scope():
        return make_conversation(acme)


def reply(client, conversation, body="Hello James", **told):
    told = {"body": body, "began": 1, "seen": 1, "client_id": str(uuid.uuid4())} | told
    return client.post(path("reply", conversation.pk), told, **HTMX)


def outgoing(acme) -> list[str]:
    with acme.scope():
        return list(Message.objects.filter(direction="out").order_by("seq").values_list("body", flat=True))


# ── Held send ──


def test_a_colleague_who_was_faster_is_shown_and_nothing_is_sent(acme, ada, ben, conversation, client_of):
    """CO-3: 409 with what is new; the text waits as a draft."""
    with acme.scope():
        send_reply(conversation, body="Ada was faster", by=ada)
    answer = reply(client_of(ben), conversation)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ada was faster" in page and "Send anyway" in page and "Hello James</textarea>" in page
    assert outgoing(acme) == ["Ada was faster"]
    with acme.scope():
        assert Draft.objects.get(member=ben).body == "Hello James"


def test_sending_anyway_names_what_was_shown_and_a_third_word_asks_again(
    acme, ada, ben, conversation, client_of
):
    """CO-3: what was shown holds no longer; what nobody has shown yet does."""
    with acme.scope():
        shown = send_reply(conversation, body="Ada was faster", by=ada)
        known = str(Message.objects.get(pk=shown.message_id).client_id)
        send_reply(conversation, body="And once more", by=ada)
    client = client_of(ben)
    again = reply(client, conversation, known=known)
    assert again.status_code == 409
    assert "And once more" in again.content.decode()
    with acme.scope():
        every = " ".join(str(key) for key in Message.objects.values_list("client_id", flat=True))
    assert reply(client, conversation, known=every).status_code == 200
    assert outgoing(acme)[-1] == "Hello James"


def test_the_customers_new_mail_holds_a_letter(acme, ben, conversation, client_of):
    """CO-3: also when the socket was down, since the page says what it has seen."""
    with acme.scope():
        ours = send_reply(conversation, body="On its way", by=ben)
        message = Message.objects.get(pk=ours.message_id)
        receive(make_mail(acme, "Never mind!", in_reply_to=(message.external_id,)))
        assert Conversation.objects.get().last_seq == 3
    answer = reply(client_of(ben), conversation, began=2, seen=2)
    assert answer.status_code == 409 and "Never mind!" in answer.content.decode()


def test_a_mail_that_can_still_be_taken_back_counts_as_sent(
    acme, ada, ben, conversation, client_of, settings
):
    with acme.scope():
        when = timezone.now() + timezone.timedelta(seconds=10)
        schedule_reply(conversation, body="From Ada", by=ada, send_at=when, client_id=uuid.uuid4())
    assert reply(client_of(ben), conversation).status_code == 409


def test_ones_own_words_hold_nothing_and_a_second_copy_is_no_news(acme, ada, ben, conversation, client_of):
    client, key = client_of(ben), str(uuid.uuid4())
    assert reply(client, conversation, body="One", client_id=key).status_code == 200
    assert reply(client, conversation, body="Two").status_code == 200
    with acme.scope():
        send_reply(conversation, body="Ada", by=ada)
    assert reply(client, conversation, body="One", client_id=key).status_code == 200
    assert outgoing(acme) == ["One", "Two", "Ada"]


def test_what_was_seen_arriving_in_a_chat_holds_nothing(acme, ben, client_of):
    with acme.scope():
        chat = make_conversation(acme)
        Conversation.objects.filter(pk=chat.pk).update(channel_kind="chat", channel=acme.chat.pk)
    client = client_of(ben)
    assert reply(client, chat, began=0, seen=0).status_code == 409
    assert reply(client, chat, began=0, seen=1).status_code == 200


def test_a_reply_may_put_the_conversation_to_rest(acme, ben, conversation, client_of):
    """CR-9."""
    until = (timezone.now() + timezone.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with acme.scope():
        Conversation.objects.update(channel_kind="chat", channel=acme.chat.pk)
    assert reply(client_of(ben), conversation, then=until).status_code == 200
    with acme.scope():
        assert Conversation.objects.get().status == "snoozed"
    assert reply(client_of(ben), conversation, then="whenever").status_code == 422


def test_a_chat_answer_may_leave_later(acme, ben, conversation, client_of):
    at = (timezone.now() + timezone.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with acme.scope():
        Conversation.objects.update(channel_kind="chat", channel=acme.chat.pk)
    assert reply(client_of(ben), conversation, send_at=at).status_code == 200
    with acme.scope():
        assert ScheduledReply.objects.get().body == "Hello James"
    assert outgoing(acme) == []


def test_the_draft_of_a_colleague_is_shown(acme, ada, ben, conversation, client_of):
    """CR-6."""
    with acme.scope():
        save_draft(conversation, body="Dear James,", mode="reply", by=ada)
        save_draft(conversation, body="hmm", mode="comment", by=ada)
    page = client_of(ben).get(path("show", "open", conversation.pk)).content.decode()
    assert "Draft by Ada Owner" in page and "Dear James," in page and "hmm" not in page
    assert "Draft by" not in client_of(ada).get(path("show", "open", conversation.pk)).content.decode()


# ── Mentions ──


def test_members_and_teams_are_named_once_and_never_oneself(acme, ada, ben, conversation):
    """NO-5."""
    with acme.scope():
        team = Team.objects.create(name="Lamps")
        for member in (ada, ben):
            TeamMember.objects.create(team=team, member=member)
        row = comment(conversation, body="@Ada Owner and @lamps, please look, @Ada Owner", by=ben)
        assert sorted(row.mentioned) == ["Ada Owner", "Lamps"]
        [mention] = Mention.objects.all()
        assert mention.member == ada and mention.team is None


def test_a_longer_name_is_not_its_beginning(acme, ada, ben, conversation):
    make_member(acme.workspace, "a@acme.example", "Ada")
    with acme.scope():
        row = comment(conversation, body="@Ada Owner?", by=ben)
        assert row.mentioned == ["Ada Owner"] and Mention.objects.get().member == ada


def test_naming_somebody_who_cannot_see_it_is_refused_in_words(acme, ben, conversation, client_of):
    """CO-2."""
    make_member(acme.workspace, "rita@acme.example", "Rita Restricted", Role.RESTRICTED)
    with acme.scope(), pytest.raises(CannotMention):
        comment(conversation, body="@Rita Restricted", by=ben)
    answer = client_of(ben).post(path("comment", conversation.pk), {"body": "hey @rita restricted"}, **HTMX)
    assert answer.status_code == 422
    assert "Rita Restricted cannot see this conversation" in answer.content.decode()


def test_a_mention_is_marked_in_the_thread(acme, ada, ben, conversation, client_of):
    with acme.scope():
        comment(conversation, body="Look, @Ada Owner", by=ben)
    page = client_of(ada).get(path("show", "open", conversation.pk)).content.decode()
    assert '<span class="at">@Ada Owner</span>' in page


# ── Saved texts ──


def test_tokens_are_filled_in_one_pass():
    """CR-8: a closed list; what is filled in is not read again."""
    values = {"contact.first_name": "{{ agent.name }}", "agent.name": "Ben"}
    assert tokens.fill("{{contact.first_name}}", values).text == "{{ agent.name }}"
    filled = tokens.fill('Hi {{ contact.name | "there" }} {{ contact.company }} {{ b.c }}', values)
    assert filled.text == "Hi there {{ contact.company }} {{ b.c }}"
    assert filled.missing == ["{{ contact.company }}", "{{ b.c }}"]


def test_values_are_text_in_html():
    values = {"contact.name": "<img src=x onerror=alert(1)>"}
    filled = tokens.fill_html("<p>Dear {{ contact.name }}</p>", values)
    assert "<img" not in filled.text and "&lt;img" in filled.text
    assert tokens.fill_html("<p>{{ x.y | &quot;you&quot; }}</p>", {}).text == "<p>you</p>"


def test_a_place_that_nobody_filled_blocks_sending(acme, ben, conversation, client_of):
    """CR-10."""
    answer = reply(client_of(ben), conversation, body="Hi {{ contact.company }}")
    assert answer.status_code == 422 and "Fill in" in answer.content.decode()
    assert reply(client_of(ben), conversation, body="Write {{ a.b }} there").status_code == 200


def test_helpers_offer_what_one_may_use_in_the_contacts_language(acme, ada, ben, conversation, client_of):
    with acme.scope():
        Conversation.objects.update(language="fr")
        Snippet.objects.create(name="Hello", body="Hello {{ contact.first_name }}", uses=9, language="en")
        Snippet.objects.create(name="Bonjour", body="Bonjour {{ contact.first_name }}", language="fr-FR")
        Snippet.objects.create(name="Ada's", body="x", owner=ada)
    told = client_of(ben).get(path("helpers", conversation.pk)).json()
    assert [row["text"] for row in told["snippets"]] == ["Bonjour James", "Hello James"]
    assert {"name": "Ada Owner", "kind": "user"} in told["people"]


def test_agents_keep_their_own_and_managers_those_of_all(acme, ada, ben, client_of):
    told = {
        "name": "Thanks",
        "shortcut": "thx",
        "body": 'Thank you, {{ contact.first_name | "you" }}',
        "shared": "on",
    }
    assert client_of(ben).post(path("snippet_new"), told).status_code == 302
    assert client_of(ada).post(path("snippet_new"), told).status_code == 302
    again = client_of(ada).post(path("snippet_new"), told)
    assert again.status_code == 422 and "used already" in again.content.decode()
    with acme.scope():
        mine, shared = Snippet.objects.order_by("pk")
    assert (mine.owner_id, shared.owner_id) == (ben.pk, None)
    assert client_of(ben).get(path("snippet", shared.pk)).status_code == 404
    assert client_of(ada).get(path("snippet", mine.pk)).status_code == 404
    assert client_of(ben).post(path("snippet_used", shared.pk)).status_code == 204
    assert client_of(ben).post(path("snippet_delete", shared.pk)).status_code == 404
    assert client_of(ben).get(path("snippets")).content.decode().count("Thanks") >= 2


def test_an_unknown_token_is_refused_where_it_is_written(acme, ada, client_of):
    answer = client_of(ada).post(path("snippet_new"), {"name": "x", "body": "{{ contact.shoe_size }}"})
    assert answer.status_code == 422 and "is not known" in answer.content.decode()
