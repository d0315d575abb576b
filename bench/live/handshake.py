"""L8's share: what opening a socket costs, up to the first frame that comes back (ours: key and token checked, replayed)."""

import asyncio
import time

from bench.live.client import dial, in_turns, unheard
from bench.live.crowd import crowd
from bench.live.processes import cpu_of, services, started


def measure(figures, asked, runner) -> None:
    sockets = 200 if asked.quick else 1000
    with crowd(sockets) as people, started(["ours", "bare"]) as servers:
        database = services().get("postgres")
        for _ in range(asked.rounds):
            for name, server in servers.items():
                runner.run(_round(figures, name, server, people, sockets, database))
    ours, bare = (figures.middle(name, "CPU ms a handshake") for name in ("ours", "bare"))
    figures.goal("L8", "handshake CPU, ours to bare", ours / bare, 1.8)


async def _round(figures, name, server, people, sockets: int, database: int | None) -> None:
    cpu, began = server.cpu(), time.perf_counter()
    stored = cpu_of(database) if database else 0
    if name == "ours":
        lines = await people.visitors(server.port, sockets, unheard)
    else:
        lines = await in_turns([lambda: _greeted(server.port) for _ in range(sockets)])
    wall, used = time.perf_counter() - began, server.cpu() - cpu
    figures.add(name, "CPU ms a handshake", used / sockets * 1000)
    figures.add(name, "handshakes per second", sockets / wall)
    if database and name == "ours":
        figures.add("its PostgreSQL", "CPU ms a handshake", (cpu_of(database) - stored) / sockets * 1000)
    for line in lines:
        line.close()
    await asyncio.sleep(0.5)


async def _greeted(port: int):
    answered = asyncio.get_running_loop().create_future()
    line = await dial(port, "/", lambda line, raw: answered.done() or answered.set_result(raw))
    line.say(
        b'{"t": "hello", "key": "a-key-of-some-length", "token": "a-token-of-forty-three-characters-or-so"}'
    )
    await answered
    return line
