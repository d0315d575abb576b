"""`./parley bench data contacts --import 100k`: a file of so many rows, one in a hundred with a mistake, taken in and back.

In a workspace of its own, which is taken away afterwards, through the code of the worker but without one.
"""

import resource
import threading
import time
from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.db import connections

from bench.report import Figures
from bench.scene import look_again, scene
from contacts.actions import create_contact
from contacts.imports import work
from contacts.models import Contact, ContactImport
from workspaces.scope import workspace_scope

ROWS = {"2k": 2_000, "20k": 20_000, "100k": 100_000}
# What the whole run may take over what the process had before it, whatever the length of the file.
MOST_MEMORY = 80


def measure(rows: str) -> int:
    """Print and keep the figures; returns how many goals were missed."""
    figures, n = Figures(f"data contacts import {rows}"), ROWS[rows]
    with scene(1) as (member, _conversations), scene(1) as (other, _theirs):
        file = _file(n)
        before = _memory()  # with the file: an upload of this size stands on the disk
        with workspace_scope(member.workspace_id):
            job = figures_of(figures, "read and kept", lambda: work.upload(file, by=member))
        for name, state in (("checked", "checking"), ("taken in", "running"), ("taken back", "undoing")):
            with workspace_scope(member.workspace_id):
                ContactImport.objects.filter(pk=job.pk).update(state=state, position=0)
            with Neighbour(other.workspace_id) as neighbour:
                figures_of(figures, name, lambda: work.run(member.workspace_id, job.pk))
            for spent in neighbour.spent:
                figures.add(f"a contact written by another workspace while it is {name}", "ms", spent)
            look_again()
            if state == "running":
                _right(figures, job, n)
        with workspace_scope(member.workspace_id):
            figures.goal("left", "contacts of the file that are left after it was taken back", _left(), 0)
        figures.goal("memory", "MB over what the process had", _memory() - before, MOST_MEMORY)
    return figures.tell()


class Neighbour(threading.Thread):
    """Somebody of another workspace, who makes a contact twenty times a second as long as this is open."""

    def __init__(self, workspace_id: int):
        super().__init__(daemon=True)
        self.workspace_id, self.over = workspace_id, threading.Event()
        self.spent: list[float] = []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        self.join()

    def run(self):
        while not self.over.wait(0.05):
            began = time.perf_counter()
            with workspace_scope(self.workspace_id):
                create_contact(name=f"Neighbour {len(self.spent)}")
            self.spent.append((time.perf_counter() - began) * 1000)
        connections.close_all()


def figures_of(figures: Figures, name: str, do):
    began = time.perf_counter()
    done = do()
    figures.add(f"{name}", "s", time.perf_counter() - began)
    return done


def _right(figures: Figures, job: ContactImport, n: int) -> None:
    with workspace_scope(job.workspace_id):
        job.refresh_from_db()
        wrong = abs(job.counts.get("failed", 0) - n // 100) + abs(_left() - (n - n // 100))
    figures.goal("rows", "rows that became something else than they should", wrong, 0)


def _left() -> int:
    return Contact.objects.filter(email__endswith="@import.example").count()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _file(n: int) -> UploadedFile:
    file = BytesIO()
    file.write(b"Name,Email,Phone,Company,City\n")
    for row in range(n):
        email = "not an address" if row % 100 == 50 else f"person-{row}@import.example"
        file.write(f"Person {row},{email},+33 1 {row:08},Company {row % 200},Lyon\n".encode())
    size = file.tell()
    file.seek(0)
    return UploadedFile(file, name="people.csv", content_type="text/csv", size=size)
