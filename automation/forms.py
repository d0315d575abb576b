"""The form that makes a rule: from what is posted to what is kept, and back to lines of choices."""

from django.utils.translation import gettext as _

from automation import conditions, words
from automation.models import Rule
from automation.triggers import TRIGGERS, clean_after
from conversations.builder import groups_of, raw_from
from conversations.deeds import KINDS
from conversations.deeds import form as deeds_form
from workspaces.models import Member

ALWAYS, ONLY = "always", "only"
FIRST = {"any": [{"all": [{"field": "inbox", "op": "is", "value": []}]}]}


def start_from(rule: Rule | None) -> dict:
    if rule is None:
        return {
            "name": "",
            "trigger": "received",
            "n": "4",
            "unit": "hours",
            "only": ALWAYS,
            "conditions": FIRST,
            "deeds": [{"do": deeds_form.FIRST, "value": "", "text": ""}],
            "stop_here": False,
        }
    return {
        "name": rule.name,
        "trigger": rule.trigger,
        "n": str(rule.after.get("n", 4)),
        "unit": rule.after.get("unit", "hours"),
        "only": ONLY if rule.conditions else ALWAYS,
        "conditions": rule.conditions or FIRST,
        "deeds": rule.deeds,
        "stop_here": rule.stop_here,
    }


def typed(posted) -> dict:
    """What was typed, cleaned of nothing, after the button that was pressed."""
    shown = raw_from(posted, conditions.fields())
    lines = any(name.startswith("c-") for name in posted)
    return {
        "name": posted.get("name", "")[:200],
        "trigger": posted.get("trigger", ""),
        "n": posted.get("n", "4"),
        "unit": posted.get("unit", "hours"),
        "only": ONLY if posted.get("only") == ONLY else ALWAYS,
        "conditions": shown["conditions"] if lines else FIRST,
        "deeds": deeds_form.raw_from(posted),
        "stop_here": "stop_here" in posted,
    }


def values_of(raw: dict) -> dict:
    """As `save_rule` takes it."""
    return {
        "name": raw["name"],
        "trigger": raw["trigger"],
        "after": clean_after(raw["n"], raw["unit"]),
        "conditions_": raw["conditions"] if raw["only"] == ONLY else {},
        "deeds": raw["deeds"],
        "stop_here": raw["stop_here"],
    }


def editor_of(raw: dict, member: Member) -> dict:
    """What the form shows."""
    trigger = TRIGGERS.get(raw["trigger"])
    groups = groups_of(raw["conditions"], words.choices_of(member), conditions.fields())
    for line in (line for group in groups for line in group["lines"]):
        line["ops"] = [(op, words.ops_in_words(line["field"])[op]) for op, _old in line["ops"]]
    deeds_ = deeds_form.editor_of(raw["deeds"], member, kinds=set(KINDS))
    for line in deeds_["deed_lines"]:
        if line["do"] == "assign":
            line["options"] = [(key, label) for key, label in line["options"] if key != "me"]
    return deeds_ | {
        "raw": raw,
        "triggers": [
            (_("Something happens"), [one for one in TRIGGERS.values() if not one.waits]),
            (_("Time goes by"), [one for one in TRIGGERS.values() if one.waits]),
        ],
        "waits": trigger is not None and trigger.waits,
        "groups": groups,
        "fields": words.fields_in_words(),
        "units": [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
    }
