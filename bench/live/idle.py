"""L2: the memory of a socket that says nothing. A fresh server for each sample; the first sockets only warm it."""

import asyncio

from bench.live.client import dial, in_turns, unheard
from bench.live.crowd import crowd
from bench.live.processes import started

WARM = 100


def measure(figures, asked, runner) -> None:
    sockets = 500 if asked.quick else 2000
    with crowd(500) as people:
        for _ in range(min(asked.rounds, 3)):
            for name in ("ours", "bare"):
                with started([name]) as servers:
                    runner.run(_round(figures, name, servers[name], people, sockets))
    ours, bare = (figures.middle(name, "KiB an idle socket") for name in ("ours", "bare"))
    figures.goal("L2", "memory of an idle socket, ours to bare", ours / bare, 1.25)
    figures.goal("L2", "KiB of an idle socket", ours, 24)


async def _round(figures, name, server, people, sockets: int) -> None:
    async def open_lines(count: int) -> list:
        if name == "ours":
            return await people.visitors(server.port, count, unheard)
        return await in_turns([lambda: dial(server.port, "/", unheard) for _ in range(count)])

    lines = await open_lines(WARM)
    await asyncio.sleep(2)
    before = server.memory()
    figures.add(name, "MiB with 100 sockets", before / 1024)
    lines += await open_lines(sockets)
    await asyncio.sleep(3)
    figures.add(name, "KiB an idle socket", (server.memory() - before) / sockets)
    for line in lines:
        line.close()
