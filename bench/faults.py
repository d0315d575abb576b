"""`./parley bench faults --seed N`: kill everything at random while people write, then compare the ledger with what stands.

Promised (SECURITY P1, P2, T120, T121): every acknowledged message stands exactly once, in order, with numbers that have
no gap; what a visitor's tab shows after resuming is what the database holds.
"""

import argparse
import asyncio
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.sender import Agent, Ledger, Site, Visitor
from bench.tree import Tree, grown

PER_VISITOR = 8  # below the burst that a visitor may send (chatflows/widget/limits.py)
PER_SECOND = 15
AGENTS = 2
# A child that ends more than five times a minute ends the whole tree, rightly: seconds between two kills of one kind.
EVERY = {"web": 15, "postgres": 16, "valkey": 16, "worker": 20, "beat": 30}
PATIENCE = 150.0


@dataclass
class Verdict:
    """What was found. Every number but the first five must be 0.

    `leased` are reactions whose worker was killed while it ran them: another takes them when their lease has ended.
    """

    acknowledged: int = 0
    kills: int = 0
    retries: int = 0
    seconds: float = 0
    leased: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    unasked: int = 0
    gaps: int = 0
    misplaced: int = 0
    untold: int = 0
    views_that_differ: int = 0
    reactions_left: int = 0

    def is_clean(self) -> bool:
        return not any(list(asdict(self).values())[5:])


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./parley bench faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=500)
    asked = parser.parse_args(arguments)
    verdict = faults(asked.seed, asked.messages)
    print(f"\nfaults, seed {asked.seed} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")
    for name, value in asdict(verdict).items():
        print(f"  {name.replace('_', ' '):<20} {value:>8}")
    folder = Path(os.environ.get("PARLEY_DATA") or Path(__file__).resolve().parents[1] / "var") / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"name": "faults", "seed": asked.seed, "at": time.time(), "verdict": asdict(verdict)}
    (folder / f"faults-{asked.seed}-{int(time.time())}.json").write_text(json.dumps(kept, indent=1))
    print("  PASS" if verdict.is_clean() else "  MISS")
    return 0 if verdict.is_clean() else 1


def faults(seed: int, messages: int) -> Verdict:
    with grown() as tree:
        return asyncio.run(_faults(tree, random.Random(seed), messages))  # noqa: S311  a schedule, no secret


