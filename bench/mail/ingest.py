"""What taking in one mail costs, kept, understood and committed, beside the usual way: policy.default and five statements (E1).

Ours keeps each mail in a transaction of its own, as a door does before it says "yes", then understands all that wait, as
the worker does. `ours, one at a time` is a quiet day.
"""

import argparse
import itertools
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.mail.parse import letter, naive
from bench.report import Figures, timed
from channels_app.email import parse, payloads
from channels_app.models import InboundPayload
from config.demo.build import remove
from inboxes.actions import connect_channel, create_inbox
from inboxes.models import Channel
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

TIMES = 50  # as many as the worker takes at once
TABLES = ("raw", "contact", "conversation", "message", "event")
_numbers = itertools.count(1)


def numbered(raw: bytes) -> bytes:
    """Another mail of the same shape: its own id, its own sender, no thread."""
    number = f"{next(_numbers)}-{uuid.uuid4().hex[:6]}".encode()
    raw = raw.replace(b"<CA+abc@mail.example>", b"<" + number + b"@mail.example>")
    return raw.replace(b"<ada@customer.example>", b"<ada-" + number + b"@customer.example>")


def usual(own, raw: bytes) -> None:
    """Parse by policy.default, then one insert a table, in one transaction. `own` is a connection of its own."""
    naive(raw)
    with own.transaction(), own.cursor() as cursor:
        for table in TABLES:
            body = raw if table == "raw" else b"x"
            cursor.execute(f"insert into bench_{table} (name, body) values (%s, %s)", ["x", body])  # noqa: S608


def kept(channel: Channel, raw: bytes) -> int:
    with workspace_scope(channel.workspace_id):
        return payloads.keep(channel, source="bench", external_id=payloads.print_of(raw), raw=raw).pk


def one_by_one(channel: Channel, mails: list[bytes]) -> None:
    for raw in mails:
        assert payloads.understand(channel.workspace_id, kept(channel, raw)), "a mail was not understood"


def ours(channel: Channel, mails: list[bytes]) -> None:
    ids = [kept(channel, raw) for raw in mails]
    payloads.understand_many(channel.workspace_id, ids)
    with workspace_scope(channel.workspace_id):
        left = InboundPayload.objects.filter(pk__in=ids, processed_at=None).count()
    assert not left, "a mail was not understood"


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./parley bench mail ingest", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds, shape = parser.parse_args(arguments).rounds, letter()
    figures, unit = Figures("mail ingest"), "us CPU a mail, this process"
    with _place() as channel, _tables() as own:
        for _ in range(rounds):
            for label, work in (
                ("usual", lambda mails: [usual(own, raw) for raw in mails]),
                ("ours", lambda mails: ours(channel, mails)),
                ("ours, one at a time", lambda mails: one_by_one(channel, mails)),
                ("of which keeping", lambda mails: [kept(channel, raw) for raw in mails]),
                ("of which reading", lambda mails: [parse(raw, cuts_html=False) for raw in mails]),
            ):
                mails = [numbered(shape) for _ in range(TIMES)]
                wall, busy = timed(lambda work=work, mails=mails: work(mails))
                figures.add(label, unit, busy / TIMES * 1e6)
                figures.add(label, "us wall a mail, with PostgreSQL", wall / TIMES * 1e6)
    ratio = figures.middle("usual", unit) / figures.middle("ours", unit)
    figures.goal("E1", "policy.default and five statements over ours", ratio, 3.5, least=True)
    return figures.tell()


@contextmanager
def _tables() -> Iterator[psycopg.Connection]:
    """Five plain tables for the other side, gone afterwards; only the owning role may make them."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as own:
        for table in TABLES:
            own.execute(f"drop table if exists bench_{table}")
            own.execute(f"create table bench_{table} (id bigserial primary key, name text, body bytea)")
        try:
            yield own
        finally:
            for table in TABLES:
                own.execute(f"drop table bench_{table}")


class _place:
    """A channel to write to, gone afterwards."""

    def __enter__(self) -> Channel:
        self.workspace = Workspace.objects.create(
            name="Bench", slug=f"bench-{uuid.uuid4().hex[:8]}", is_demo=True
        )
        self.nudge, payloads.nudge = payloads.nudge, lambda: None  # the worker would take them from us
        with workspace_scope(self.workspace):
            inbox = create_inbox(name="Bench")
            return connect_channel(
                inbox, kind="email", name="Bench", identifier=f"{self.workspace.slug}@x.example"
            )

    def __exit__(self, *told) -> None:
        payloads.nudge = self.nudge
        remove(self.workspace)
