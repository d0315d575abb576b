"""Everything once more while others work: `python -m bench.data.reports_again`. Prints JSON.

One process makes the roll-ups anew for another time zone, back for the workspace's own, and reads the whole history again.
This one asks a number of ninety days meanwhile, writes a message (taken back: the known answers stay), and looks at the log
as the worker does; all three also before, with nobody at work.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

ELSEWHERE = "America/New_York"
ALONE = 30
# What is done, by its argument.
WORK = {"zone": "roll-ups for another time zone", "back": "and back", "again": "reading everything again"}


def main() -> None:
    django.setup()
    if len(sys.argv) > 2:
        return do(sys.argv[1], int(sys.argv[2]))
    from bench.data.reports_asked import first_member

    member = first_member()
    asked = meanwhile(member)
    spent: dict[str, float] = {}
    samples = {f"{what}, nobody at work": [timed(one) for _n in range(ALONE)] for what, one in asked.items()}
    for name, said in WORK.items():
        begin(name, member.workspace)
        began = time.perf_counter()
        command = [sys.executable, "-m", "bench.data.reports_again", name, str(member.workspace_id)]
        worker = subprocess.Popen(command)
        while worker.poll() is None:
            for what, one in asked.items():
                samples.setdefault(f"{what}, beside {said}", []).append(timed(one))
            time.sleep(0.05)
        if worker.returncode:
            raise SystemExit(f"{said}: {worker.returncode}")
        spent[said] = time.perf_counter() - began
    print(json.dumps({"spent": spent, "samples": samples}))
    return None


def begin(name: str, workspace) -> None:
    from analytics import again
    from workspaces.models import Workspace

    if name == "again":
        return again.ask(workspace.pk)
    zone = ELSEWHERE if name == "zone" else workspace.time_zone
    Workspace.objects.filter(pk=workspace.pk).update(time_zone=zone)
    return None


def do(name: str, workspace_id: int) -> None:
    from analytics import again, anew

    work = again if name == "again" else anew
    while work.go_on(workspace_id, seconds=3600):
        time.sleep(0.2)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def meanwhile(member) -> dict[str, Callable[[], object]]:
    from django.db import transaction

    from analytics import reader
    from bench.data.reports_asked import questions
    from bench.scene import inbound
    from conversations.append import append
    from conversations.models import Conversation
    from workspaces.scope import workspace_scope

    with workspace_scope(member.workspace_id):
        number = questions(member)["90 days: first response by member"]
        row = Conversation.objects.present().order_by("-pk").first()
    assert row is not None

    def ask() -> None:
        with workspace_scope(member.workspace_id):
            number()

    def write() -> None:
        with workspace_scope(member.workspace_id):
            append([inbound(row, "One more.")])
            transaction.set_rollback(True)

    return {
        "first response by member": ask,
        "a message": write,
        "a look at the log": lambda: reader.read(member.workspace_id, seconds=5),
    }


if __name__ == "__main__":
    main()
