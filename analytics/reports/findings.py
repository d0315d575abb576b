"""What a report says in one sentence: the title of its card. Pure: numbers in, words out."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import spell

# How much two numbers differ before anybody should be told.
NOTEWORTHY = 0.05
PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))


def nothing() -> str:
    return _("Nothing to count in this period yet")


def busiest(counts: Mapping[tuple[int, int], int]) -> str:
    """From {(weekday, hour): how many}: the fullest half of half a day."""
    sums = {(day, part): 0 for day in range(7) for part in range(4)}
    for (day, hour), n in counts.items():
        sums[day, hour // 6] += n
    day, part = max(sums, key=lambda at: (sums[at], -at[0]))
    if not sums[day, part]:
        return nothing()
    return _busy(part) % {"day": _plural_day(day)}


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


def replies(median: float | None, *, target: float | None = None, before: float | None = None) -> str:
    """How long a first reply takes, and against what that is good."""
    if median is None:
        return nothing()
    took = spell.in_words(median)
    if target:
        return against_target(median / target) % {"time": took}
    return compared(took, median, before)


def against_target(ratio: float) -> str:
    if ratio <= 0.3:
        return _("First replies take %(time)s, far below the target")
    if ratio <= 0.6:
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


def takes(sentence: str, seconds: float | None) -> str:
    """`sentence`: e.g. “Half of all visitors wait less than %(time)s”."""
    return nothing() if seconds is None else sentence % {"time": spell.in_words(seconds)}


def volume(new: int, before: int | None) -> str:
    if not new and not before:
        return nothing()
    n = {"n": spell.number(new)}
    if before is None:
        return ngettext("%(n)s new conversation", "%(n)s new conversations", new) % n
    if not before or abs(new - before) < NOTEWORTHY * before:
        return (
            ngettext(
                "%(n)s new conversation, about as before", "%(n)s new conversations, about as before", new
            )
            % n
        )
    n["part"] = spell.percent(abs(new - before) / before)
    if new > before:
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


def largest(sentence: str, named: Sequence[tuple[str, float]], whole: float = 0) -> str:
    """`sentence` with %(name)s and %(part)s of the one that has most; of all of them, or of the whole that is given."""
    whole = whole or sum(value for _name, value in named)
    if not whole or not named:
        return nothing()
    name, value = max(named, key=lambda one: one[1])
    return sentence % {"name": name, "part": spell.share(value, whole)}


def quickest(sentence: str, named: Sequence[tuple[str, float | None]]) -> str:
    """The one that takes least; about one alone there is nothing to compare."""
    known = [(name, value) for name, value in named if value is not None]
    if not known:
        return nothing()
    name, value = min(known, key=lambda one: one[1])
    return sentence % {"name": name, "time": spell.in_words(value)}


def kept(met: int, breached: int) -> str:
    if not met + breached:
        return _("No promise came due in this period")
    return _("%(part)s of promises were kept") % {"part": spell.share(met, met + breached)}


def content(good: int, votes: int) -> str:
    if not votes:
        return _("Nobody has voted in this period yet")
    return _("%(part)s rate us good") % {"part": spell.share(good, votes)}


def settled_alone(name: str, settled: int, started: int) -> str:
    """In tenths: a share that one can picture."""
    tenths = round(10 * settled / started) if started else 0
    if not started:
        return nothing()
    if tenths in (0, 10):
        words = (
            _("%(name)s settles hardly any alone") if tenths == 0 else _("%(name)s settles nearly all alone")
        )
        return words % {"name": name}
    return ngettext("%(name)s settles %(n)s in 10 alone", "%(name)s settles %(n)s in 10 alone", tenths) % {
        "name": name, "n": tenths,
    }  # fmt: skip
