"""Rules that wait: found once a stretch, counted from when they were switched on; and dry runs, which change nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from automation import dryrun
from automation.models import DryRun, Rule, RuleRun
from automation.sweep import sweep
from automation.tasks import forget, go_on
from conversations.actions import send_reply, set_status
from conversations.models import Conversation, Message, Status
from events.models import Event
from tests.automation.stories import labelling, labels_of, line, make_rule, when
from tests.factories import make_conversation

FOUR = {"n": 4, "unit": "hours"}


def ago(**span):
    return timezone.now() - timedelta(**span)


@pytest.fixture
def waiting(acme, ada):
    """A rule after four hours, on since yesterday, and a conversation to move in time."""

    def make(trigger, **more):
        rule = make_rule(ada, trigger=trigger, after=FOUR, deeds=labelling("Late"), **more)
        Rule.objects.filter(pk=rule.pk).update(enabled_at=ago(days=1))
        return rule, make_conversation(acme)

    return make


def put(conversation, **columns):
    Conversation.objects.filter(pk=conversation.pk).update(**columns)


def test_who_waits_for_so_long_is_taken_once(acme, waiting):
    with acme.scope():
        rule, conversation = waiting("unanswered")
        put(conversation, waiting_since=ago(hours=3))
    assert sweep(acme.workspace.pk, rule.pk) == 0
    with acme.scope():
        put(conversation, waiting_since=ago(hours=5))
    assert [sweep(acme.workspace.pk, rule.pk) for _n in range(2)] == [1, 0]
    with acme.scope():
        assert labels_of(conversation) == ["Late"]
        put(conversation, waiting_since=ago(hours=4.5))  # answered, and waiting again
    assert sweep(acme.workspace.pk, rule.pk) == 1


def test_what_lay_there_before_the_rule_is_left_alone(acme, waiting):
    with acme.scope():
        rule, conversation = waiting("unanswered")
        put(conversation, waiting_since=ago(days=9))
    assert sweep(acme.workspace.pk, rule.pk) == 0


@pytest.mark.parametrize(
    ("trigger", "columns"),
    [
        ("created", {"created_at": 5}),
        ("stays_closed", {"closed_at": 5, "status": Status.CLOSED}),
        ("no_reply", {"last_activity_at": 5, "waiting_since": None, "last_seq": 2}),
    ],
)
def test_every_kind_of_waiting(acme, waiting, trigger, columns):
    with acme.scope():
        rule, conversation = waiting(trigger)
        put(conversation, **{key: ago(hours=5) if value == 5 else value for key, value in columns.items()})
    assert [sweep(acme.workspace.pk, rule.pk) for _n in range(2)] == [1, 0]
    with acme.scope():
        assert labels_of(conversation) == ["Late"]


def test_the_conditions_count_when_it_is_time_and_a_last_one_keeps_others_out(acme, ada, waiting):
    with acme.scope():
        rule, conversation = waiting(
            "unanswered", conditions=when(line("subject", "contains", "lamp")), stop_here=True
        )
        other, _second = waiting("unanswered")
        Conversation.objects.exclude(pk=conversation.pk).update(waiting_since=None)
        put(conversation, waiting_since=ago(hours=5))
    assert sweep(acme.workspace.pk, rule.pk) == 0
    with acme.scope():
        put(conversation, subject="My lamp")
    assert [sweep(acme.workspace.pk, pk) for pk in (rule.pk, other.pk)] == [1, 0]


def test_a_dry_run_counts_and_changes_nothing(acme, ada, monkeypatch):
    monkeypatch.setattr(dryrun, "BATCH", 4)
    with acme.scope():
        for n in range(10):
            make_conversation(acme, "a lamp" if n % 2 else "a shade", address=f"p{n}@pine.example")
        Event.objects.filter(pk=Event.objects.filter(type="message.received").first().pk).update(
            created_at=ago(days=40)
        )
        told = {"after": {}, "conditions_": when(line("message_text", "contains", "lamp"))}
        before = Event.objects.count()
        dry = dryrun.begin(member=ada, trigger="received", deeds=labelling("Lamp"), **told)
        assert dry.finished_at is None
    go_on(acme.workspace.pk, dry.pk)
    with acme.scope():
        dry = DryRun.objects.get()
        assert (dry.looked_at, dry.found, dry.finished_at is None) == (9, 5, False)
        assert sum(dry.told["days"].values()) == len(dry.told["first"]) == 5
        assert Event.objects.count() == before
        assert not RuleRun.objects.exists()


def test_a_dry_run_of_what_waits_sees_who_was_not_answered(acme, ada):
    with acme.scope():
        late, soon = make_conversation(acme), make_conversation(acme, address="b@pine.example")
        send_reply(soon, body="Hello", by=ada)
        Event.objects.update(created_at=ago(hours=6))
        Message.objects.filter(direction="in").update(created_at=ago(hours=6))
        Message.objects.filter(direction="out").update(created_at=ago(hours=5))
        told = {"after": FOUR, "conditions_": {}, "deeds": [{"do": "close"}]}
        dry = dryrun.begin(member=ada, trigger="unanswered", **told)
        assert [pk for pk, _at in dry.told["first"]] == [late.pk]
        dry = dryrun.begin(member=ada, trigger="no_reply", **told)
        assert [pk for pk, _at in dry.told["first"]] == [soon.pk]
        set_status(late, Status.CLOSED, by=ada)
        Event.objects.filter(type="conversation.closed").update(created_at=ago(hours=5.5))
        dry = dryrun.begin(member=ada, trigger="created", **told)
        assert [pk for pk, _at in dry.told["first"]] == [soon.pk]


def test_runs_are_forgotten_after_ninety_days(acme, ada):
    with acme.scope():
        rule = make_rule(ada)
        conversation = make_conversation(acme)
        for n, days in enumerate((91, 1)):
            RuleRun.objects.create(
                rule=rule,
                rule_name="x",
                version=1,
                trigger="received",
                conversation=conversation,
                event_id=n,
                created_at=ago(days=days),
            )
    forget(acme.workspace.pk, RuleRun, ago(days=90))
    with acme.scope():
        assert RuleRun.objects.get().event_id == 1
