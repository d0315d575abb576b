"""Macros: kept, run by hand and on many, taken back (CR-8)."""

import json
import uuid

import pytest
from django.urls import reverse

from conversations.actions import move, save_draft, send_reply
from conversations.models import (
    Conversation,
    ConversationLabel,
    Draft,
    Label,
    Macro,
    Mention,
    Message,
    ScheduledReply,
    Snippet,
)
from events.models import Event
from inboxes.actions import create_inbox, let_in
from tests.factories import make_conversation, make_member
from workspaces.models import Member
from workspaces.permissions import Role

HTMX = {"HTTP_HX_REQUEST": "true"}


def path(name: str, *args) -> str:
    return reverse(f"conversations:{name}", args=["acme", *args])


@pytest.fixture
def conversation(acme) -> Conversation:
    with acme.scope():
        return make_conversation(acme)


@pytest.fixture
def vip(acme) -> Label:
    with acme.scope():
        return Label.objects.create(name="VIP")


def make_macro(acme, *deeds, **fields) -> Macro:
    with acme.scope():
        return Macro.objects.create(**{"name": "Refund", "deeds": list(deeds)} | fields)


def now(acme, conversation) -> Conversation:
    with acme.scope():
        return Conversation.objects.get(pk=conversation.pk)


def run(client, conversation, macro, **told):
    return client.post(path("macro_run", conversation.pk, macro.pk), told, **HTMX)


def told(answer) -> dict:
    return json.loads(answer["X-Parley-Done"])


def posted(**fields) -> dict:
    return {
        "name": "Refund",
        "shortcut": "refund",
        "folder": "Money",
        "deed-0-do": "priority",
        "deed-0-was": "priority",
        "deed-0-value": "high",
        "save": "1",
    } | fields


# ── Keeping ──


def test_a_macro_is_kept_and_says_what_it_does(acme, ada, client_of):
    client = client_of(ada)
    answer = client.post(path("macro_new"), posted(shared="on"))
    assert answer.url == path("macros")
    page = client.get(path("macros")).content.decode()
    assert "Priority: High" in page and "\\refund" in page and "For everybody" in page
    with acme.scope():
        row = Macro.objects.get()
        assert row.owner is None and row.deeds == [{"do": "priority", "value": "high"}]


