"""From what stands of a conversation or a ticket, and of its part of the log, to its facts. Pure: no database, no clock.

Everything about one is made anew each time it is read, and what is there already is left as it is: so reading twice, or
from the beginning, or after a reader died, comes to the same.
"""

from analytics.facts.conversations import of_conversation
from analytics.facts.story import Event, FactRow, Message, Story, TicketClock, TicketStory, Vote, Walk
from analytics.facts.tickets import of_ticket

__all__ = [
    "Event",
    "FactRow",
    "Message",
    "Story",
    "TicketClock",
    "TicketStory",
    "Vote",
    "Walk",
    "of_conversation",
    "of_ticket",
]