async def _faults(tree: Tree, rng: random.Random, messages: int) -> Verdict:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(64))
    count = max(2, messages // (PER_VISITOR + 1))
    made = json.loads(await asyncio.to_thread(tree.ask, "make", str(count), str(AGENTS)))
    site = Site(tree.port, made["key"], made["slug"])
    path = tree.data.parent / "ledger"
    ledger = Ledger(path)
    visitors = [
        Visitor(n, token, site, ledger, random.Random(rng.random()))  # noqa: S311
        for n, token in enumerate(made["tokens"])
    ]
    agents = [
        Agent(f"agent {n}", session, site, ledger, random.Random(rng.random()))  # noqa: S311
        for n, session in enumerate(made["sessions"])
    ]
    lasts = messages / PER_SECOND
    writers = [*visitors, *agents]
    parts = _share(messages, count, rng)
    began = loop.time() + 1
    work = [writer.run(_times(rng, part, lasts), began) for writer, part in zip(writers, parts, strict=True)]
    killer = asyncio.create_task(_kill(tree, _schedule(rng, lasts), began))
    try:
        async with asyncio.timeout(lasts + PATIENCE):
            await asyncio.gather(*work)
            kills = await killer
    except TimeoutError:
        written = Counter(json.loads(line)["who"] for line in path.read_text().splitlines())
        short = {
            w.name: (written[w.name], w.said)
            for w, part in zip(writers, parts, strict=True)
            if written[w.name] < part
        }
        raise RuntimeError(f"still waiting to be acknowledged: {short}\n{tree.said()[-2000:]}") from None
    await asyncio.to_thread(tree.wait, tree.whole, 60, "the tree to be whole again")
    verdict = Verdict(kills=kills, seconds=round(loop.time() - began, 1))
    verdict.retries = sum(writer.tries for writer in visitors) - sum(parts[:count])
    await _judge(verdict, tree, visitors, [json.loads(line) for line in path.read_text().splitlines()])
    return verdict


def _share(messages: int, visitors: int, rng: random.Random) -> list[int]:
    """How many each writes: the agents a tenth together, the visitors the rest evenly."""
    replies = [messages // 10 // AGENTS] * AGENTS
    rest = messages - sum(replies)
    return [rest // visitors + (n < rest % visitors) for n in range(visitors)] + replies


def _times(rng: random.Random, count: int, lasts: float) -> list[float]:
    return sorted(rng.uniform(0, lasts) for _ in range(count))


def _schedule(rng: random.Random, lasts: float) -> list[tuple[float, str]]:
    """When to kill what: once in each period of a kind, at any moment of its first two thirds."""
    planned = []
    for name, every in EVERY.items():
        start = 0.0
        while start < lasts:
            planned.append((start + rng.uniform(0, every * 0.67), name))
            start += every
    return sorted(moment for moment in planned if moment[0] < lasts)


async def _kill(tree: Tree, planned: list[tuple[float, str]], began: float) -> int:
    loop, kills = asyncio.get_running_loop(), 0
    for at, name in planned:
        await asyncio.sleep(max(0, began + at - loop.time()))
        deadline = loop.time() + 40
        while not await asyncio.to_thread(tree.kill, name):
            if loop.time() > deadline:
                raise RuntimeError(f"{name} was not started again:\n{tree.said()[-2000:]}")
            await asyncio.sleep(0.1)
        kills += 1
    return kills


async def _judge(verdict: Verdict, tree: Tree, visitors: list[Visitor], ledger: list[dict]) -> None:
    found = await asyncio.to_thread(_settled, tree)
    compare(verdict, found, ledger)
    standing = {
        one["conversation"]: {message["seq"]: message["body"] for message in one["messages"]}
        for one in found["conversations"]
    }
    for visitor in visitors:
        verdict.views_that_differ += await visitor.look() != standing.get(visitor.conversation or "", {})


def compare(verdict: Verdict, found: dict, ledger: list[dict]) -> None:
    """Count in `verdict` where what stands (`bench.stage read`) differs from what was acknowledged."""
    verdict.acknowledged = len(ledger)
    verdict.leased = found["leased"]
    verdict.reactions_left = found["owed"] + found["parked"]
    rows = [
        message | {"conversation": one["conversation"], "of": one["pk"]}
        for one in found["conversations"]
        for message in one["messages"]
        if message["kind"] == "message"
    ]
    noted = {line["client_id"]: line for line in ledger}
    copies = Counter(row["client_id"] for row in rows)
    verdict.lost = len(noted.keys() - copies.keys())
    verdict.unasked = len(copies.keys() - noted.keys())
    verdict.duplicated = sum(number - 1 for number in copies.values()) + len(ledger) - len(noted)
    verdict.misplaced = sum(1 for row in rows if not _agrees(row, noted.get(row["client_id"])))
    verdict.reordered = _reordered(rows, ledger)
    verdict.gaps = sum(
        [message["seq"] for message in one["messages"]] != list(range(1, one["last_seq"] + 1))
        for one in found["conversations"]
    )
    told = Counter(found["told"])
    verdict.untold = sum(told[row["pk"]] != 1 for row in rows)


def _settled(tree: Tree, seconds: float = 60) -> dict:
    """What stands, once the worker has done what was owed; what it has not done by then is counted as left."""
    deadline = time.monotonic() + seconds
    while True:
        found = json.loads(tree.ask("read"))
        if not found["owed"] or time.monotonic() > deadline:
            return found
        time.sleep(1)


def _agrees(row: dict, line: dict | None) -> bool:
    """Whether a message stands where its sender was told, with the words that were sent."""
    if line is None:
        return True  # counted as unasked
    if "pk" in line:
        return line["pk"] == row["of"] and line["body"] == row["body"]
    return all(line[name] == row[name] for name in ("conversation", "seq", "body"))


def _reordered(rows: list[dict], ledger: list[dict]) -> int:
    """In how many conversations somebody's messages stand in another order than they were acknowledged."""
    wanted: dict[tuple, list[str]] = {}
    author, place = {}, {row["client_id"]: row["of"] for row in rows}
    for line in ledger:
        author[line["client_id"]] = line["who"]
        if line["client_id"] in place:
            wanted.setdefault((line["who"], place[line["client_id"]]), []).append(line["client_id"])
    stands: dict[tuple, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row["of"], row["seq"])):
        if row["client_id"] in author:
            stands.setdefault((author[row["client_id"]], row["of"]), []).append(row["client_id"])
    return sum(wanted[key] != stands[key] for key in wanted)
