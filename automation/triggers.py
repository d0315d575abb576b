"""When a rule looks: at something that happened, or at something that has lasted."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from conversations.conditions import MOST_UNITS, UNITS
from events import types
from events.models import Event


def always(event: Event) -> bool:
    return True


@dataclass(frozen=True)
class Trigger:
    """`type` is an event's, or empty for one that waits; `wanted` narrows the events down by what they carry."""

    key: str
    words: str
    type: str = ""
    wanted: Callable[[Event], bool] = always

    @property
    def waits(self) -> bool:
        return not self.type


WOKEN = "woken"


def _by_hand_or_answer(event: Event) -> bool:
    return event.payload.get("reason") != WOKEN


def _woken(event: Event) -> bool:
    return event.payload.get("reason") == WOKEN


def _put_on(event: Event) -> bool:
    return bool(event.payload.get("on"))


def _to_somebody(event: Event) -> bool:
    return bool(event.payload.get("assignee") or event.payload.get("team"))


TRIGGERS: dict[str, Trigger] = {
    trigger.key: trigger
    for trigger in (
        Trigger("started", _("A conversation begins"), types.CONVERSATION_STARTED),
        Trigger("received", _("A message comes in"), types.MESSAGE_RECEIVED),
        Trigger("sent", _("We answer"), types.MESSAGE_SENT),
        Trigger("assigned", _("Somebody gets a conversation"), types.CONVERSATION_ASSIGNED, _to_somebody),
        Trigger("labelled", _("A label is put on"), types.CONVERSATION_LABELLED, _put_on),
        Trigger("commented", _("A comment is written"), types.COMMENT_ADDED),
        Trigger("moved", _("It is moved to another inbox"), types.CONVERSATION_MOVED),
        Trigger("closed", _("It is closed"), types.CONVERSATION_CLOSED),
        Trigger("reopened", _("It is opened again"), types.CONVERSATION_REOPENED, _by_hand_or_answer),
        Trigger("rated", _("A customer says how content they were"), types.SURVEY_ANSWERED),
        Trigger("woken", _("A snooze is over"), types.CONVERSATION_REOPENED, _woken),
        Trigger("sla_soon", _("Its ticket is due soon"), types.TICKET_SLA_DUE_SOON),
        Trigger("sla_late", _("Its ticket is overdue"), types.TICKET_SLA_OVERDUE),
        Trigger("unanswered", _("The customer has waited for")),
        Trigger("no_reply", _("We have waited for the customer for")),
        Trigger("created", _("It is open, and began before")),
        Trigger("stays_closed", _("It has been closed for")),
    )
}


def keys_of(event: Event) -> list[str]:
    """The triggers that an event sets off."""
    return [key for key, one in TRIGGERS.items() if one.type == event.type and one.wanted(event)]


def clean_after(n: str, unit: str) -> dict:
    """How long, as it may be kept; empty when it is no whole number within reason."""
    known = n.isascii() and n.isdigit() and len(n) <= 4 and unit in UNITS
    return {"n": int(n), "unit": unit} if known and 0 < int(n) <= MOST_UNITS else {}


def seconds_of(after: dict) -> int:
    return after["n"] * UNITS[after["unit"]]
