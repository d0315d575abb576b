"""A made world for tests of numbers: written once for a module, read by what derives facts, taken back at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from bench.dataset import BEGINS, fill
from bench.dataset.cast import Cast, make_cast, make_workspace
from bench.dataset.sinks import Inserts
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

# Far above what sequences give while the tests run: what the product writes beside it does not collide.
FIRST_ID = 10_000_000


@dataclass(frozen=True)
class World:
    workspace: Workspace
    cast: Cast
    known: dict[str, Any]


@contextmanager
def made_world(conversations: int, seed: int) -> Iterator[World]:
    """Its scope stays open inside."""
    workspace = make_workspace("made")
    with workspace_scope(workspace):
        cast = make_cast(workspace, BEGINS)
        with connection.cursor() as cursor:
            known = fill(Inserts(cursor, workspace.pk), cast, conversations, seed=seed, first_id=FIRST_ID)
        connection.check_constraints()  # once here, and not after every test
        yield World(workspace, cast, known)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Some two hundred conversations of a year, in a transaction and a scope that stay open until the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        with made_world(240, seed=7) as world:
            yield world
        transaction.set_rollback(True)


@pytest.fixture
def world_of(db):
    """Makes a small one: `with world_of(60) as world`."""
    return partial(made_world, seed=11)
