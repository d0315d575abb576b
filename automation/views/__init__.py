from automation.views.dry import dry
from automation.views.rules import place, removal, rule, rule_new, rules, switch
from automation.views.runs import retry, runs, why

__all__ = [
    "dry",
    "place",
    "removal",
    "retry",
    "rule",
    "rule_new",
    "rules",
    "runs",
    "switch",
    "why",
]
