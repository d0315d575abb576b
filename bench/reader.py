"""`./parley bench reader [--rate 500] [--seconds 60] [--conversations 2000]`: do reports keep up with who writes?

One process writes events at a rate into one workspace (messages of both sides, owners, closings and re-openings); this one
reads them every five seconds, as beat does. Said is how long a look takes, how much of a core it is, whether every reply is
in the numbers at the end, and what an event costs its writer with and without a reader.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from dataclasses import replace

from bench.report import Figures

EVERY = 5.0
TICK = 0.1


def run(rest: list[str]) -> int:
    asked = _asked(rest)
    from analytics import again, reader
    from bench.scene import scene

    figures = Figures("reader")
    with scene(asked.conversations) as (member, rows):
        pk = member.workspace_id
        begun = time.perf_counter()
        reader.read(pk)
        while again.go_on(pk):
            pass
        spent = time.perf_counter() - begun
        figures.add("a first reading of history", "conversations a second", asked.conversations / spent)
        alone = _wrote(_write(pk, member.pk, asked.rate, min(asked.seconds, 20)))
        _long_one(figures, member, rows[0])
        figures.add("an event alone", "microseconds of its writer's CPU", alone["cpu"])
        reader.read(pk, seconds=120)
        writer = _write(pk, member.pk, asked.rate, asked.seconds)
        worst = _follow(figures, pk, writer)
        beside = _wrote(writer)
        figures.add("an event beside a reader", "microseconds of its writer's CPU", beside["cpu"])
        figures.add("events written", "a second", beside["rate"])
        missing = _missing(pk)
    figures.goal("keeps up", "the longest look, of the five seconds between two", worst / EVERY, 1.0)
    figures.goal("keeps up", "replies that are in no number after the last look", missing, 0)
    return figures.tell()


def _asked(rest: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./parley bench reader", description=__doc__)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--conversations", type=int, default=2000)
    return parser.parse_args(rest)


def _follow(figures: Figures, pk: int, writer: subprocess.Popen) -> float:
    """Look every five seconds until the writer is done, and once more; the longest look of all."""
    from analytics import reader

    worst, begun, busy = 0.0, time.perf_counter(), 0.0
    spent, before = 0.0, _events(pk)
    over = False
    while not over:
        over = writer.poll() is not None
        wall, cpu = time.perf_counter(), time.process_time()
        changed = reader.read(pk, seconds=60)
        took, cpu = time.perf_counter() - wall, time.process_time() - cpu
        worst, busy, spent = max(worst, took), busy + took, spent + cpu
        figures.add("a look", "seconds", took)
        figures.add("a look's CPU", "seconds, this process", cpu)
        figures.add("facts changed by a look", "facts", changed)
        if not over:
            time.sleep(max(0.0, EVERY - took))
    figures.add("reading", "microseconds of CPU an event", spent / max(1, _events(pk) - before) * 1e6)
    share = busy / (time.perf_counter() - begun)
    figures.add("the reader was at work", "of the time", share)
    return worst


def _events(pk: int) -> int:
    from events.models import Event
    from workspaces.scope import workspace_scope

    with workspace_scope(pk):
        return Event.objects.count()


def _missing(pk: int) -> int:
    from analytics.models import Fact, Kind
    from conversations.models import Message
    from workspaces.scope import workspace_scope

    with workspace_scope(pk):
        written = Message.objects.filter(direction="out", author_kind="member").count()
        return abs(written - Fact.objects.filter(kind=Kind.REPLY).count())


def _long_one(figures: Figures, member, row) -> None:
    """A conversation of five hundred messages, with each new one."""
    from django.utils import timezone

    from analytics import writing
    from analytics.place import reading
    from bench.scene import inbound
    from conversations.append import append
    from workspaces.scope import workspace_scope

    ours = {"direction": "out", "author_kind": "member", "member_id": member.pk}
    with workspace_scope(member.workspace_id):
        append([replace(inbound(row, "Yes."), **(ours if n % 2 else {})) for n in range(500)])
    for _round in range(6):
        with workspace_scope(member.workspace_id):
            append([replace(inbound(row, "One more."), **ours)])
        begun, cpu = time.perf_counter(), time.process_time()
        with reading(member.workspace_id) as place:
            assert place is not None
            writing.write_conversations([row.pk], place.days, timezone.now())
        if _round:
            figures.add("a message more in one of 500", "milliseconds", (time.perf_counter() - begun) * 1000)
            figures.add("the same", "milliseconds of CPU", (time.process_time() - cpu) * 1000)


# ── The writer, in a process of its own ──


def _write(workspace: int, member: int, rate: int, seconds: int) -> subprocess.Popen:
    told = [str(workspace), str(member), str(rate), str(seconds)]
    return subprocess.Popen([sys.executable, "-m", "bench.reader", *told], stdout=subprocess.PIPE, text=True)


def _wrote(writer: subprocess.Popen) -> dict:
    said, _ = writer.communicate()
    return json.loads(said.splitlines()[-1])


def write(workspace: int, member: int, rate: int, seconds: int) -> None:
    from conversations.models import Conversation
    from workspaces.models import Member
    from workspaces.scope import workspace_scope

    chance = random.Random(1)  # noqa: S311  a schedule, no secret
    who, each = Member.objects.get(pk=member), max(1, int(rate * TICK))
    with workspace_scope(workspace):
        rows = list(Conversation.objects.order_by("pk"))
    begun, cpu, written = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - begun < seconds:
        with workspace_scope(workspace):
            _piece(chance, chance.sample(rows, min(each, len(rows))), who)
        written += each
        time.sleep(max(0.0, begun + written / rate - time.perf_counter()))
    spent = time.perf_counter() - begun
    cpu = time.process_time() - cpu
    print(json.dumps({"rate": written / spent, "cpu": cpu / written * 1e6}), flush=True)


def _piece(chance: random.Random, rows: list, who) -> None:
    """Of twenty events seventeen are messages; one gives a conversation to somebody, two close one or open it again."""
    from bench.scene import inbound
    from conversations.append import append
    from events.record import entry, record_all
    from events.types import CONVERSATION_ASSIGNED

    turned = len(rows) * 2 // 20
    given = len(rows) // 20
    messages = [inbound(row, "Is it dimmable?") for row in rows[turned + given :]]
    ours = {"direction": "out", "author_kind": "member", "member_id": who.pk}
    append([replace(one, **ours) if chance.random() < 0.5 else one for one in messages])
    record_all(
        [
            entry(CONVERSATION_ASSIGNED, row, assignee=who.pk, reason="by_hand")
            for row in rows[turned:][:given]
        ]
    )
    _turn(rows[:turned], who)


def _turn(rows: list, who) -> None:
    from django.utils import timezone

    from conversations.models import Conversation
    from events.record import entry, record_all
    from events.types import CONVERSATION_CLOSED, CONVERSATION_REOPENED

    now, told = timezone.now(), []
    by_now = {
        "closed": [row for row in rows if row.is_open()],
        "open": [row for row in rows if row.is_closed()],
    }
    for status, closed_at, type in (
        ("closed", now, CONVERSATION_CLOSED),
        ("open", None, CONVERSATION_REOPENED),
    ):
        those = by_now[status]
        Conversation.objects.filter(pk__in=[row.pk for row in those]).update(
            status=status, closed_at=closed_at
        )
        told += [entry(type, row, by=who, status=status) for row in those]
        for row in those:
            row.status = status
    record_all(told)


if __name__ == "__main__":
    import django

    django.setup()
    write(*map(int, sys.argv[1:5]))
