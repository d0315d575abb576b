"""What a report says in one sentence: the title of its card. Pure: numbers in, words out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from math import sqrt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell
from workspaces.labelled import labelled

# How much two numbers differ before anybody should be told.
NOTEWORTHY = 0.05
# Of fewer nobody should conclude anything: they are told as what they are.
LEAST = 10
# So much more is told as how many times as much: “400 % more” is more than one can picture.
MANY_TIMES = 3
# Fewer do not tell when a week is busy, and shorter periods do not tell of weekdays.
LEAST_OF_WEEK, TWO_WEEKS = 30, 14
PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))


def nothing() -> str:
    return _("Nothing to count in this period yet")


def too_few(n: float) -> str:
    return _("Too few to say more yet: %(n)s") % {"n": spell.number(n)} if n else nothing()


def no_time() -> str:
    return _("Most take no time by this clock: they come at once, or outside opening hours")


def busiest(counts: Mapping[tuple[int, int], int], days: Sequence[int] = (2,) * 7) -> str:
    """From {(weekday, hour): how many} and how often each weekday was: the fullest half of half a day.

    Where none of them clearly leads: the weekday, or the part of the day, that does.
    """
    n = sum(counts.values())
    if n < LEAST_OF_WEEK:
        return _("Too few to say when it is busy: %(n)s") % {"n": spell.number(n)} if n else nothing()
    halves: Counter = Counter()
    weekdays: Counter = Counter()
    parts: Counter = Counter()
    for (day, hour), many in counts.items():
        halves[day, hour // 6] += many
        weekdays[day] += many
        parts[hour // 6] += many
    if sum(days) >= TWO_WEEKS:
        half = leader({at: (halves[at], days[at[0]]) for at in product(range(7), range(4))})
        if half is not None:
            return _busy(half[1]) % {"day": _plural_day(half[0])}
    part = leader({at: (parts[at], 1) for at in range(4)})
    if part is not None:
        return _busy_every_day(part)
    weekday = leader({at: (weekdays[at], days[at]) for at in range(7)}) if sum(days) >= TWO_WEEKS else None
    if weekday is not None:
        return _("%(day)s are busiest") % {"day": _plural_day(weekday)}
    return _("No time of the week stands out")


def leader(told: Mapping[Any, tuple[int, int]]) -> Any | None:
    """From {key: (how many, in how many days)}: the fullest, where chance does not explain its lead."""
    rates = sorted(((n / of, n / of**2, key) for key, (n, of) in told.items() if of), reverse=True)
    if len(rates) < 2:
        return None
    (first, its_square, key), (second, other_square, _key) = rates[:2]
    return key if first - second > sqrt(its_square + other_square) else None


def _plural_day(day: int) -> str:
    return [
        _("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"), _("Saturdays"), _("Sundays"),
    ][day]  # fmt: skip


def _busy(part: int) -> str:
    # Translators: %(day)s is a weekday in the plural, e.g. “Tuesdays”.
    return [
        _("%(day)s before dawn are busiest"),
        _("%(day)s in the morning are busiest"),
        _("%(day)s in the afternoon are busiest"),
        _("%(day)s in the evening are busiest"),
    ][part]


def _busy_every_day(part: int) -> str:
    return [
        _("The hours before dawn are busiest"),
        _("Mornings are busiest"),
        _("Afternoons are busiest"),
        _("Evenings are busiest"),
    ][part]


def replies(
    median: float | None, *, n: int = LEAST, target: float | None = None, before: float | None = None
) -> str:
    """How long a first reply takes, and against what that is good."""
    if median is None:
        return nothing()
    took = spell.in_words(median)
    if n < LEAST:
        said = ngettext(
            "%(n)s first reply so far, after %(time)s", "%(n)s first replies so far, half within %(time)s", n
        )
        return said % {"n": spell.number(n), "time": took}
    if not round(median):
        return no_time()
    if target:
        return against_target(median / target) % {"time": took}
    return compared(took, median, before)


def against_target(ratio: float) -> str:
    if ratio <= 0.3:
        return _("First replies take %(time)s, far below the target")
    if ratio < 0.45:
        return _("First replies take %(time)s, less than half of the target")
    if ratio <= 0.55:
        return _("First replies take %(time)s, half of the target")
    if ratio <= 1:
        return _("First replies take %(time)s, within the target")
    if ratio <= 1.6:
        return _("First replies take %(time)s, over the target")
    return _("First replies take %(time)s, far over the target")


def compared(took: str, median: float, before: float | None) -> str:
    if not before or abs(median - before) < NOTEWORTHY * before:
        return _("First replies take %(time)s") % {"time": took}
    by = {"time": took, "less": spell.in_words(abs(median - before))}
    if median < before:
        return _("First replies take %(time)s, %(less)s less than before") % by
    return _("First replies take %(time)s, %(less)s more than before") % by


def takes(sentence: str, seconds: float | None, n: int = LEAST) -> str:
    """`sentence`: e.g. “Half of all visitors wait less than %(time)s”; `n`: of how many that is told."""
    if seconds is None:
        return nothing()
    if n < LEAST:
        return too_few(n)
    return sentence % {"time": spell.in_words(seconds)} if round(seconds) else no_time()


def volume(new: int, before: tuple[int, int] | None) -> str:
    """`before`: (how many of the new ones are compared, with how many): of days that are over."""
    if not new and not (before and before[1]):
        return nothing()
    n = {"n": spell.number(new)}
    few = before is not None and min(before) < LEAST and before[0] != before[1]
    if before is None or few and before[0] != new:
        return ngettext("%(n)s new conversation", "%(n)s new conversations", new) % n
    return _compared_volume(new, *before, n)


def _compared_volume(new: int, over: int, before: int, n: dict[str, str]) -> str:
    if min(over, before) < LEAST and over != before:
        n["before"] = spell.number(before)
        return (
            ngettext(
                "%(n)s new conversation, %(before)s before", "%(n)s new conversations, %(before)s before", new
            )
            % n
        )
    if over == before or abs(over - before) < NOTEWORTHY * before:
        return (
            ngettext(
                "%(n)s new conversation, about as before", "%(n)s new conversations, about as before", new
            )
            % n
        )
    if over >= MANY_TIMES * before:
        n["times"] = spell.number(over / before)
        said = ngettext(
            "%(n)s new conversation, %(times)s times as many as before",
            "%(n)s new conversations, %(times)s times as many as before",
            new,
        )
        return said % n
    n["part"] = spell.percent(abs(over - before) / before)
    if over > before:
        return (
            ngettext(
                "%(n)s new conversation, %(part)s more than before",
                "%(n)s new conversations, %(part)s more than before",
                new,
            )
            % n
        )
    return (
        ngettext(
            "%(n)s new conversation, %(part)s fewer than before",
            "%(n)s new conversations, %(part)s fewer than before",
            new,
        )
        % n
    )


def tickets(new: int, _before: tuple[int, int] | None) -> str:
    if not new:
        return nothing()
    return ngettext("%(n)s new ticket", "%(n)s new tickets", new) % {"n": spell.number(new)}


def largest(
    sentence: str, named: Sequence[tuple[str, float]], whole: float = 0, *, few: str = "", level: str = ""
) -> str:
    """`sentence` with %(name)s and %(part)s of the one that has most; of all of them, or of the whole that is given.

    `few`: what is said instead while there is too little to compare; `level`: of several that have as many.
    """
    whole = whole or sum(value for _name, value in named)
    if not whole or not named:
        return nothing()
    if whole < LEAST:
        return few or too_few(whole)
    name, value = max(named, key=lambda one: one[1])
    part = spell.share(value, whole)
    as_many = sum(1 for _name, other in named if other == value)
    if as_many > 1:
        return (level or _("%(n)s have most: %(part)s each")) % {"n": spell.number(as_many), "part": part}
    return sentence % {"name": name, "part": part} if len(named) > 1 else alone(name, part)


def nobodys(name: str, n: float, whole: float) -> str:
    """Where more than half has nobody (no chatflow, no page), that is what is found, and not who has most of the rest."""
    return alone(name, spell.share(n, whole)) if whole >= LEAST and n > whole / 2 else ""


def alone(name: str, said: str) -> str:
    return labelled(name, said)


def quickest(sentence: str, named: Sequence[tuple[str, float | None, int]]) -> str:
    """From (name, median, of how many): the one that takes least; about one alone there is nothing to compare."""
    told = [(value, name) for name, value, n in named if value is not None and n >= LEAST]
    # Whose answers take no time gave them outside of opening hours: that is not being quick.
    known = sorted(one for one in told if round(one[0]))
    if not known:
        return no_time() if told else too_few(sum(n for _name, _value, n in named))
    value, name = known[0]
    time = spell.duration(value)
    if len(known) == 1:
        return alone(name, time)
    level = sum(1 for other, _name in known if spell.duration(other) == time)
    if level > 1:
        return _("%(n)s are quickest: %(time)s") % {"n": spell.number(level), "time": time}
    return sentence % {"name": name, "time": time}


def kept(met: int, breached: int) -> str:
    n = met + breached
    if not n:
        return _("No promise came due in this period")
    if n < LEAST:
        said = ngettext("%(kept)s of %(n)s promise was kept", "%(kept)s of %(n)s promises were kept", n)
        return said % {"kept": spell.number(met), "n": spell.number(n)}
    return _("%(part)s of promises were kept") % {"part": spell.share(met, n)}


def broken(n: int) -> str:
    return ngettext("%(n)s promise was broken", "%(n)s promises were broken", n) % {"n": spell.number(n)}


def content(good: int, votes: int) -> str:
    if not votes:
        return _("Nobody has voted in this period yet")
    if votes < LEAST:
        said = ngettext("%(good)s of %(n)s vote is good", "%(good)s of %(n)s votes are good", votes)
        return said % {"good": spell.number(good), "n": spell.number(votes)}
    return _("%(part)s rate us good") % {"part": spell.share(good, votes)}


def settled_alone(name: str, settled: int, walks: int) -> str:
    """In tenths: a share that one can picture. “Lumi” settles 4 in 10 alone."""
    if walks < LEAST:
        return _("Too few chats yet to say how “%(bot)s” does") % {"bot": name}
    tenths = int(spell.rounded(10 * settled / walks))
    if tenths == 0:
        return _("“%(bot)s” settles next to none alone") % {"bot": name}
    if tenths == 10:
        return _("“%(bot)s” settles nearly all alone") % {"bot": name}
    return _("“%(bot)s” settles %(tenths)s in 10 alone") % {"bot": name, "tenths": tenths}
