"""A reader is killed between writing and its commit, anywhere: the next one comes to the same numbers (P1)."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from analytics import again, reader, reconcile, tasks
from analytics.models import Fact, Reading, Rollup, SubjectRead
from bench.dataset import BEGINS, fill
from bench.dataset.cast import make_cast, make_workspace
from bench.dataset.sinks import Inserts
from tests.analytics.test_reader import all_facts, all_rollups
from tests.servers import urls_of_the_test_database
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])

# It reads in small pieces, and never commits the one of this number.
READING = """
import sys, time
import django
django.setup()
from analytics import again, reader, rollups
reader.EVENTS, reader.SUBJECTS, again.BATCH = 60, 7, 7
left, apply = int(sys.argv[2]), rollups.apply
def and_wait(changes):
    global left
    done, left = apply(changes), left - 1
    if left == 0:
        print("written", flush=True)
        time.sleep(60)
    return done
rollups.apply = and_wait
pk = int(sys.argv[1])
reader.read(pk)
while again.go_on(pk):
    pass
"""


def killed_in(workspace_pk: int, piece: int) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", READING, str(workspace_pk), str(piece)],
        env=os.environ | urls_of_the_test_database(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout.readline().strip() == "written", "the reader did not get so far"
    finally:
        worker.kill()
        worker.wait()


def read_all(pk: int) -> tuple[Counter, Counter]:
    reader.read(pk)
    while again.go_on(pk):
        pass
    with workspace_scope(pk):
        return all_facts(), all_rollups()


def forget(pk: int, **place) -> None:
    with workspace_scope(pk):
        for model in (Fact, Rollup, SubjectRead):
            model.objects.all().delete()
        Reading.objects.update(**place) if place else Reading.objects.all().delete()


def test_killed_anywhere_and_run_again():
    workspace = make_workspace("made")
    with workspace_scope(workspace):
        cast = make_cast(workspace, BEGINS)
        with connection.cursor() as cursor:
            fill(Inserts(cursor, workspace.pk), cast, 40, seed=3, first_id=20_000_000)
    pk = workspace.pk
    known = read_all(pk)
    assert sum(known[0].values()) > 100
    forget(pk)
    killed_in(pk, 3)  # in the middle of the history
    with workspace_scope(pk):
        assert 0 < Fact.objects.count() < sum(known[0].values())
    assert read_all(pk) == known
    forget(pk, event_id=0)
    killed_in(pk, 2)  # in the middle of the log
    assert read_all(pk) == known
    forget(pk)
    tasks.read_log()
    tasks.read_again()
    tasks.compare()
    with workspace_scope(pk):
        assert (all_facts(), all_rollups()) == known
        assert reconcile.latest().drift == [] and reconcile.latest().looked_at > 40
