"""Who gets a conversation, and why (RT-1 to RT-13). Decides, and keeps whose turn it was; conversations are above."""

from inboxes.routing.choose import Outcome, Passed, Question, choose, look
from inboxes.routing.rules import mark_turn, rule_of, set_rule, set_taker

__all__ = ["Outcome", "Passed", "Question", "choose", "look", "mark_turn", "rule_of", "set_rule", "set_taker"]
