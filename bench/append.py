"""What one persisted message costs, alone and in batches: the write of a live chat without its socket."""

from bench.report import report, timed
from bench.scene import inbound, scene
from conversations.append import append
from workspaces.scope import workspace_scope

MESSAGES = 400


def run(rounds: int) -> None:
    wall: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    with scene(200) as (member, conversations):
        for _ in range(rounds):
            for size in (1, 20, 60):
                seconds, busy = timed(lambda size=size: _write(member, conversations, size))
                wall.setdefault(f"batches of {size}", []).append(seconds / MESSAGES * 1e6)
                cpu.setdefault(f"batches of {size}", []).append(busy / MESSAGES * 1e6)
    report("append wall", wall, "microseconds a message, committed")
    report("append cpu", cpu, "microseconds a message, this process")


def _write(member, conversations, size: int) -> None:
    for start in range(0, MESSAGES, size):
        batch = [
            inbound(conversations[n % len(conversations)], "Is it dimmable?")
            for n in range(start, start + size)
        ]
        with workspace_scope(member.workspace_id):
            append(batch)
