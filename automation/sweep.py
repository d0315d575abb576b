"""Rules that wait: who has lain there for so long, each found once for as long as nothing changes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from automation import conditions, engine
from automation.models import Rule, RuleRun
from automation.triggers import TRIGGERS, seconds_of
from conversations.conditions import Asked
from conversations.models import Conversation, Status
from workspaces.scope import workspace_scope

MOST = 200  # conversations a rule takes in one round
WAITING = [key for key, trigger in TRIGGERS.items() if trigger.waits]


class Milliseconds(Func):
    """A moment as text that is the same in every zone."""

    template = "((extract(epoch from %(expressions)s) * 1000)::bigint)::text"
    output_field = CharField()


@dataclass(frozen=True)
class Wait:
    """Since when a conversation lies there, which ones do at all, and what names one stretch of it."""

    since: str
    lies: Q
    episode: Func

    @classmethod
    def of(cls, column: str, lies: Q) -> "Wait":
        return cls(column, lies, Milliseconds(column))


WAITS = {
    "unanswered": Wait.of("waiting_since", Q(status=Status.OPEN)),
    "no_reply": Wait(
        "last_activity_at",
        Q(status=Status.OPEN, waiting_since=None, last_seq__gt=F("last_inbound_seq")),
        Cast("last_seq", TextField()),
    ),
    "created": Wait.of("created_at", Q(status=Status.OPEN)),
    "stays_closed": Wait.of("closed_at", Q(status=Status.CLOSED)),
}


def due(rule: Rule, now: datetime):
    """Conversations that crossed the rule's line since it was switched on and were not taken for it yet."""
    wait, long = WAITS[rule.trigger], timedelta(seconds=seconds_of(rule.after))
    lain = {f"{wait.since}__lte": now - long, f"{wait.since}__gt": rule.enabled_at - long}
    rows = Conversation.objects.present().filter(wait.lies, **lain).annotate(episode=wait.episode)
    taken = RuleRun.objects.filter(conversation=OuterRef("pk"), episode=OuterRef("episode"))
    mine, stopped = taken.filter(rule=rule), taken.filter(trigger=rule.trigger, stopped=True)
    rows = rows.filter(~Exists(mine), ~Exists(stopped)).order_by(wait.since)
    return rows.filter(conditions.to_q(rule.conditions, Asked(0, now)))


def sweep(workspace_id: int, rule_id: int) -> int:
    """One round of one rule. Returns how many conversations it took."""
    with workspace_scope(workspace_id):
        rule = Rule.objects.on().filter(pk=rule_id, trigger__in=WAITING).first()
        if rule is None:
            return 0
        found = [(row.pk, row.episode) for row in due(rule, timezone.now())[:MOST]]
    taken = 0
    for conversation_id, episode in found:
        with workspace_scope(workspace_id):
            met = engine.matching(conversation_id, [rule])
        if rule.pk in met:
            subject = engine.Subject(conversation_id)
            cause = engine.Cause(rule.trigger, episode=episode)
            taken += engine.fire(workspace_id, rule, subject, cause, met[rule.pk]) is not None
    return taken
