"""Rules and what they did, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automation import conditions
from automation.models import Outcome, Rule, RuleRun
from automation.triggers import TRIGGERS
from conversations import deeds
from conversations.builder import choices_for, field_words, op_words
from conversations.conditions import WANTS
from workspaces.models import Member

OWN_WORDS = {"contact_domain"}


def choices_of(member: Member) -> dict[str, list[tuple[str, str]]]:
    """What conditions are chosen from, without what means the reader."""
    known = choices_for(member)
    return {
        name: [(key, words) for key, words in rows if key not in conditions.READERS]
        for name, rows in known.items()
    }


def fields_in_words() -> list[tuple[str, list[tuple[str, str]]]]:
    """The list of the builder, in three groups."""
    groups = [
        (label, [(key, words) for key, words in rows if key not in conditions.OF_A_READER])
        for label, rows in field_words()
    ]
    message = [
        ("message_text", _("Text of the message")),
        ("message_first", _("First message of the conversation")),
        ("message_hours", _("Within the opening hours of the channel")),
    ]
    groups[-1][1].append(("contact_domain", _("Domain of the address")))
    return [*groups, (_("Message"), message)]


def ops_in_words(field: str) -> dict[str, str]:
    words = op_words(field)
    if field in OWN_WORDS:
        return words | {"contains": _("is, or is below"), "lacks": _("is not, nor below")}
    return words


def trigger_in_words(trigger: str, after: dict | None) -> str:
    known = TRIGGERS.get(trigger)
    words = str(known.words) if known else trigger
    return f"{words} {span_in_words(after)}" if after else words


def span_in_words(after: dict) -> str:
    n = after["n"]
    if after["unit"] == "minutes":
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    if after["unit"] == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


class Speaker:
    """Reads the lists of choices once, then says any number of lines. Inside the scope."""

    def __init__(self, member: Member):
        self.choices = {name: dict(rows) for name, rows in choices_of(member).items()}
        self.fields = {key: words for _group, rows in fields_in_words() for key, words in rows}
        self.known = conditions.fields()
        self.said: dict[str, str] = {}

    def line(self, line: dict) -> dict:
        """{"what", "how", "value", "found"} of one condition; found is empty where nothing was kept."""
        field = self.known.get(line["field"])
        return {
            "what": self.fields.get(line["field"], line["field"]),
            "how": ops_in_words(line["field"]).get(line["op"], line["op"]),
            "value": self._value(field, line),
            "found": self._found(field, line),
        }

    def deed(self, deed: dict) -> str:
        """Names are looked up once: on a page of runs the same deeds come again and again."""
        key = repr(deed)
        if key not in self.said:
            self.said[key] = deeds.describe(deed)
        return self.said[key]

    def _value(self, field, line: dict) -> str:
        value: Any = line.get("value")
        wanted = WANTS.get(line["op"])
        if wanted == "many":
            return ", ".join(self._choice(field, one) for one in value)
        if wanted == "span":
            return span_in_words(value)
        return str(value or "")

    def _found(self, field, line: dict) -> str:
        if "held" not in line:
            return ""
        return self._choice(field, line["held"]) if line["held"] else _("nothing")

    def _choice(self, field, key: str) -> str:
        return str(self.choices.get(field.choices if field else "", {}).get(key, key))

    def run(self, run: RuleRun) -> dict:
        """What one run did, as a page shows it."""
        known = run.outcomes or [{"done": False, "why": ""}] * len(run.deeds)
        return {
            "row": run,
            "when": trigger_in_words(run.trigger, None),
            "lines": [self.line(line) for line in run.matched],
            "deeds": [
                {"words": self.deed(deed), "done": told["done"], "why": told.get("why", "")}
                for deed, told in zip(run.deeds, known, strict=False)
            ],
            "error": error_in_words(run),
            "failed": run.outcome == Outcome.FAILED,
        }


def error_in_words(run: RuleRun) -> str:
    held = {
        "deep": _("Held: too many rules led to one another."),
        "often": _("Held: this rule took this conversation too often within an hour."),
    }
    return held.get(run.error, run.error) if run.outcome == Outcome.HELD else run.error


def short(rule: Rule) -> str:
    """When and then, in one line."""
    return short_all([rule])[0]


def short_all(rules: list[Rule]) -> list[str]:
    """The same of many, with as many queries as of one."""
    said = deeds.describe_all(rule.deeds for rule in rules)
    return [
        f"{trigger_in_words(rule.trigger, rule.after)} → " + ", ".join(does)
        for rule, does in zip(rules, said, strict=True)
    ]
