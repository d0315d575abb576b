"""Who meets a chatflow, and on which pages. Pure: rules in, facts in, yes or no and why out.

Stored as {"pages": "all" | "some", "show": [rule], "hide": [rule], "visitor": {"any": [{"all": [line]}]}}, where a rule is
{"op": "is", "value": "example.com/pricing"} (of a parameter also "name") and a line {"field", "op", "value"}.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatflows.addresses import (
    Page,
    asks_for_query,
    like_host,
    matches_stars,
    page_of,
    page_of_rule,
    spellings,
    typed,
)
from chatflows.visitor_rules import Facts, Line, line_of, meets

ALL, SOME = "all", "some"
URL_OPS = ("is", "contains", "begins", "wildcard", "param_is", "param_has")
MOST_RULES, MOST_GROUPS, MOST_LINES = 50, 8, 10


@dataclass(frozen=True, slots=True)
class UrlRule:
    op: str
    value: str
    name: str = ""  # of a query parameter

    def matches(self, page: Page) -> bool:
        """TG-2, TG-3. A rule without a value matches nothing."""
        if self.op in ("param_is", "param_has"):
            return self._matches_parameter(page)
        if not self.value:
            return False
        if self.op == "is":
            return self._is(page)
        if self.op == "begins":
            wanted = like_host(typed(self.value))
            return any(form.startswith(wanted) for form in page.forms)
        spelt = spellings(self.value)
        if self.op == "contains":
            return any(part in form for part in spelt for form in page.forms)
        return any(matches_stars(pattern, form) for pattern in spelt for form in page.forms)

    def _is(self, page: Page) -> bool:
        wanted = page_of_rule(self.value)
        return wanted.whole == page.whole if asks_for_query(self.value) else wanted.bare == page.bare

    def _matches_parameter(self, page: Page) -> bool:
        given = [value for name, value in page.parameters if name == self.name]
        if self.op == "param_is":
            return self.value in given
        return bool(self.value) and any(self.value in value for value in given)


@dataclass(frozen=True, slots=True)
class Targeting:
    """Rules made ready. Any of `show`, none of `hide` (TG-4); and one group of visitor lines whole (TG-5)."""

    everywhere: bool = True
    show: tuple[UrlRule, ...] = ()
    hide: tuple[UrlRule, ...] = ()
    groups: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a chatflow does or does not fit: a word, and the rule that decided, when it was one."""

    fits: bool
    why: str  # all_pages, page, not_listed, hidden_here, visitor
    rule: UrlRule | Line | None = None
    again: int | None = None  # at how many seconds on the site a line about time may be met


def compile_targeting(stored: Any) -> Targeting:
    """Read what is stored. Rules that cannot be read match nothing: a broken one never shows a chat everywhere."""
    given = stored if isinstance(stored, Mapping) else {}
    visitor = given.get("visitor")
    groups = _list(visitor.get("any") if isinstance(visitor, Mapping) else None)[:MOST_GROUPS]
    return Targeting(
        everywhere=given.get("pages", ALL) != SOME,
        show=_rules(given.get("show")),
        hide=_rules(given.get("hide")),
        groups=tuple(lines for group in groups if (lines := _lines(group))),
    )


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _rules(stored: Any) -> tuple[UrlRule, ...]:
    rows = [
        row for row in _list(stored)[:MOST_RULES] if isinstance(row, Mapping) and row.get("op") in URL_OPS
    ]
    return tuple(UrlRule(row["op"], str(row.get("value", "")), str(row.get("name", ""))) for row in rows)


def _lines(group: Any) -> tuple[Line, ...]:
    rows = _list(group.get("all") if isinstance(group, Mapping) else None)[:MOST_LINES]
    return tuple(line_of(row) for row in rows)


def judge(targeting: Targeting, facts: Facts, page: Page | None = None) -> Verdict:
    """Whether a chatflow fits a visitor on a page, and why."""
    page = page or page_of(facts.url)
    hidden = next((rule for rule in targeting.hide if rule.matches(page)), None)
    if hidden:
        return Verdict(False, "hidden_here", hidden)
    shown = None
    if not targeting.everywhere:
        shown = next((rule for rule in targeting.show if rule.matches(page)), None)
        if shown is None:
            return Verdict(False, "not_listed")
    failed, again = _visitor(targeting, facts)
    if failed:
        return Verdict(False, "visitor", failed, again)
    return Verdict(True, "page" if shown else "all_pages", shown)


def _visitor(targeting: Targeting, facts: Facts) -> tuple[Line | None, int | None]:
    """The first line that is not met in the nearest group, or None when a group is met; and when to ask again."""
    nearest: Line | None = None
    agains = []
    for lines in targeting.groups:
        unmet = [line for line in lines if not meets(line, facts)]
        if not unmet:
            return None, None
        nearest = nearest or unmet[0]
        waits = [line.met_at() for line in unmet]
        if all(wait is not None for wait in waits):
            agains.append(max(wait for wait in waits if wait is not None))
    return nearest, min(agains, default=None)


@dataclass(frozen=True, slots=True)
class Shadow:
    """A flow that can never show, and the one above it that takes every visitor it could have."""

    hidden: int
    by: int


def shadows(flows: list[tuple[int, Targeting]]) -> list[Shadow]:
    """Of flows in order of priority: which are hidden for ever by a broader one above (TG-7)."""
    found = []
    for at, (pk, own) in enumerate(flows):
        above = next((other for other, wider in flows[:at] if covers(wider, own)), None)
        if above is not None:
            found.append(Shadow(pk, above))
    return found


def covers(wide: Targeting, narrow: Targeting) -> bool:
    """Whether whoever meets the narrow one would meet the wide one too. Says yes only when it is certain."""
    return _covers_pages(wide, narrow) and _covers_visitors(wide, narrow)


def _covers_pages(wide: Targeting, narrow: Targeting) -> bool:
    if any(not any(_within(rule, other) for other in narrow.hide) for rule in wide.hide):
        return False  # the wide one leaves out pages that the narrow one may show on
    if wide.everywhere:
        return True
    if narrow.everywhere:
        return False
    return all(any(_within(rule, other) for other in wide.show) for rule in narrow.show)


def _within(rule: UrlRule, other: UrlRule) -> bool:
    """Whether every page of one rule is a page of the other."""
    if rule == other:
        return True
    if rule.op in ("param_is", "param_has"):
        return other.op == "param_has" and rule.name == other.name and other.value in rule.value != ""
    if rule.op == "is":
        return _page_of_rule_within(rule, other)
    own = frozenset((like_host(typed(rule.value)),)) if rule.op == "begins" else spellings(rule.value)
    if other.op == "contains" and rule.op != "wildcard":
        return bool(other.value) and all(any(part in text for part in spellings(other.value)) for text in own)
    if other.op == "begins" == rule.op:
        return bool(other.value) and all(text.startswith(like_host(typed(other.value))) for text in own)
    return False


def _page_of_rule_within(rule: UrlRule, other: UrlRule) -> bool:
    """An `is` names one page, with any query unless it has one itself; what asks about the query is not certain."""
    page = page_of(rule.value)
    any_query = not asks_for_query(rule.value)
    if other.op == "is" and any_query and asks_for_query(other.value):
        return False
    if other.op == "wildcard" and any_query and not other.value.endswith("*"):
        return False
    return other.matches(page)


def _covers_visitors(wide: Targeting, narrow: Targeting) -> bool:
    if not wide.groups:
        return True
    if not narrow.groups:
        return False
    return all(any(set(group) <= set(own) for group in wide.groups) for own in narrow.groups)
