from tickets.models.passes import TicketPass
from tickets.models.pipelines import PRIORITY_RANK, Pipeline, Priority, Role, Stage
from tickets.models.sla import Goal, SlaClock, SlaPolicy, SlaState
from tickets.models.tickets import MadeBy, Source, Ticket, TicketCounter, TicketQuerySet, TicketTeam
from tickets.models.ties import (
    TicketComment,
    TicketConversation,
    TicketCount,
    TicketEvent,
    TicketLink,
    TicketMerge,
)
from tickets.models.views import TicketView

__all__ = [
    "Goal",
    "SlaClock",
    "SlaPolicy",
    "SlaState",
    "PRIORITY_RANK",
    "MadeBy",
    "Pipeline",
    "Priority",
    "Role",
    "Source",
    "Stage",
    "Ticket",
    "TicketComment",
    "TicketConversation",
    "TicketCount",
    "TicketCounter",
    "TicketEvent",
    "TicketLink",
    "TicketMerge",
    "TicketPass",
    "TicketQuerySet",
    "TicketTeam",
    "TicketView",
]
