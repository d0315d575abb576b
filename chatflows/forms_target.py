"""The targeting page: lines of plain fields, read to what chatflows/targeting.py stores."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatflows.targeting import ALL, MOST_GROUPS, MOST_LINES, MOST_RULES, SOME, URL_OPS
from chatflows.visitor_rules import COMPANY, CONTACT, FIELDS, ops_of
from chatflows.wording_target import FIELDS as FIELD_WORDS
from chatflows.wording_target import OPS as OP_WORDS
from chatflows.wording_target import URL_OPS as URL_WORDS
from contacts import custom, list_marks
from contacts.models import About
from contacts.properties import BY_KEY

WITHOUT_VALUE = ("yes", "no", "known", "unknown")
SEVERAL = ("any_of", "none_of", "between")
COMPANY_WORDS = {"name": gettext_lazy("Company: name"), "domain": gettext_lazy("Company: domain")}

Raw = dict[str, Any]


def shown(stored: Any) -> Raw:
    """What is stored, as the page shows it."""
    given = stored if isinstance(stored, dict) else {}
    groups = (given.get("visitor") or {}).get("any") or []
    return {
        "pages": given.get("pages", ALL),
        "show": [dict(row) for row in given.get("show") or []],
        "hide": [dict(row) for row in given.get("hide") or []],
        "groups": [[_line_shown(line) for line in group.get("all") or []] for group in groups],
    }


def _line_shown(line: dict) -> dict:
    value = line.get("value")
    if line.get("field") == "list" and isinstance(value, list):
        value = list_marks.names(value)
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return {"field": line.get("field", ""), "op": line.get("op", ""), "value": text}


def typed(post: QueryDict) -> Raw:
    """What was sent, as it was typed. Lines whose fields are empty are no lines."""
    groups = [_lines(post, f"g{n}") for n in range(MOST_GROUPS)]
    return {
        "pages": SOME if post.get("pages") == SOME else ALL,
        "show": _rules(post, "show"),
        "hide": _rules(post, "hide"),
        "groups": [lines for lines in groups if lines],
    }


def _rules(post: QueryDict, prefix: str) -> list[dict]:
    columns = (post.getlist(f"{prefix}-{name}")[:MOST_RULES] for name in ("op", "value", "name"))
    rows = [
        {"op": op, "value": value.strip(), "name": name.strip()}
        for op, value, name in zip(*columns, strict=False)
    ]
    return [row for row in rows if row["value"] or row["name"]]


def _lines(post: QueryDict, prefix: str) -> list[dict]:
    columns = (post.getlist(f"{prefix}-{name}")[:MOST_LINES] for name in ("field", "op", "value"))
    rows = [
        {"field": name, "op": op, "value": value.strip()} for name, op, value in zip(*columns, strict=False)
    ]
    return [row for row in rows if row["field"]]


def read(raw: Raw) -> tuple[dict, list[str]]:
    """(what is to be stored, mistakes in words)."""
    mistakes: list[str] = []
    stored = {
        "pages": raw["pages"],
        "show": [_rule(row, mistakes) for row in raw["show"]],
        "hide": [_rule(row, mistakes) for row in raw["hide"]],
        "visitor": {"any": [{"all": [_line(row, mistakes) for row in lines]} for lines in raw["groups"]]},
    }
    if raw["pages"] == SOME and not raw["show"]:
        mistakes.append(_("Say on which pages it shows, or choose all pages."))
    return stored, mistakes


def _rule(row: dict, mistakes: list[str]) -> dict:
    op = row["op"] if row["op"] in URL_OPS else "is"
    rule = {"op": op, "value": row["value"][:2000]}
    if op in ("param_is", "param_has"):
        rule["name"] = row["name"][:200]
        if not row["name"]:
            mistakes.append(_("Name the parameter beside “%(value)s”.") % {"value": row["value"]})
    elif op in ("is", "begins") and (row["value"].startswith("/") and not row["value"].startswith("//")):
        mistakes.append(
            _("“%(value)s” lacks its site, for example shop.example/prices.") % {"value": row["value"]}
        )
    return rule


def _line(row: dict, mistakes: list[str]) -> dict:
    name, op, text = row["field"], row["op"], row["value"]
    told = {"field": field_words().get(name, name)}
    if op not in ops_of(name):
        mistakes.append(_("“%(field)s” cannot be asked like this. Choose another comparison.") % told)
        return {"field": name, "op": op, "value": text}
    if op in WITHOUT_VALUE:
        return {"field": name, "op": op}
    if not text:
        mistakes.append(_("Fill in a value for “%(field)s”.") % told)
    if op not in SEVERAL:
        return {"field": name, "op": op, "value": text}
    values = [part.strip() for part in text.split(",") if part.strip()]
    if op == "between" and len(values) != 2:
        mistakes.append(_("“%(field)s” needs two numbers with a comma between them.") % told)
    if name == "list":
        values, strange = list_marks.marks(values)
        mistakes += [_("There is no list “%(name)s”.") % {"name": one} for one in strange]
    return {"field": name, "op": op, "value": values}


def field_words() -> dict[str, Any]:
    """Everything that can be asked about, with its words. A list is asked for by its name, and kept by its mark."""
    words = {name: FIELD_WORDS[name] for name in FIELDS}
    words |= {CONTACT + key: one.label for key, one in BY_KEY.items()}
    words |= {CONTACT + one.key: one.label for one in custom.fillable(About.CONTACT)}
    words |= {COMPANY + key: label for key, label in COMPANY_WORDS.items()}
    own = custom.fillable(About.COMPANY)
    return words | {COMPANY + one.key: _("Company: %(label)s") % {"label": one.label} for one in own}


def page_of(raw: Raw) -> dict:
    """For the template: every list with an empty line at its end."""
    blank_rule, blank_line = {"op": "contains", "value": "", "name": ""}, {"field": "", "op": "", "value": ""}
    groups = [*raw["groups"], []][:MOST_GROUPS]
    return {
        "raw": raw,
        "show_rules": [*raw["show"], blank_rule],
        "hide_rules": [*raw["hide"], blank_rule],
        "groups": [(f"g{n}", [*lines, blank_line]) for n, lines in enumerate(groups)],
        "url_ops": URL_WORDS.items(),
        "fields": field_words().items(),
        "ops": OP_WORDS.items(),
    }
