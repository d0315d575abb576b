"""L6: one bell, so many sockets. Ours is heard by agents' sockets of a workspace through the hub."""

import asyncio
import json
import time

from bench.live.client import dial
from bench.live.crowd import crowd
from bench.live.processes import started
from events.dispatch import bell_channel, valkey

TEXT = {"t": "typing", "conversation": 1, "name": "Lina", "on": True}


def measure(figures, asked, runner) -> None:
    sizes, bells = ((100,), 30) if asked.quick else ((10, 100, 1000), 60)
    names = ["ours", "write", "pubsub"]
    with crowd(1) as people:
        for size in sizes:
            with started(names) as servers:
                halls = {
                    name: runner.run(HALLS[name](server, people, size)) for name, server in servers.items()
                }
                for _ in range(asked.rounds):
                    for name, hall in halls.items():
                        count = bells if name != "pubsub" else max(5, bells // 6)
                        runner.run(_round(figures, f"{name}, {size} sockets", servers[name], hall, count))
    most = sizes[-1]
    rate = {name: figures.middle(f"{name}, {most} sockets", "deliveries per CPU-second") for name in names}
    figures.goal(
        "L6",
        f"{most} sockets, ours to the layer over publish/subscribe",
        rate["ours"] / rate["pubsub"],
        25,
        least=True,
    )
    figures.goal(
        "L6",
        f"{most} sockets, ours to writing one frame to all",
        rate["ours"] / rate["write"],
        0.9,
        least=True,
    )


class Hall:
    """Sockets that listen, and `ring`, which makes all of them hear one frame."""

    def __init__(self):
        self.lines: list = []
        self.heard = 0
        self.wanted = 0
        self.done: asyncio.Future | None = None
        self.ring = lambda: None

    def hear(self, line, raw: bytes) -> None:
        if b'"typing"' not in raw:
            return
        self.heard += 1
        if self.heard == self.wanted and self.done and not self.done.done():
            self.done.set_result(None)

    async def once(self) -> None:
        self.heard, self.wanted = 0, len(self.lines)
        self.done = asyncio.get_running_loop().create_future()
        self.ring()
        await asyncio.wait_for(self.done, 30)


async def _round(figures, label: str, server, hall: Hall, bells: int) -> None:
    cpu, latest = server.cpu(), []
    for _ in range(bells):
        began = time.perf_counter()
        await hall.once()
        latest.append(time.perf_counter() - began)
    used = server.cpu() - cpu
    figures.add(label, "deliveries per CPU-second", bells * len(hall.lines) / max(used, 0.005))
    figures.add(label, "ms until all have heard", sorted(latest)[len(latest) // 2] * 1000)


async def _ours(server, people, size: int) -> Hall:
    hall = Hall()
    typing = {"by": "visitor", "inbox": people.inbox, "assignee": None, "team": None} | {
        key: value for key, value in TEXT.items() if key != "t"
    }
    bell = json.dumps([{"typing": typing}])
    hall.lines = await people.agents(server.port, size, hall.hear)
    hall.ring = lambda: valkey().publish(bell_channel(people.member.workspace_id), bell)
    return hall


async def _write(server, people, size: int) -> Hall:
    hall = Hall()
    hall.lines = [await dial(server.port, "/", hall.hear) for _ in range(size)]
    text = json.dumps(TEXT).encode()
    hall.ring = lambda: hall.lines[0].say(text)
    return hall


async def _pubsub(server, people, size: int) -> Hall:
    hall = Hall()
    hall.lines = [await dial(server.port, "/", hall.hear) for _ in range(size)]
    for line in hall.lines:
        line.say(b"everybody")
    await asyncio.sleep(1 + size / 500)
    text = b"everybody " + json.dumps(TEXT).encode()
    hall.ring = lambda: hall.lines[0].say(text)
    return hall


HALLS = {"ours": _ours, "write": _write, "pubsub": _pubsub}
