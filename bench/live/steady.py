"""L5: messages at a steady rate, whatever has been answered: how long until each is written and acknowledged to its sender.

Until the agent has heard is another figure: ours draws what the agent sees, and draws what comes close together at once.
"""

import asyncio
import time
from collections import deque

from bench.live import node
from bench.live.crowd import crowd
from bench.live.persist import MAKERS, Scene
from bench.live.processes import cpu_of, services, started

RATE = 200
SECONDS = 4  # so many messages a visitor in a round, below their limit


def measure(figures, asked, runner) -> None:
    names = ["ours"] + (["ws", "socketio"] if node.available() else [])
    if "ws" in names:
        node.make_tables()
    try:
        with crowd(RATE) as people, started(names) as servers:
            _rounds(figures, asked, runner, people, servers)
    finally:
        if "ws" in names:
            node.drop_tables()
    if "ws" in names:
        for share, limit in ((50, 1.1), (99, 1.0)):
            unit = f"ms to the sender, p{share}"
            ratio = figures.middle("ours", unit) / figures.middle("ws", unit)
            figures.goal("L5", f"{RATE} a second, p{share} of the round trip, ours to ws", ratio, limit)


def _rounds(figures, asked, runner, people, servers) -> None:
    kept = services()
    scenes = {name: runner.run(MAKERS[name](server, people, Steady)) for name, server in servers.items()}
    for number in range(asked.rounds + 1):
        for name, place in scenes.items():
            people.forget_limits()
            used = servers[name].cpu() + sum(cpu_of(pid) for pid in kept.values())
            runner.run(place.keep_on())
            used = servers[name].cpu() + sum(cpu_of(pid) for pid in kept.values()) - used
            if number == 0:  # the first warms connections and prepared statements
                continue
            for who, delays in (("sender", place.acknowledged), ("agent", place.shown)):
                for share in (50, 99):
                    figures.add(name, f"ms to the {who}, p{share}", _at(delays, share) * 1000)
            figures.add(name, "answered %", len(place.acknowledged) / (RATE * SECONDS) * 100)
            figures.add(name, "CPU % of a core, all processes", used / SECONDS * 100)


def _at(delays: list[float], share: int) -> float:
    ordered = sorted(delays)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


class Steady(Scene):
    """The next sender speaks when its time has come; who hears of it is timed from then."""

    async def keep_on(self) -> None:
        self.acknowledged: list[float] = []
        self.shown: list[float] = []
        self.since = {who: [deque() for _ in self.lines] for who in (False, True)}
        began = time.perf_counter()
        for n in range(RATE * SECONDS):
            await asyncio.sleep(max(0, began + n / RATE - time.perf_counter()))
            number = n % len(self.lines)
            for waiting in self.since.values():
                waiting[number].append(time.perf_counter())
            self.say(number)
        await asyncio.sleep(1)

    def told(self, number: int, agent: bool = False) -> None:
        waiting = self.since[agent][number]
        if waiting:  # what came later than its round is counted as unanswered
            (self.shown if agent else self.acknowledged).append(time.perf_counter() - waiting.popleft())
