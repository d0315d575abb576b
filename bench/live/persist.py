"""L3, L4: a message over the socket, written, acknowledged to its sender and shown to an agent; 64 at once, closed loop.

Ours does what the product does (limits, copies, counters, log, reactions owed, the agent's markup drawn); the peers write
three rows and pass the words on.
"""

import asyncio
import json
import time
import uuid

from bench.live import node
from bench.live.client import dial
from bench.live.crowd import crowd
from bench.live.processes import cpu_of, services, started
from bench.scene import inbound, scene
from conversations.append import append
from workspaces.scope import workspace_scope

EACH = 8  # messages a visitor in a round, below their limit
FLIGHT = 64
BODY = "Is the lamp dimmable, and do you ship to Lyon before Friday? We would need four of them."


def measure(figures, asked, runner) -> None:
    visitors = 100 if asked.quick else 400
    names = ["ours", "bare"] + (["ws", "socketio"] if node.available() else [])
    if "ws" in names:
        node.make_tables()
    try:
        with scene(100) as alone, crowd(visitors) as people, started(names) as servers:
            _rounds(figures, asked, runner, people, servers, alone)
    finally:
        if "ws" in names:
            node.drop_tables()
    _judge(figures, names)


def _rounds(figures, asked, runner, people, servers, alone) -> None:
    kept = services()
    scenes = {name: runner.run(MAKERS[name](server, people)) for name, server in servers.items()}
    for number in range(asked.rounds + 1):
        for name, place in scenes.items():
            people.forget_limits()
            used = {"app": servers[name].cpu(), **{key: cpu_of(pid) for key, pid in kept.items()}}
            began = time.perf_counter()
            total = runner.run(place.take())
            wall = time.perf_counter() - began
            spent = {"app": servers[name].cpu(), **{key: cpu_of(pid) for key, pid in kept.items()}}
            if number == 0:  # the first warms connections and prepared statements
                continue
            for key in used:
                figures.add(f"{name}, {key}", "CPU us a message", (spent[key] - used[key]) / total * 1e6)
            figures.add(name, "CPU us a message", sum(spent[k] - used[k] for k in used) / total * 1e6)
            figures.add(name, "messages per second", total / wall)
        _batch_alone(figures, alone, kept, number)


def _batch_alone(figures, alone, kept: dict[str, int], number: int) -> None:
    """The write alone, 20 at a time, as it goes through our own statement; in a workspace that nobody listens to."""
    member, rows = alone
    stored, cpu = cpu_of(kept["postgres"]) if "postgres" in kept else 0.0, time.process_time()
    for start in range(0, 400, 20):
        batch = [inbound(rows[n % len(rows)], BODY) for n in range(start, start + 20)]
        with workspace_scope(member.workspace_id):
            append(batch)
    if number:
        spent = time.process_time() - cpu + (cpu_of(kept["postgres"]) - stored if "postgres" in kept else 0)
        figures.add("write of 20 alone", "CPU us a message", spent / 400 * 1e6)


def _judge(figures, names: list[str]) -> None:
    cost = {name: figures.middle(name, "CPU us a message") for name in names}
    if "ws" in names:
        figures.goal(
            "L3",
            "CPU a message, ours to socket.io in three statements",
            cost["ours"] / cost["socketio"],
            0.25,
        )
        figures.goal("L3", "CPU a message, ours to ws in one statement", cost["ours"] / cost["ws"], 0.40)
    ceiling = cost["bare"] + figures.middle("write of 20 alone", "CPU us a message")
    figures.goal(
        "L4", "of the ceiling (bare echo and the write of 20)", ceiling / cost["ours"], 0.70, least=True
    )


