"""L7: many conversations of two sockets each, frames at a steady rate, each heard by its two."""

import asyncio
import json
import time

from bench.live.client import dial
from bench.live.crowd import crowd
from bench.live.processes import started
from events.dispatch import bell_channel, valkey

SECONDS = 4


def measure(figures, asked, runner) -> None:
    rooms, rates = (100, (200,)) if asked.quick else (1000, (200, 1000))
    with crowd(rooms) as people, started(["ours", "pubsub"]) as servers:
        ours, layer = Ours(people, rooms), Layer(rooms)
        runner.run(ours.open(servers["ours"].port))
        runner.run(layer.open(servers["pubsub"].port))
        for _ in range(min(asked.rounds, 3)):
            for rate in rates:
                runner.run(_round(figures, "ours", servers["ours"], ours, rate))
                runner.run(_round(figures, "pubsub", servers["pubsub"], layer, rate))
    most = rates[-1]
    unit = "CPU % of a core"
    share = figures.middle(f"ours, {most}/s", unit) / figures.middle(f"pubsub, {most}/s", unit)
    figures.goal("L7", f"{most} frames a second, CPU, ours to the layer over publish/subscribe", share, 0.30)


class Talk:
    """Frames carry when they were sent, so that each delivery tells its own delay."""

    def __init__(self, rooms: int):
        self.rooms = rooms
        self.delays: list[float] = []

    def hear(self, line, raw: bytes) -> None:
        if b'"typing"' in raw:
            self.delays.append(time.perf_counter() - float(json.loads(raw)["name"]))


class Ours(Talk):
    def __init__(self, people, rooms: int):
        super().__init__(rooms)
        self.people = people

    async def open(self, port: int) -> None:
        self.lines = await self.people.visitors(port, 2 * self.rooms, self.hear)

    def say(self, number: int) -> None:
        visitor = self.people.people[number].visitor
        bell = {"typing": {"by": "member", "visitor": visitor, "name": str(time.perf_counter()), "on": True}}
        valkey().publish(bell_channel(self.people.member.workspace_id), json.dumps([bell]))


class Layer(Talk):
    async def open(self, port: int) -> None:
        self.lines = [await dial(port, "/", self.hear) for _ in range(2 * self.rooms)]
        for number, line in enumerate(self.lines):
            line.say(f"room-{number % self.rooms}".encode())
        await asyncio.sleep(1 + self.rooms / 300)

    def say(self, number: int) -> None:
        frame = {"t": "typing", "name": str(time.perf_counter()), "on": True}
        self.lines[number].say(f"room-{number} {json.dumps(frame)}".encode())


async def _round(figures, name: str, server, talk: Talk, rate: int) -> None:
    talk.delays = []
    cpu, began = server.cpu(), time.perf_counter()
    for number in range(rate * SECONDS):
        await asyncio.sleep(max(0, began + number / rate - time.perf_counter()))
        talk.say(number % talk.rooms)
    used, wall = server.cpu() - cpu, time.perf_counter() - began
    await asyncio.sleep(0.5)
    delays = sorted(talk.delays)
    label = f"{name}, {rate}/s"
    figures.add(label, "CPU % of a core", used / wall * 100)
    figures.add(label, "delivered %", len(delays) / (2 * rate * SECONDS) * 100)
    for share in (50, 99):
        at = min(len(delays) - 1, len(delays) * share // 100)
        figures.add(label, f"ms p{share}", delays[at] * 1000 if delays else 0)
