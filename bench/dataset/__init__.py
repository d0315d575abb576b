"""Made workspaces with known answers: `fill` writes one, the same for the same seed, and says what reports must find.

The period is fixed, so that the numbers are: from the first of March to the middle of November 2026, with both days on
which the clocks of Paris change. bench/data/reports.py fills databases with them.
"""

import heapq
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from bench.dataset.cast import ZONE, Cast
from bench.dataset.days import beginnings
from bench.dataset.known import Known
from bench.dataset.matters import Matter, by_hand, matter_of
from bench.dataset.rows import put_matter, put_story, put_telling
from bench.dataset.sinks import Sink
from bench.dataset.story import Said, Story, Told

FIRST, LAST = "2026-03-01", "2026-11-15"
BEGINS, ENDS = datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 11, 15, 23, tzinfo=UTC)


def scopes_of(cast: Cast) -> dict[str, dict[str, Any]]:
    """The scopes whose numbers are known: all of it, a month with a change of clocks, those two days, a kind, an inbox."""
    whole = {"first": FIRST, "last": LAST}
    return {
        "whole": whole,
        "october": {"first": "2026-10-01", "last": "2026-10-31"},
        "short day": {"first": "2026-03-29", "last": "2026-03-29"},
        "long day": {"first": "2026-10-25", "last": "2026-10-25"},
        "chat": whole | {"kind": "chat"},
        "sales": whole | {"inbox": cast.roads[1].inbox},
    }


@dataclass
class Numbers:
    """The next number of each thing: given in the order in which rows come into being, as sequences do."""

    message: int
    event: int

    def next_message(self) -> int:
        self.message += 1
        return self.message

    def next_event(self) -> int:
        self.event += 1
        return self.event


def fill(sink: Sink, cast: Cast, conversations: int, *, seed: int = 42, first_id: int = 1) -> dict[str, Any]:
    """Write `conversations` of them with all that hangs on them, and return the known answers.

    Rows get numbers from `first_id` on; the caller moves the sequences behind them where others write as well.
    """
    chance = Random(seed)  # noqa: S311  the same every time
    known, flows = Known(ZONE, scopes_of(cast)), Counter[tuple]()
    numbers = Numbers(first_id, first_id)
    line: list[tuple[int, int, Any, Said | Told]] = []  # what is still to be written, by its moment
    until, serial, tickets, earlier = int(ENDS.timestamp()), 0, 0, None
    for at in beginnings(conversations, chance):
        while line and line[0][0] <= at:
            _, _, whose, telling = heapq.heappop(line)
            put_telling(sink, numbers, whose, telling)
        number = first_id + known.rows["conversations"]
        known.rows["conversations"] += 1
        road = chance.choices(cast.roads, [road.share for road in cast.roads])[0]
        story = Story(chance, cast, number, road, at, until, earlier).play()
        matters = []
        if story.said and chance.random() < 0.35 and not story.aside:
            tickets += 1
            matters.append(matter_of(story, first_id + tickets, tickets, chance))
        if chance.random() < 0.05:
            tickets += 1
            matters.append(by_hand(cast, at, until, first_id + tickets, tickets, chance))
        serial = _tell(sink, story, matters, line, serial)
        _count(known, flows, story, matters)
        if not story.aside:
            earlier = number
    while line:
        _, _, whose, telling = heapq.heappop(line)
        put_telling(sink, numbers, whose, telling)
    for (flow, version, measure, hour), n in sorted(flows.items()):
        at_hour = datetime.fromtimestamp(hour, UTC)
        sink.put("chatflows_flowcount", flow, version, "", measure, at_hour, n)
    sink.finish()
    known.rows |= {"messages": numbers.message - first_id, "events": numbers.event - first_id}
    known.rows["tickets"] = tickets
    return known.told()


def _tell(sink: Sink, story: Story, matters: list[Matter], line: list, serial: int) -> int:
    """The rows that stand now, and the line of what is still to happen. Returns the next place in that line."""
    tied = next((one for one in matters if one.story is story), None)
    put_story(sink, story, tied)
    for one in matters:
        put_matter(sink, one)
    tellings: list[tuple[Any, Said | Told]] = [(story, told) for told in story.told]
    tellings += [(matter, told) for matter in matters for told in matter.told]
    for seq, said in enumerate(story.said, start=1):
        said.seq = seq
        tellings.append((story, said))
    for whose, telling in tellings:
        serial += 1
        heapq.heappush(line, (telling.at, serial, whose, telling))
    return serial


def _count(known: Known, flows: Counter, story: Story, matters: list[Matter]) -> None:
    for fact in story.known():
        known.add(fact)
    for matter in matters:
        for fact in matter.known():
            known.add(fact)
    if story.flow:
        hour = story.at - story.at % 3600
        measures = {"shown": 4, "opened": 1, "started": 1}
        if story.session:
            measures[story.session["outcome"]] = 1
        for measure, n in measures.items():
            flows[story.flow.chatflow, story.flow.version, measure, hour] += n


def as_json(known: dict[str, Any]) -> str:
    return json.dumps(known, indent=1)
