"""Whether a condition of a branch holds (BE-4). Words count without regard to case and to space around them."""

from collections.abc import Mapping
from typing import Any

from chatflows import expressions
from chatflows.expressions import compare, day, has_words, is_available, is_empty, number, words
from chatflows.steps.parts import Branch, Condition

Facts = Mapping[str, Any]


def first_that_holds(branches: tuple[Branch, ...], facts: Facts, responses: tuple[str, ...]) -> Branch | None:
    """From top to bottom, the first whose conditions all hold (BE-3). `responses`: every form of the last answer."""
    return next((one for one in branches if all(_holds(part, facts, responses) for part in one.when)), None)


def _holds(one: Condition, facts: Facts, responses: tuple[str, ...]) -> bool:
    if one.expression:
        return expressions.holds(one.expression, facts)
    if one.fact == "available":
        return is_available(one.value, facts) == (one.op == "available")
    value = facts.get(one.fact)
    forms = responses if one.fact == "response" else value if isinstance(value, list) else (value,)
    match one.op:
        case "known" | "unknown":
            return is_empty(value) == (one.op == "unknown")
        case "any_of":
            return _is_one_of(forms, one.value)
        case "none_of":
            return not _is_one_of(forms, one.value)
        case "contains":
            return any(has_words(words(form), part) for form in forms for part in one.value)
        case "lacks":
            return not any(has_words(words(form), part) for form in forms for part in one.value)
        case "between":
            return _between(value, *one.value)
        case "before" | "after":
            return _by_day(one.op, value, one.value[0])
    return compare(one.op, value, one.value[0])


def _is_one_of(forms: Any, wanted: tuple[str, ...]) -> bool:
    asked = {words(one) for one in wanted}
    return any(words(form) in asked or _same_number(form, wanted) for form in forms if not is_empty(form))


def _same_number(form: Any, wanted: tuple[str, ...]) -> bool:
    left = number(form)
    return left is not None and any(number(one) == left for one in wanted)


def _between(value: Any, low: str, high: str) -> bool:
    return compare("ge", value, low) and compare("le", value, high)


def _by_day(op: str, value: Any, wanted: str) -> bool:
    one, other = day(value), day(wanted)
    return one is not None and other is not None and (one < other if op == "before" else one > other)
