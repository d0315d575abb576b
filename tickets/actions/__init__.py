"""The verbs of tickets: a transaction each, ending in an event and a line of the ticket's history."""

from tickets.actions.create import create_from, create_ticket, name_for, ticket_of
from tickets.actions.fields import comment, edit, move, remove_comment, set_owner, set_priority, set_teams
from tickets.actions.merge import merge, split, undo
from tickets.actions.stage import place, set_stage
from tickets.actions.ties import link, relate, replace, set_parent, unlink
from tickets.actions.trash import delete, restore

__all__ = [
    "comment",
    "create_from",
    "create_ticket",
    "delete",
    "edit",
    "link",
    "merge",
    "move",
    "name_for",
    "place",
    "relate",
    "remove_comment",
    "replace",
    "restore",
    "set_owner",
    "set_parent",
    "set_priority",
    "set_stage",
    "set_teams",
    "split",
    "ticket_of",
    "undo",
    "unlink",
]
