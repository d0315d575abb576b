"""One scale, asked through Parley's own code as the serving role. Prints samples and plans as JSON.

`python -m bench.data.ask NAME ROUNDS` with the environment of the scale (place.environment_of).
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BIGGEST = 1  # the workspace with half of everything


def main() -> None:
    """With --powerful the connection is a superuser's: plans of what runs inside functions are told to no one else."""
    django.setup()
    name, rounds, powerful = sys.argv[1], int(sys.argv[2]), "--powerful" in sys.argv
    from bench.data import plans, questions, writing

    chance = random.Random(7)  # noqa: S311  the same questions every time
    if name == "write":
        result = writing.measure(rounds)
    elif name == "rls":
        result = with_and_without(questions.reads(chance) | questions.searches(chance), rounds)
    elif powerful:
        result = plans.of(questions.QUESTIONS[name](chance))
    else:
        result = read(questions.QUESTIONS[name](chance), rounds)
    print(json.dumps(result))


def timed(ask: Callable[[int], object], number: int) -> float:
    """Milliseconds of one answer inside the scope."""
    from workspaces.scope import workspace_scope

    with workspace_scope(BIGGEST):
        began = time.perf_counter()
        ask(number)
        return (time.perf_counter() - began) * 1000


def read(questions: dict[str, Callable[[int], object]], rounds: int) -> dict[str, list[float]]:
    """Each question a few times unmeasured, then `rounds` times, all of them taking turns."""
    samples: dict[str, list[float]] = {label: [] for label in questions}
    for number in range(-8, rounds):
        for label, ask in questions.items():
            spent = timed(ask, number)
            if number >= 0:
                samples[label].append(spent)
    return samples


def with_and_without(questions: dict[str, Callable[[int], object]], rounds: int) -> dict[str, list[float]]:
    """The same questions in turns as the serving role and as one above the policies (D7)."""
    from django.db import connection

    samples: dict[str, list[float]] = {}
    for number in range(-5, rounds):
        for label, ask in questions.items():
            for role in ("parley_app", "none"):
                with connection.cursor() as cursor:
                    cursor.execute(f"set role {role}")
                spent = timed(ask, abs(number))
                if number >= 0:
                    samples.setdefault(
                        f"{label}, policies {'on' if role == 'parley_app' else 'off'}", []
                    ).append(spent)
    return samples


if __name__ == "__main__":
    main()