class Scene:
    """Senders with so many messages each; a message is done when everybody who must hear of it has."""

    def __init__(self, lines: list, words: list[bytes], hearers: int):
        self.lines, self.hearers = lines, hearers
        self.place = {line: number for number, line in enumerate(lines)}
        self.words = words
        self.heard: dict[int, int] = {}
        self.waiting: list[int] = []
        self.left: list[int] = []
        self.done: asyncio.Future

    async def take(self) -> int:
        self.done = asyncio.get_running_loop().create_future()
        self.left = [EACH] * len(self.lines)
        self.waiting = list(range(len(self.lines)))
        self.heard = {}
        self.open = len(self.lines) * EACH
        for _ in range(min(FLIGHT, len(self.lines))):
            self._next()
        await asyncio.wait_for(self.done, 120)
        return len(self.lines) * EACH

    def _next(self) -> None:
        if self.waiting:
            number = self.waiting.pop(0)
            self.left[number] -= 1
            self.heard[number] = 0
            self.say(number)

    def say(self, number: int) -> None:
        self.lines[number].say(self.words[number].replace(b"CLIENT-ID", str(uuid.uuid4()).encode()))

    def told(self, number: int, agent: bool = False) -> None:
        """Its sender, or the agent, heard of the message of this sender."""
        self.heard[number] += 1
        if self.heard[number] < self.hearers:
            return
        self.open -= 1
        if self.left[number]:
            self.waiting.append(number)
        self._next()
        if not self.open and not self.done.done():
            self.done.set_result(None)


async def _ours(server, people, make: type[Scene] = Scene) -> Scene:
    by_conversation = {person.conversation: number for number, person in enumerate(people.people)}
    scene: Scene

    def to_sender(line, raw: bytes) -> None:
        if raw.startswith(b'{"t": "ack"'):
            scene.told(scene.place[line])
        elif raw.startswith(b'{"t": "refused"'):
            raise AssertionError(raw)

    def to_agent(line, raw: bytes) -> None:
        if raw.startswith(b'{"t": "event"'):
            frame = json.loads(raw)
            if frame["type"] == "message.received":
                scene.told(by_conversation[frame["conversation"]], agent=True)

    lines = await people.visitors(server.port, len(people.people), to_sender)
    await people.agents(server.port, 1, to_agent)
    words = [
        json.dumps(
            {"t": "send", "client_id": "CLIENT-ID", "body": BODY, "conversation": person.public_id}
        ).encode()
        for person in people.people
    ]
    scene = make(lines, words, hearers=2)
    return scene


async def _bare(server, people, make: type[Scene] = Scene) -> Scene:
    scene: Scene
    lines = [
        await dial(server.port, "/", lambda line, raw: scene.told(scene.place[line])) for _ in people.people
    ]
    scene = make(lines, [json.dumps({"t": "send", "body": BODY}).encode()] * len(lines), hearers=1)
    return scene


async def _ws(server, people, make: type[Scene] = Scene) -> Scene:
    scene: Scene

    def to_agent(line, raw: bytes) -> None:
        scene.told(json.loads(raw)["conversation"] - 1, agent=True)

    lines = [
        await dial(server.port, "/", lambda line, raw: scene.told(scene.place[line])) for _ in people.people
    ]
    (await dial(server.port, "/", to_agent)).tell(t="agent")
    words = [
        json.dumps({"t": "send", "conversation": number + 1, "body": BODY}).encode()
        for number in range(len(lines))
    ]
    scene = make(lines, words, hearers=2)
    return scene


async def _socketio(server, people, make: type[Scene] = Scene) -> Scene:
    """Engine.IO over the socket: `0` opens, `40` joins, `2` is its ping, `42[...]` an event."""
    scene: Scene

    def to_sender(line, raw: bytes) -> None:
        if raw.startswith(b"42"):
            scene.told(scene.place[line])
        else:
            _answer(line, raw)

    def to_agent(line, raw: bytes) -> None:
        if raw.startswith(b"42"):
            scene.told(json.loads(raw[2:])[1]["conversation"] - 1, agent=True)
        else:
            _answer(line, raw)

    path = "/socket.io/?EIO=4&transport=websocket"
    lines = [await dial(server.port, path, to_sender) for _ in people.people]
    agent = await dial(server.port, path, to_agent)
    await asyncio.sleep(0.5)
    agent.say(b'42["agent"]')
    words = [
        b"42" + json.dumps(["send", {"conversation": number + 1, "body": BODY}]).encode()
        for number in range(len(lines))
    ]
    scene = make(lines, words, hearers=2)
    return scene


def _answer(line, raw: bytes) -> None:
    if raw.startswith(b"0"):
        line.say(b"40")
    elif raw == b"2":
        line.say(b"3")


MAKERS = {"ours": _ours, "bare": _bare, "ws": _ws, "socketio": _socketio}
