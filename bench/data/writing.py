"""D6: messages written in batches through append(), with and without the trigger that keeps search."""

import time

from django.db import connection

BATCH, BATCHES = 100, 10


def measure(rounds: int) -> dict[str, list[float]]:
    """Messages a second, in turns. Connected as a superuser, who may switch the trigger; writes as the serving role."""
    samples: dict[str, list[float]] = {}
    targets = conversations()
    for number in range(-1, max(3, rounds // 10)):
        for label, switch in (("with search", "enable"), ("without search", "disable")):
            role("none")
            run(f"alter table conversations_message {switch} trigger search_new")
            role("parley_app")
            speed = write(targets)
            if number >= 0:
                samples.setdefault(label, []).append(speed)
    role("none")
    run("alter table conversations_message enable trigger search_new")
    return samples


def conversations() -> list:
    from conversations.models import Conversation
    from workspaces.scope import workspace_scope

    with workspace_scope(1):
        return list(Conversation.objects.filter(status="open")[: BATCH * BATCHES])


def write(targets: list) -> float:
    from bench.scene import inbound
    from conversations.append import append
    from workspaces.scope import workspace_scope

    text = (
        "The dimmer in the kitchen flickers at night, and the new one that you sent us last week does so too. "
        * 2
    )
    began = time.perf_counter()
    for batch in range(BATCHES):
        with workspace_scope(1):
            append([inbound(targets[(batch * BATCH + n) % len(targets)], text) for n in range(BATCH)])
    return BATCH * BATCHES / (time.perf_counter() - began)


def role(name: str) -> None:
    run(f"set role {name}")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
