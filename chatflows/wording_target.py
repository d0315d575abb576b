"""Targeting and choices in words: for the list, the page of a chatflow, and the box that tries an address."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from chatflows.selection import Considered
from chatflows.targeting import Line, UrlRule, compile_targeting
from contacts import list_marks
from workspaces.labelled import labelled

URL_OPS = {
    "is": pgettext_lazy("address of a page", "is exactly"),
    "contains": pgettext_lazy("address of a page", "contains"),
    "begins": pgettext_lazy("address of a page", "begins with"),
    "wildcard": pgettext_lazy("address of a page", "matches, with * for anything"),
    "param_is": pgettext_lazy("address of a page", "has a parameter that is"),
    "param_has": pgettext_lazy("address of a page", "has a parameter that contains"),
}
FIELDS = {
    "known": gettext_lazy("Known contact"),
    "returning": gettext_lazy("Was here before"),
    "list": gettext_lazy("List"),
    "country": gettext_lazy("Country"),
    "device": gettext_lazy("Device"),
    "language": gettext_lazy("Language"),
    "page_views": gettext_lazy("Pages seen"),
    "seconds": gettext_lazy("Seconds on the site"),
    "referrer": gettext_lazy("Came from"),
}
OPS = {
    "yes": gettext_lazy("yes"),
    "no": gettext_lazy("no"),
    "any_of": pgettext_lazy("condition", "is one of"),
    "none_of": pgettext_lazy("condition", "is none of"),
    "contains": pgettext_lazy("condition", "contains"),
    "lacks": pgettext_lazy("condition", "does not contain"),
    "known": pgettext_lazy("condition", "is filled in"),
    "unknown": pgettext_lazy("condition", "is empty"),
    "eq": pgettext_lazy("condition", "is equal to"),
    "ne": pgettext_lazy("condition", "is not equal to"),
    "gt": pgettext_lazy("condition", "is more than"),
    "lt": pgettext_lazy("condition", "is less than"),
    "between": pgettext_lazy("condition", "is between"),
    "before": pgettext_lazy("condition", "is before"),
    "after": pgettext_lazy("condition", "is after"),
}


def in_words(stored: Any) -> str:
    """Short, for a line of the list."""
    targeting = compile_targeting(stored)
    parts = []
    if targeting.everywhere:
        parts.append(_("All pages"))
    elif targeting.show:
        parts.append(rule_in_words(targeting.show[0]))
        if len(targeting.show) > 1:
            more = len(targeting.show) - 1
            parts[0] += " " + ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}
    else:
        parts.append(_("No page yet"))
    if targeting.hide:
        n = len(targeting.hide)
        parts.append(ngettext("except %(n)s rule", "except %(n)s rules", n) % {"n": n})
    if targeting.groups:
        parts.append(_("certain visitors"))
    return " · ".join(parts)


def rule_in_words(rule: UrlRule) -> str:
    told: Mapping[str, Any] = {"how": URL_OPS[rule.op], "value": rule.value, "name": rule.name}
    if rule.op in ("param_is", "param_has"):
        return _("Address %(how)s “%(value)s”: %(name)s") % told
    return _("Address %(how)s “%(value)s”") % told


def line_in_words(line: Line) -> str:
    name = FIELDS.get(line.field) or line.field.partition(".")[2].replace("_", " ")
    value = ", ".join(_said(line)) if isinstance(line.value, tuple) else line.value
    how = OPS.get(line.op, line.op)
    if value in (None, "") or line.op in ("yes", "no", "known", "unknown"):
        return labelled(name, how)
    return f"{name} {how} {value}"


def _said(line: Line) -> list[str]:
    return list_marks.names(line.value) if line.field == "list" else list(line.value)


def why(considered: Considered) -> str:
    """What became of one chatflow when an address was tried, in one sentence."""
    if considered.outcome == "below":
        return _("Not looked at: another one stands above it.")
    verdict = considered.verdict
    rule = verdict.rule if verdict else None
    fits = _("It is for all pages.") if verdict and verdict.why == "all_pages" else ""
    if isinstance(rule, UrlRule) and verdict and verdict.why == "page":
        fits = _("It fits: %(rule)s.") % {"rule": rule_in_words(rule)}
    if considered.outcome == "shown":
        return _("This one shows. %(fits)s") % {"fits": fits}
    if considered.outcome == "hides":
        return _("It would show, but hides now because nobody is there. %(fits)s") % {"fits": fits}
    if isinstance(rule, UrlRule):
        return _("Hidden here: %(rule)s.") % {"rule": rule_in_words(rule)}
    if isinstance(rule, Line):
        return _("This visitor does not fit: %(line)s.") % {"line": line_in_words(rule)}
    return _("None of its addresses fits.")
