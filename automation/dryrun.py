"""What a rule would have done in the last thirty days, by the log. Read-only; a step at a time, so that nobody waits.

The log says what happened and when; the conditions are asked of conversations and messages as they are today.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from automation import conditions
from automation.models import DryRun
from automation.triggers import TRIGGERS, seconds_of
from conversations.conditions import Asked
from conversations.models import Conversation, Message
from events import types
from events.models import Event

DAYS, BATCH, FIRST = 30, 2000, 50
# What a rule that waits would have seen begin.
BEGINS = {
    "unanswered": types.MESSAGE_RECEIVED,
    "no_reply": types.MESSAGE_SENT,
    "created": types.CONVERSATION_STARTED,
    "stays_closed": types.CONVERSATION_CLOSED,
}
ENDS = {"created": types.CONVERSATION_CLOSED, "stays_closed": types.CONVERSATION_REOPENED}
OF_MESSAGES = {types.MESSAGE_RECEIVED, types.MESSAGE_SENT}


def begin(*, member, trigger: str, after: dict, conditions_: dict, deeds: list) -> DryRun:
    """Note what is to be looked at, and take the first step: for most workspaces it is the only one."""
    dry = DryRun.objects.create(
        member=member,
        trigger=trigger,
        after=after,
        conditions=conditions_,
        deeds=deeds,
        told={"days": {}, "first": []},
    )
    step(dry)
    return dry


def step(dry: DryRun) -> bool:
    """Look at the next events. Returns whether there are more. Inside the scope."""
    events = _next(dry)
    found = _met(dry, _lasted(dry, [event for event in events if _wanted(dry, event)]))
    days = Counter(dry.told["days"])
    days.update(timezone.localtime(event.created_at).date().isoformat() for event in found)
    room = FIRST - len(dry.told["first"])
    first = [[event.conversation_id, event.created_at.isoformat()] for event in found[:room]]
    dry.looked_at += len(events)
    dry.found += len(found)
    at = {"at": events[-1].created_at.isoformat(), "pk": events[-1].pk} if events else {}
    dry.told = {"days": dict(days), "first": [*dry.told["first"], *first]} | at
    more = len(events) == BATCH
    dry.finished_at = None if more else timezone.now()
    dry.save()
    return more


def _next(dry: DryRun) -> list[Event]:
    since = dry.created_at - timedelta(days=DAYS)
    until = dry.created_at - timedelta(seconds=seconds_of(dry.after) if dry.after else 0)
    type = TRIGGERS[dry.trigger].type or BEGINS[dry.trigger]
    rows = Event.objects.filter(created_at__gte=since, created_at__lte=until, type=type)
    if at := dry.told.get("at"):
        moment = parse_datetime(at)
        rows = rows.filter(Q(created_at__gt=moment) | Q(created_at=moment, pk__gt=dry.told["pk"]))
    return list(rows.exclude(conversation_id=None).order_by("created_at", "pk")[:BATCH])


def _wanted(dry: DryRun, event: Event) -> bool:
    return TRIGGERS[dry.trigger].wanted(event)


def _met(dry: DryRun, events: list[Event]) -> list[Event]:
    """Those whose conversation, and message, meet the conditions: one query for all of them."""
    rows, now = Conversation.objects.present(), timezone.now()
    if events and events[0].type in OF_MESSAGES:
        ids = [event.payload["message"] for event in events]
        rows = rows.annotate(asked_message=F("messages__pk")).filter(asked_message__in=ids)
        asked = Asked(0, now, OuterRef("asked_message"))
        met = set(rows.filter(conditions.to_q(dry.conditions, asked)).values_list("asked_message", flat=True))
        return [event for event in events if event.payload["message"] in met]
    rows = rows.filter(pk__in={event.conversation_id for event in events})
    met = set(rows.filter(conditions.to_q(dry.conditions, Asked(0, now))).values_list("pk", flat=True))
    return [event for event in events if event.conversation_id in met]


def _lasted(dry: DryRun, events: list[Event]) -> list[Event]:
    """Of a rule that waits: the beginnings after which nothing came in time."""
    if not TRIGGERS[dry.trigger].waits or not events:
        return events
    long = timedelta(seconds=seconds_of(dry.after))
    if dry.trigger in ENDS:
        return _not_ended(events, ENDS[dry.trigger], long)
    return _not_answered(events, long, direction="in" if dry.trigger == "unanswered" else "out")


def _not_ended(events: list[Event], type: str, long: timedelta) -> list[Event]:
    ends: dict[int, list[datetime]] = {}
    ids = {event.conversation_id for event in events}
    for pk, at in Event.objects.filter(conversation_id__in=ids, type=type).values_list(
        "conversation_id", "created_at"
    ):
        ends.setdefault(pk, []).append(at)
    return [
        event
        for event in events
        if not any(
            event.created_at < at <= event.created_at + long for at in ends.get(event.conversation_id, [])
        )
    ]


def _not_answered(events: list[Event], long: timedelta, *, direction: str) -> list[Event]:
    """A wait of the customer begins with the first of a row of theirs, ours with the last of a row of ours."""
    ids = [event.payload["message"] for event in events]
    inside = Message.objects.filter(conversation=OuterRef("conversation"))
    beside = OuterRef("seq") - 1 if direction == "in" else OuterRef("seq") + 1
    same = inside.filter(seq=beside, direction=direction)
    answer = inside.exclude(direction=direction).filter(
        seq__gt=OuterRef("seq"), created_at__lte=OuterRef("created_at") + long
    )
    lain = set(
        Message.objects.filter(~Exists(same), ~Exists(answer), pk__in=ids).values_list("pk", flat=True)
    )
    return [event for event in events if event.payload["message"] in lain]
