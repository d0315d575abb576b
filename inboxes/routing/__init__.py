"""Who gets a conversation, and why (RT-1 to RT-13). Decides, and keeps whose turn it was; conversations are above."""

from inboxes.routing.choose import Outcome, Passed, Question, choose, look
from inboxes.routing.rules import (
    drop_rule_of_flow,
    mark_turn,
    rule_of,
    rule_of_flow,
    set_rule,
    set_rule_of_flow,
    set_taker,
)

__all__ = [
    "Outcome",
    "Passed",
    "Question",
    "choose",
    "drop_rule_of_flow",
    "look",
    "mark_turn",
    "rule_of",
    "rule_of_flow",
    "set_rule",
    "set_rule_of_flow",
    "set_taker",
]
