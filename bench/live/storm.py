"""L8: everybody is cut off and comes back at once."""

import asyncio
import time

from bench.live.client import in_turns, unheard
from bench.live.crowd import crowd
from bench.live.processes import started


def measure(figures, asked, runner) -> None:
    sockets = 500 if asked.quick else 10_000
    with crowd(min(sockets, 2000)) as people, started(["ours"]) as servers:
        lines = runner.run(_open(people, servers["ours"].port, sockets))
        for _ in range(1 if asked.quick else 2):
            for line in lines:
                line.close()
            lines = runner.run(_return(figures, servers["ours"], people, sockets))
    back = figures.middle("came back", "%")
    figures.goal("L8", "percent of the sockets that came back", back, 100, least=True)


async def _open(people, port: int, sockets: int) -> list:
    async def one(number: int):
        person = people.people[number % len(people.people)]
        try:
            return await people.visitor(port, person, unheard, address=_address(number))
        except OSError:
            return None

    found = await in_turns([lambda number=number: one(number) for number in range(sockets)], 256)
    return [line for line in found if line]


async def _return(figures, server, people, sockets: int) -> list:
    cpu, began = server.cpu(), time.perf_counter()
    lines = await _open(people, server.port, sockets)
    figures.add("came back", "%", len(lines) / sockets * 100)
    figures.add("until the last was back", "seconds", time.perf_counter() - began)
    figures.add("server", "CPU ms a socket", (server.cpu() - cpu) / sockets * 1000)
    figures.add("server", "MiB", server.memory() / 1024)
    await asyncio.sleep(1)
    return lines


def _address(number: int) -> str:
    """Some addresses, so that ports of one do not run out."""
    return f"127.0.2.{1 + number % 8}"
