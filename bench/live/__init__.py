"""`./parley bench live NAME [--quick]`: the live path, beside what the same machine can do at most and beside peers.

Rounds of all servers take turns, figures are medians, and CPU seconds of the process trees come before wall seconds:
they are what a noisy neighbour changes least.
"""

import argparse
import asyncio

import uvloop

NAMES = ("echo", "idle", "handshake", "persist", "steady", "fanout", "rooms", "storm")


def run(arguments: list[str]) -> int:
    from bench.live import echo, fanout, handshake, idle, persist, rooms, steady, storm
    from bench.report import Figures

    measures = dict(zip(NAMES, (echo, idle, handshake, persist, steady, fanout, rooms, storm), strict=True))
    parser = argparse.ArgumentParser(prog="./parley bench live", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all without a name")
    parser.add_argument("--quick", action="store_true", help="two small rounds: a look, no figure to quote")
    parser.add_argument("--rounds", type=int, help="instead of 5, or 2 with --quick")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    asked.rounds = asked.rounds or (2 if asked.quick else 5)
    missed = 0
    for name in asked.names or NAMES:
        figures = Figures(f"live {name}")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            measures[name].measure(figures, asked, runner)
        missed += figures.tell()
    return 1 if missed else 0