def test_what_is_wrong_with_it_is_said_and_the_rest_stays(acme, ada, client_of):
    answer = client_of(ada).post(path("macro_new"), posted(**{"deed-0-value": "panic"}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "Choose how urgent it is." in page and 'value="Refund"' in page and 'value="panic" selected' in page
    )


def test_a_button_of_the_editor_keeps_nothing(acme, ada, client_of):
    answer = client_of(ada).post(path("macro_new"), posted(do="deed-add"))
    page = answer.content.decode()
    assert answer.status_code == 200 and 'name="deed-1-do"' in page and 'value="Money"' in page
    with acme.scope():
        assert not Macro.objects.exists()


def test_an_agents_macro_is_their_own(acme, ada, ben, client_of):
    """CR-8: sharing needs MANAGE_SNIPPETS; what is shared is not an agent's to change."""
    client_of(ben).post(path("macro_new"), posted(shared="on"))
    with acme.scope():
        assert Macro.objects.get().owner == ben
    shared = make_macro(acme, {"do": "close"}, name="All")
    assert client_of(ben).get(path("macro", shared.pk)).status_code == 404
    with acme.scope():
        mine = Macro.objects.get(owner=ben)
    assert client_of(ada).get(path("macro", mine.pk)).status_code == 404


def test_one_short_form_is_one_macro(acme, ada, client_of):
    client = client_of(ada)
    client.post(path("macro_new"), posted(shared="on"))
    answer = client.post(path("macro_new"), posted(shared="on", shortcut="REFUND"))
    assert answer.status_code == 422 and "used already" in answer.content.decode()


def test_another_admins_change_of_the_deeds_is_not_written_over(acme, ada, client_of):
    client, row = client_of(ada), make_macro(acme, {"do": "close"})
    page = client.get(path("macro", row.pk))
    seen = {"seen": page.context["seen"], "deeds_seen": page.context["deeds_seen"], "shared": "on"}
    client.post(path("macro", row.pk), posted(**seen, name="Refund", shortcut="", folder=""))
    again = client.post(path("macro", row.pk), posted(**seen | {"deed-0-value": "low"}))
    assert again.status_code == 422 and "meanwhile" in again.content.decode()


def test_every_change_is_in_the_log(acme, ada, client_of):
    from workspaces.models.audit import AuditEntry

    client = client_of(ada)
    client.post(path("macro_new"), posted(shared="on"))
    with acme.scope():
        row = Macro.objects.get()
    client.post(path("macro_delete", row.pk))
    with acme.scope():
        actions = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert actions[-2:] == ["macro.created", "macro.deleted"]


# ── Running ──


def test_one_click_labels_gives_and_closes_and_z_takes_all_back(acme, ben, conversation, vip, client_of):
    client = client_of(ben)
    macro = make_macro(
        acme,
        {"do": "label", "value": str(vip.pk)},
        {"do": "assign", "value": "me"},
        {"do": "priority", "value": "urgent"},
        {"do": "close"},
    )
    done = told(run(client, conversation, macro))
    here = now(acme, conversation)
    assert (here.assignee, here.priority, here.status) == (ben, "urgent", "closed")
    assert (done["say"], done["leaves"]) == ("“Refund” is done.", "closed")
    client.post(done["undo"]["url"], done["undo"]["fields"], **HTMX)
    here = now(acme, conversation)
    assert (here.assignee, here.priority, here.status) == (None, "normal", "open")
    with acme.scope():
        assert not ConversationLabel.objects.exists()
        causes = [row.payload["cause"] for row in Event.objects.all() if "cause" in row.payload]
        assert {cause["kind"] for cause in causes} == {"macro"} and Macro.objects.get().uses == 1


def test_a_letter_it_sends_can_be_taken_back(acme, ben, conversation, client_of, settings):
    """CR-6; what was being written beside it stays a draft."""
    settings.UNDO_SEND_SECONDS = 10
    client = client_of(ben)
    macro = make_macro(acme, {"do": "reply", "value": "", "text": "It is on its way."}, {"do": "close"})
    with acme.scope():
        save_draft(conversation, body="Half a thought", mode="reply", by=ben)
    answer = run(client, conversation, macro)
    assert "It is on its way." in answer.content.decode()
    with acme.scope():
        assert ScheduledReply.objects.get().then == "close"
        assert Draft.objects.get().body == "Half a thought"
    undo = told(answer)["undo"]
    back = told(client.post(undo["url"], undo["fields"], **HTMX))
    assert back["goto"] == path("open", conversation.pk)
    with acme.scope():
        assert not ScheduledReply.objects.exists() and not Message.objects.filter(direction="out").exists()
        assert Draft.objects.get().body == "Half a thought"


def test_news_holds_a_macro_that_answers(acme, ada, ben, conversation, client_of):
    """CO-3: what a colleague wrote meanwhile is read first."""
    macro = make_macro(acme, {"do": "reply", "value": "", "text": "Hello"})
    with acme.scope():
        send_reply(conversation, body="Ada was faster", by=ada)
    answer = run(client_of(ben), conversation, macro, began=1, seen=1)
    assert answer.status_code == 422 and "Something new" in answer.content.decode()
    assert run(client_of(ben), conversation, macro, began=2, seen=2).status_code == 200


def test_what_could_not_be_done_is_said(acme, ben, conversation, client_of):
    macro = make_macro(acme, {"do": "label", "value": "999"}, {"do": "priority", "value": "low"})
    done = told(run(client_of(ben), conversation, macro))
    assert done["say"] == "“Refund”: 1 thing done. This label is not here any more."


def test_a_way_back_is_of_one_run_alone(acme, ben, conversation, client_of):
    client, macro = client_of(ben), make_macro(acme, {"do": "close"})
    undo = told(run(client, conversation, macro))["undo"]
    with acme.scope():
        other = make_conversation(acme, external_id=f"<{uuid.uuid4()}@x>", subject="Another")
    url = path("macro_undo", other.pk, macro.pk)
    assert client.post(url, undo["fields"], **HTMX).status_code == 422
    assert client.post(undo["url"], {"state": "forged"}, **HTMX).status_code == 422
    assert now(acme, conversation).status == "closed"


def test_another_inboxs_conversation_is_not_there(acme, conversation, client_of):
    """AC-1: loading is the permission check."""
    reporter = make_member(acme.workspace, "rep@acme.example", "Rep", Role.REPORTER)
    macro = make_macro(acme, {"do": "close"})
    assert run(client_of(reporter), conversation, macro).status_code == 404


def test_many_at_once_and_back(acme, ben, conversation, vip, client_of):
    """ST-6"""
    client = client_of(ben)
    macro = make_macro(acme, {"do": "label", "value": str(vip.pk)}, {"do": "close"})
    with acme.scope():
        other = make_conversation(acme, external_id=f"<{uuid.uuid4()}@x>", subject="Another")
    ids = f"{conversation.pk},{other.pk}"
    job = client.post(path("bulk"), {"verb": "macro", "macro": macro.pk, "ids": ids}).json()
    assert job["say"] == "Macro run on 2 conversations."
    assert {now(acme, row).status for row in (conversation, other)} == {"closed"}
    assert client.post(job["undo"]).json()["say"] == "Taken back."
    assert {now(acme, row).status for row in (conversation, other)} == {"open"}
    with acme.scope():
        assert not ConversationLabel.objects.exists()


# ── Priority ──


def test_priority_by_hand_is_shown_and_undone(acme, ben, conversation, client_of):
    client = client_of(ben)
    answer = client.post(path("priority", conversation.pk), {"priority": "urgent"}, **HTMX)
    assert 'data-priority="urgent"' in answer.content.decode()
    undo = told(answer)["undo"]
    assert 'data-priority="urgent"' in client.get(path("inbox", "open")).content.decode()
    client.post(undo["url"], undo["fields"], **HTMX)
    assert now(acme, conversation).priority == "normal"
    assert client.post(path("priority", conversation.pk), {"priority": "panic"}, **HTMX).status_code == 422


def test_a_view_asks_for_priority(acme, ben, conversation):
    """VW-3"""
    from django.utils import timezone

    from conversations.actions import set_priority
    from conversations.conditions import Asked, clean, to_q

    asked = {"any": [{"all": [{"field": "priority", "op": "is", "value": ["high", "urgent"]}]}]}
    with acme.scope():
        found = Conversation.objects.filter(to_q(clean(asked), Asked(ben.pk, timezone.now())))
        assert not found.exists()
        set_priority(conversation, "high", by=ben)
        assert found.all().get() == conversation


# ── Named, and not let in (CO-2) ──


@pytest.fixture
def board(acme, ada, conversation) -> Conversation:
    """The conversation stands in an inbox that ben does not work in."""
    with acme.scope():
        inbox = create_inbox(name="Board", members=[ada])
        return move(conversation, inbox, by=ada)


def say(client, conversation, **more):
    return client.post(path("comment", conversation.pk), {"body": "@Ben Agent look", **more}, **HTMX)


def test_a_manager_lets_in_whom_they_name(acme, ada, ben, board, client_of):
    """CO-2: refused with the offer; with it, ben works in the inbox from now on and is named."""
    client = client_of(ada)
    refused = say(client, board)
    assert refused.status_code == 422 and "data-let-in" in refused.content.decode()
    assert say(client, board, let_in="1").status_code == 200
    with acme.scope():
        assert Mention.objects.get().member == ben
        assert Conversation.objects.worked_by(ben).filter(pk=board.pk).exists()


def test_an_agent_is_refused_and_lets_nobody_in(acme, ada, ben, board, client_of):
    """CO-2, AC-1"""
    with acme.scope():
        let_in(board.inbox, [make_member(acme.workspace, "eve@acme.example", "Eve Agent")])
        eve = Member.objects.get(workspace=acme.workspace, display_name="Eve Agent")
    answer = say(client_of(eve), board, let_in="1")
    page = answer.content.decode()
    assert answer.status_code == 422 and "Ben Agent cannot see this" in page and "data-let-in" not in page
    with acme.scope():
        assert not Conversation.objects.visible_to(ben).filter(pk=board.pk).exists()


def test_who_lacks_more_than_the_inbox_is_not_offered(acme, ada, board, client_of):
    """CO-2: letting a restricted agent in would not show it to them; nobody is let in for nothing."""
    with acme.scope():
        make_member(acme.workspace, "rita@acme.example", "Rita Narrow", Role.RESTRICTED)
    told = {"body": "@Rita Narrow look", "let_in": "1"}
    answer = client_of(ada).post(path("comment", board.pk), told, **HTMX)
    assert answer.status_code == 422 and "data-let-in" not in answer.content.decode()
    with acme.scope():
        assert board.inbox.access.count() == 1


# ── Saved texts, as they will be read ──


def test_a_saved_text_shows_how_it_will_be_read(acme, ada, client_of):
    """CR-10: with a contact made up, and with one of whom nothing is known; nothing is kept by looking."""
    typed = {
        "name": "Hi",
        "body": 'Dear {{ contact.name | "friend" }} of {{ contact.company }}',
        "do": "look",
    }
    page = client_of(ada).post(path("snippet_new"), typed).content.decode()
    assert "Dear Jane Appleby of Example Company" in page and "Dear friend of {{ contact.company }}" in page
    assert 'value="Hi"' in page
    with acme.scope():
        assert not Snippet.objects.exists()
