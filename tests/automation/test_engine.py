"""Rules: an event, the conditions, the deeds; each once, in order, never in circles (issue: rules, P5, T090)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automation.engine import DEEPEST, OFTEN, run_rules, try_again
from automation.models import Outcome, RuleRun
from automation.rules import put_at, remove, switch
from contacts.custom import define
from contacts.models import Contact
from conversations.actions import set_label, set_status
from conversations.conditions_custom import key_of
from conversations.models import Comment, Conversation, Status
from events.models import Event, Interest, ReactionDue
from tests.automation.stories import NAME, label_called, labelling, labels_of, line, make_rule, react, when
from tests.factories import make_conversation


@pytest.fixture
def rule(acme, ada):
    return lambda *told, **more: make_rule(ada, *told, **more)


def test_a_workspace_without_rules_owes_nothing(acme, rule):
    with acme.scope():
        rule(trigger="closed", on=False)
        make_conversation(acme)
        assert not ReactionDue.objects.filter(name=NAME).exists()
        assert not Interest.objects.exists()


def test_a_rule_that_is_on_is_owed_in_the_same_statement(acme, rule):
    with acme.scope():
        kept = rule()
        conversation = make_conversation(acme)
        assert ReactionDue.objects.filter(name=NAME).count() == 1
        ReactionDue.objects.all().delete()
        switch(kept, on=False)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            set_status(conversation, Status.CLOSED, by=None)
        assert not ReactionDue.objects.filter(name=NAME).exists()
        assert sum("events_reactiondue" in query["sql"] for query in asked) == 1


def test_what_meets_the_conditions_is_dealt_with_and_noted(acme, rule):
    with acme.scope():
        made = rule(
            conditions=when(line("message_text", "contains", "dimmer"), line("status", "is", ["open"])),
            deeds=labelling("Lamp"),
        )
        yes, no = make_conversation(acme, "The DIMMER flickers."), make_conversation(acme, "Hello")
    react(acme)
    with acme.scope():
        assert (labels_of(yes), labels_of(no)) == (["Lamp"], [])
        [run] = RuleRun.objects.all()
        assert (run.rule_id, run.conversation_id, run.outcome, run.version) == (
            made.pk,
            yes.pk,
            Outcome.DONE,
            1,
        )
        assert run.matched[1] == {"field": "status", "op": "is", "value": ["open"], "held": "open"}
        assert "flickers" not in str(run.matched)


def test_an_event_counts_once_for_a_rule(acme, rule):
    with acme.scope():
        rule(deeds=[{"do": "comment", "text": "Look here"}])
        make_conversation(acme)
        event = Event.objects.get(type="message.received")
    run_rules(event)
    run_rules(event)
    with acme.scope():
        assert (RuleRun.objects.count(), Comment.objects.count()) == (1, 1)


def test_rules_of_one_event_are_asked_in_one_query(acme, rule):
    with acme.scope():
        for n in range(6):
            rule(f"Rule {n}", conditions=when(line("subject", "contains", f"nothing {n}")))
        make_conversation(acme)
        event = Event.objects.get(type="message.received")
    with CaptureQueriesContext(connection) as asked:
        run_rules(event)
    selects = [
        query["sql"]
        for query in asked
        if query["sql"].startswith("SELECT") and "set_config" not in query["sql"]
    ]
    assert len(selects) == 2


def test_order_and_stop_here(acme, rule):
    """First match or all: a rule that stops lets no later one take the same conversation."""
    with acme.scope():
        first, second = (
            rule("First", deeds=labelling("One")),
            rule("Second", deeds=labelling("Two"), stop_here=True),
        )
        rule("Third", deeds=labelling("Three"))
        one = make_conversation(acme)
    react(acme)
    with acme.scope():
        assert labels_of(one) == ["One", "Two"]
        put_at(second, 0)
        two = make_conversation(acme, address="other@pine.example")
    react(acme)
    with acme.scope():
        assert labels_of(two) == ["Two"]
        assert first.runs.count() == 1


def test_a_rule_never_wakes_itself_nor_a_circle(acme, rule):
    with acme.scope():
        rule("A", trigger="labelled", deeds=[{"do": "comment", "text": "a"}])
        rule("B", trigger="commented", deeds=labelling("B"))
        conversation = make_conversation(acme)
        set_label(conversation, label_called("Start"), True, by=None)
    react(acme)
    with acme.scope():
        names = list(RuleRun.objects.order_by("pk").values_list("rule_name", "chain"))
        a = RuleRun.objects.get(rule_name="A").rule_id
        assert names == [("A", []), ("B", [a])]


def test_a_chain_ends_at_its_depth(acme, rule):
    with acme.scope():
        for n in range(DEEPEST + 2):
            met = when(
                line("label", "is", [str(label_called(f"L{n}").pk)]),
                line("label", "is_not", [str(label_called(f"L{n + 1}").pk)]),
            )
            rule(f"R{n}", trigger="labelled", conditions=met, deeds=labelling(f"L{n + 1}"))
        set_label(make_conversation(acme), label_called("L0"), True, by=None)
    react(acme)
    with acme.scope():
        assert RuleRun.objects.filter(outcome=Outcome.DONE).count() == DEEPEST
        assert RuleRun.objects.get(outcome=Outcome.HELD).error == "deep"


def test_one_rule_takes_one_conversation_so_often_and_no_more(acme, rule):
    with acme.scope():
        rule(deeds=labelling("Again"))
        for _n in range(OFTEN + 3):
            make_conversation(acme)
        one = Conversation.objects.order_by("pk").first()
        Event.objects.filter(type="message.received").update(conversation_id=one.pk)
    react(acme, most=OFTEN + 5)
    with acme.scope():
        assert RuleRun.objects.filter(outcome=Outcome.DONE).count() == OFTEN
        assert RuleRun.objects.filter(error="often").count() == 1


def test_a_rule_that_fails_stops_no_other_and_can_be_tried_again(acme, rule):
    with acme.scope():
        label = label_called("Gone")
        rule("Bad", deeds=[{"do": "label", "value": str(label.pk)}, {"do": "comment", "text": "kept"}])
        rule("Good", deeds=labelling("Fine"))
        label.delete()
        conversation = make_conversation(acme)
    react(acme)
    with acme.scope():
        bad = RuleRun.objects.get(rule_name="Bad")
        assert bad.outcome == Outcome.FAILED and bad.error
        assert [told["done"] for told in bad.outcomes] == [False, True]
        assert labels_of(conversation) == ["Fine"]
        bad.deeds[0]["value"] = str(label_called("Back").pk)
        bad.save()
        assert try_again(bad).outcome == Outcome.DONE
        assert (labels_of(conversation), Comment.objects.count()) == (["Back", "Fine"], 1)


def test_what_breaks_inside_a_rule_is_noted_and_the_next_goes_on(acme, rule, monkeypatch):
    with acme.scope():
        rule("Bad")
        rule("Good", deeds=labelling("Fine"))
        conversation = make_conversation(acme)
    from automation import engine

    carry_out = engine.carry_out

    def broken(run, conversation):
        if run.rule_name == "Bad":
            raise RuntimeError("boom")
        carry_out(run, conversation)

    monkeypatch.setattr(engine, "carry_out", broken)
    react(acme)
    with acme.scope():
        assert RuleRun.objects.get(rule_name="Bad").error == "RuntimeError: boom"
        assert labels_of(conversation) == ["Fine"]


def test_what_is_set_aside_is_not_for_rules(acme, rule):
    with acme.scope():
        rule(deeds=labelling("Lamp"))
        conversation = make_conversation(acme)
        Conversation.objects.filter(pk=conversation.pk).update(spam_at=conversation.created_at)
    react(acme)
    with acme.scope():
        assert not RuleRun.objects.exists()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (line("message_first", "yes"), True),
        (line("message_first", "no"), False),
        (line("contact_domain", "contains", "pine.example"), True),
        (line("contact_domain", "contains", "ine.example"), False),
        (line("contact_domain", "lacks", "@PINE.example"), False),
        (line("message_text", "lacks", "flickers"), False),
        (line("message_hours", "yes"), True),
        (line("priority", "is", ["normal"]), True),
        (line("kind", "is", ["chat"]), False),
    ],
)
def test_conditions_of_the_message(acme, rule, condition, expected):
    with acme.scope():
        rule(conditions=when(condition))
        conversation = make_conversation(acme)
        assert Contact.objects.filter(pk=conversation.contact_id).exists()
    react(acme)
    with acme.scope():
        assert RuleRun.objects.exists() == expected


def test_what_only_a_reader_can_tell_is_no_condition(acme, rule):
    bad = [
        line("unread", "yes"),
        line("draft", "no"),
        line("assignee", "is", ["me"]),
        line("team", "is", ["mine"]),
    ]
    with acme.scope():
        for one in bad:
            with pytest.raises(ValidationError):
                rule(conditions=when(one))
        with pytest.raises(ValidationError):
            rule(deeds=[{"do": "assign", "value": "me"}])


def test_another_workspaces_rules_look_at_nothing_here(acme, globex, rule):
    """T001."""
    with acme.scope():
        rule()
    with globex.scope():
        make_conversation(globex)
        assert not ReactionDue.objects.filter(name=NAME).exists()


def test_what_a_deleted_rule_did_stays_written(acme, rule):
    with acme.scope():
        made = rule("Old name")
        make_conversation(acme)
    react(acme)
    with acme.scope():
        remove(made)
        assert RuleRun.objects.get().rule_name == "Old name"
        assert not Interest.objects.exists()


def test_properties_of_ones_own_are_conditions(acme, ada):
    """A rule asks for what the workspace defined, of the conversation and of its contact."""
    with acme.scope():
        plan = define(about="contact", sort="choice", label="Plan", options=["Gold", "New"])
        conversation = make_conversation(acme)
        Contact.objects.filter(pk=conversation.contact_id).update(custom={plan.key: "Gold"})
        make_rule(
            ada,
            trigger="closed",
            conditions=when(line(key_of(plan), "is", ["Gold"])),
            deeds=labelling("Gold"),
        )
        make_rule(
            ada, trigger="closed", conditions=when(line(key_of(plan), "is", ["New"])), deeds=labelling("New")
        )
        set_status(conversation, Status.CLOSED, by=ada)
    react(acme)
    with acme.scope():
        assert labels_of(conversation) == ["Gold"]
