"""What a rule would have done in the last thirty days, by the log. Read-only; a step at a time, so that nobody waits.

The log says what happened and when; the conditions are asked of conversations, messages and tickets as they are today.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from automation import conditions, of_tickets
from automation.engine import free
from automation.models import DryRun
from automation.triggers import TRIGGERS, seconds_of
from conversations.conditions import Asked
from conversations.models import Message
from events import types
from events.models import Event
from tickets.models import Ticket

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
    first = [_told(event) for event in found[:room]]
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
    return list(rows.order_by("created_at", "pk")[:BATCH])


def _told(event: Event) -> list:
    """[conversation, moment] or [None, moment, ticket], as engine.Subject tells them apart."""
    at = event.created_at.isoformat()
    return [event.conversation_id, at] if event.conversation_id else [None, at, event.payload["ticket"]]


def _wanted(dry: DryRun, event: Event) -> bool:
    return TRIGGERS[dry.trigger].wanted(event)


def _met(dry: DryRun, events: list[Event]) -> list[Event]:
    """Those whose conversation (and message), or ticket without one, meets the conditions: a query for each sort."""
    talks = [event for event in events if event.conversation_id]
    tickets = [event for event in events if not event.conversation_id and event.payload.get("ticket")]
    if talks and talks[0].type in OF_MESSAGES:
        return _messages_met(dry, talks)
    met = {event.pk for event in [*_talks_met(dry, talks), *_tickets_met(dry, tickets)]}
    return [event for event in events if event.pk in met]


def _messages_met(dry: DryRun, events: list[Event]) -> list[Event]:
    ids = [event.payload["message"] for event in events]
    rows = free().annotate(asked_message=F("messages__pk")).filter(asked_message__in=ids)
    asked = Asked(0, timezone.now(), OuterRef("asked_message"))
    met = set(rows.filter(conditions.to_q(dry.conditions, asked)).values_list("asked_message", flat=True))
    return [event for event in events if event.payload["message"] in met]


def _talks_met(dry: DryRun, events: list[Event]) -> list[Event]:
    rows = free().filter(pk__in={event.conversation_id for event in events})
    asked = Asked(0, timezone.now())
    met = set(rows.filter(conditions.to_q(dry.conditions, asked)).values_list("pk", flat=True))
    return [event for event in events if event.conversation_id in met]


def _tickets_met(dry: DryRun, events: list[Event]) -> list[Event]:
    rows = Ticket.objects.present().filter(pk__in={event.payload["ticket"] for event in events})
    asked, any_of = Asked(0, timezone.now()), Q(pk__in=[])
    for group in conditions.groups_of(dry.conditions):
        any_of |= of_tickets.to_q(group, asked)
    met = set(rows.filter(any_of if dry.conditions else Q()).values_list("pk", flat=True))
    return [event for event in events if event.payload["ticket"] in met]


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
