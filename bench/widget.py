"""What visitors of customers' sites cost: 10,000 page views of a channel with twenty chatflows, and one choice among them."""

import contextlib
import itertools
import time
import uuid

from django.db import connection, transaction
from django.test import Client

from bench.report import Figures, timed
from chatflows import actions, serving
from chatflows.selection import choose
from chatflows.targeting import Facts
from chatflows.widget import answers
from events.dispatch import valkey
from inboxes.actions import connect_channel, create_inbox
from inboxes.models import Channel
from workspaces.models import Member, User, Workspace
from workspaces.scope import workspace_scope

FLOWS, VIEWS, PAGES = 20, 10_000, 500
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"


def run(rounds: int) -> int:
    """Returns how many goals were missed. Everything is made in one transaction, and undone with it.

    What is kept for thirty seconds is kept for an hour here: the figures are those of warm page views.
    """
    serving.KEPT = answers.KEPT = 3600.0
    figures = Figures("widget")
    with transaction.atomic():
        workspace = Workspace.objects.create(name="Bench", slug=f"bench-{uuid.uuid4().hex[:8]}")
        user = User.objects.create_user(f"{workspace.slug}@bench.example", None, name="Bench")
        member = Member.objects.create(workspace=workspace, user=user, role="owner", display_name="Bench")
        with workspace_scope(workspace):
            channel = connect_channel(create_inbox(name="Bench"), kind="chat", name="Bench")
            _fill(channel, member)
        for number in range(rounds):
            views(figures, channel.identifier, VIEWS if number == 0 else VIEWS // 10)
        selection(figures, channel.identifier)
        transaction.set_rollback(True)
    serving.forget()
    return figures.tell()


def _fill(channel: Channel, member) -> None:
    """Nineteen narrow ones of two addresses and a visitor rule each, above the one for everybody."""
    default = actions.default_flow(channel)
    for number in range(FLOWS - 1):
        flow = actions.create(channel, template="blank", name=f"Flow {number}", language="en", by=member)
        rules = [
            {"op": "begins", "value": f"shop.example/part-{number}"},
            {"op": "wildcard", "value": f"*.shop.example/*/{number}?*"},
        ]
        line = {"field": "page_views", "op": "gt", "value": 0}
        targeting = {"pages": "some", "show": rules, "visitor": {"any": [{"all": [line]}]}}
        actions.save_draft(flow, revision=None, by=member, targeting=targeting)
        actions.publish(flow, by=member)
    actions.move(default, "bottom")


def views(figures: Figures, key: str, count: int) -> None:
    """Page views through the whole of Django, one after the other; a query of any of them fails the goal."""
    client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT=BROWSER)
    addresses = [
        f"https://shop.example/part-{number % 40}/lamp-{number}?from=mail" for number in range(PAGES)
    ]
    for address in addresses[:40]:
        assert client.get(f"/live/config/{key}/", {"u": address}).status_code == 200
    queries = itertools.count()

    def counted(execute, *arguments):
        next(queries)
        return execute(*arguments)

    def all_views():
        for number in range(count):
            client.get(f"/live/config/{key}/", {"u": addresses[number % PAGES], "x": number % 100})

    before = _commands()
    with connection.execute_wrapper(counted):
        wall, cpu = timed(all_views)
    asked = _commands() - before
    figures.add("configuration, whole of Django, one process", "requests a second", count / wall)
    figures.add("configuration, whole of Django", "microseconds of CPU", cpu / count * 1e6)
    figures.add("Valkey commands", "a thousand page views", asked / count * 1000)
    figures.goal("no query", f"queries of {count} page views", next(queries), 0)


def _commands() -> int:
    with contextlib.suppress(Exception):
        return int(valkey().info("stats")["total_commands_processed"])
    return 0


def selection(figures: Figures, key: str) -> None:
    form = serving.compiled(key)
    for address, what in (
        ("https://shop.example/part-0/lamp", "the first fits"),
        ("https://shop.example/elsewhere", "none but the last fits"),
    ):
        facts = Facts(url=address)
        for _ in range(20):
            began = time.perf_counter()
            for _turn in range(200):
                choose(form.candidates, facts)
            each = (time.perf_counter() - began) / 200 * 1e6
            figures.add(f"one choice among {FLOWS}, {what}", "microseconds", each)
