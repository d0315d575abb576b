"""Which times can be offered for a meeting: working hours less what is booked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inboxes.hours import Schedule, Span, open_spans

STEP = timedelta(minutes=15)
MOST_LOOKED_AT = 5000


@dataclass(frozen=True)
class Host:
    """Somebody who takes meetings: their hours and what is booked already."""

    pk: int
    schedule: Schedule
    busy: tuple[Span, ...] = ()


def times(
    hosts: Sequence[Host], *, length: timedelta, start: datetime, end: datetime, most: int
) -> list[datetime]:
    """The first beginnings at which at least one host has all of the time, in order. On full quarters of an hour."""
    found: set[datetime] = set()
    for host in hosts:
        found |= set(_of_host(host, length, start, end, most))
    return sorted(found)[:most]


def host_at(hosts: Sequence[Host], start: datetime, length: timedelta) -> int | None:
    """Who can take it: of those who can, the one with the fewest meetings ahead."""
    able = [host for host in hosts if is_free(host, start, length)]
    return min(able, key=lambda host: (len(host.busy), host.pk)).pk if able else None


def is_free(host: Host, start: datetime, length: timedelta) -> bool:
    end = start + length
    works = any(begin <= start and end <= until for begin, until in open_spans(host.schedule, start, end))
    return works and not _overlaps(host.busy, start, end)


def _of_host(host: Host, length: timedelta, start: datetime, end: datetime, most: int) -> Iterable[datetime]:
    """As many as asked for are enough: nobody else can add an earlier one that these hide."""
    count = looked = 0
    for begin, until in open_spans(host.schedule, start, end):
        at = _quarter(begin)
        while at + length <= until:
            looked += 1
            if looked > MOST_LOOKED_AT:
                return
            if not _overlaps(host.busy, at, at + length):
                yield at
                count += 1
                if count >= most:
                    return
            at = _quarter(at + max(length, STEP))


def _quarter(at: datetime) -> datetime:
    """The next full quarter of an hour, or this one."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not past else at - past + STEP


def _overlaps(busy: Iterable[Span], start: datetime, end: datetime) -> bool:
    return any(begin < end and start < until for begin, until in busy)
