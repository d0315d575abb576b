"""A reader is killed between writing and its commit, anywhere: the next one comes to the same numbers (P1)."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from analytics import again, anew, reader, reconcile, tasks, writing
from analytics.models import Fact, Kind, Reading, Rollup, SubjectRead
from analytics.numbers import Scope, counts
from analytics.place import reading
from bench.dataset import BEGINS, fill
from bench.dataset.cast import make_cast, make_workspace
from bench.dataset.sinks import Inserts
from conversations.actions import trash
from conversations.models import Conversation
from tests.analytics.test_reader import all_facts, all_rollups
from tests.servers import urls_of_the_test_database
from workspaces.models import Member, Workspace
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


# It makes roll-ups anew, a week a piece, and never commits the piece of this number.
ADDING_UP = """
import sys, time
import django
django.setup()
from analytics import anew
anew.DAYS = anew.MOST_DAYS = 7
left, piece = int(sys.argv[2]), anew._piece
def and_wait(place, days):
    global left
    done, left = piece(place, days), left - 1
    if left == 0:
        print("written", flush=True)
        time.sleep(60)
    return done
anew._piece = and_wait
while anew.go_on(int(sys.argv[1])):
    pass
"""


def killed_in(workspace_pk: int, piece: int, script: str = READING, meanwhile=None) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", script, str(workspace_pk), str(piece)],
        env=os.environ | urls_of_the_test_database(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout.readline().strip() == "written", "the reader did not get so far"
        if meanwhile:
            meanwhile()
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


@pytest.fixture
def made():
    workspace = make_workspace("made")
    with workspace_scope(workspace):
        cast = make_cast(workspace, BEGINS)
        with connection.cursor() as cursor:
            fill(Inserts(cursor, workspace.pk), cast, 40, seed=3, first_id=20_000_000)
    return workspace


def test_killed_anywhere_and_run_again(made):
    pk = made.pk
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


def test_killed_while_it_adds_up_anew(made, monkeypatch):
    """Another time zone (P1): killed in a piece, nothing of it is there; reports and writers do not wait, the log is read after."""
    pk = made.pk
    read_all(pk)
    Workspace.objects.filter(pk=pk).update(time_zone="America/New_York")
    year = Scope(date(2025, 1, 1), date(2027, 12, 31), "America/New_York")
    monkeypatch.setattr(reader, "PATIENCE", 0.2)
    gone: list[Conversation] = []

    def said() -> dict[str, int]:
        with workspace_scope(pk):
            return {one.kind: one.n for one in counts(year, Kind.values)}

    def meanwhile() -> None:
        assert said() == before
        with workspace_scope(pk):
            gone.append(Conversation.objects.present().first())
            trash(gone[-1], by=Member.objects.filter(workspace=pk).first())
            assert reader.read(pk) == 0  # it comes again in some seconds

    for piece in (2, 4):
        before = said()
        killed_in(pk, piece, ADDING_UP, meanwhile)
        with workspace_scope(pk):
            at = Reading.objects.get().anew_at
        assert at is not None and said() == before
        with reading(pk) as place:  # by its number: what is done later in a made world is no news to its log
            assert writing.write_conversations([gone[-1].pk], place.days, timezone.now())
        assert said() != before
    tasks.read_again()
    while anew.go_on(pk):
        pass
    with workspace_scope(pk):
        done = all_rollups()
        assert Reading.objects.get().anew_at is None
        Reading.objects.get().begin_anew()
    anew.go_on(pk)
    with workspace_scope(pk):
        assert all_rollups() == done
    assert (
        reconcile.compare_rollups(pk, "America/New_York", date(2025, 1, 1), date(2027, 12, 31), at_once=2000)
        == []
    )
