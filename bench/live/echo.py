"""L1: a frame in and its answer out. Ours is a message without an id, which is refused before the database is asked."""

import asyncio
import json
import time

from bench.live import node
from bench.live.client import dial, unheard
from bench.live.crowd import crowd
from bench.live.processes import started

FRAMES = 36  # a socket: below the flood that closes it (realtime/sockets.py)
FLIGHT = 64
ASKED = json.dumps({"t": "send", "client_id": "x", "body": "Is the lamp dimmable? " * 3}).encode()
ECHOED = json.dumps({"t": "echo", "body": "Is the lamp dimmable? " * 4}).encode()


def measure(figures, asked, runner) -> None:
    sockets = 200 if asked.quick else 500
    names = ["ours", "bare"] + (["ws"] if node.available() else [])
    with crowd(sockets) as people, started(names) as servers:
        for _ in range(asked.rounds):
            for name in names:
                runner.run(_round(figures, name, servers[name], people, sockets))
    rates = {name: figures.middle(name, "echoes per CPU-second") for name in names}
    figures.goal("L1", "echo, ours to bare", rates["ours"] / rates["bare"], 0.80, least=True)


async def _round(figures, name, server, people, sockets: int) -> None:
    if name == "ours":
        lines, said = await people.visitors(server.port, sockets, unheard), ASKED
    else:
        said = ECHOED
        lines = [await dial(server.port, "/", unheard) for _ in range(sockets)]
    turns = _Turns(lines, said)
    cpu, began = server.cpu(), time.perf_counter()
    await turns.take()
    wall, used = time.perf_counter() - began, server.cpu() - cpu
    figures.add(name, "echoes per CPU-second", turns.total / used)
    figures.add(name, "echoes per second", turns.total / wall)
    for line in lines:
        line.close()
    await asyncio.sleep(0.3)


class _Turns:
    """So many frames in flight, each socket's next when its last was answered."""

    def __init__(self, lines: list, said: bytes):
        self.said, self.total = said, len(lines) * FRAMES
        self.left = dict.fromkeys(lines, FRAMES)
        self.waiting = list(lines)
        self.done = asyncio.get_running_loop().create_future()
        self.answered = 0
        for line in lines:
            line.on_text = self.heard

    async def take(self) -> None:
        for _ in range(FLIGHT):
            self._next()
        await asyncio.wait_for(self.done, 60)

    def _next(self) -> None:
        if self.waiting:
            line = self.waiting.pop()
            self.left[line] -= 1
            line.say(self.said)

    def heard(self, line, raw: bytes) -> None:
        if raw.startswith(b'{"t": "ping"'):
            return
        self.answered += 1
        if self.left[line]:
            self.waiting.append(line)
        self._next()
        if self.answered == self.total and not self.done.done():
            self.done.set_result(None)
