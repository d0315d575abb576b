"""One scale's reports, asked in a process of its own: `python -m bench.data.reports_asked ROUNDS KNOWN`. Prints JSON.

What is asked first is whether the numbers are right: a fast wrong report is worth nothing.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TABLES = (
    "analytics_fact", "analytics_rollup", "analytics_subjectread", "analytics_openthen", "conversations_message",
    "events_event",
)  # fmt: skip
SIZE = "select round(pg_total_relation_size(%s::regclass) / 1048576.0, 1)::float8"
RANGE = "from=2026-08-01&to=2026-10-29"
NINETY = (date(2026, 8, 1), date(2026, 10, 29))


def main() -> None:
    django.setup()
    rounds, known = int(sys.argv[1]), Path(sys.argv[2])
    member = first_member()
    reading = read(member.workspace_id)
    told = {
        "reading": reading,
        "wrong": wrong(member, json.loads(known.read_text())),
        "sizes": sizes(),
        "numbers": numbers_of(member, rounds),
    }
    print(json.dumps(told | pages_of(member, max(5, rounds // 2))))


def first_member():
    from workspaces.models import Member

    return Member.objects.select_related("workspace", "user").earliest("pk")


def read(workspace_id: int) -> dict[str, float]:
    """Follow the log to its end, history included. How long history took, whenever that was."""
    from analytics import again, open_then, reader
    from analytics.models import Fact, Reading
    from workspaces.scope import workspace_scope

    reader.read(workspace_id, seconds=3600)
    while again.go_on(workspace_id, seconds=3600):
        pass
    open_then.make_marks(workspace_id, seconds=3600)
    analyze()
    with workspace_scope(workspace_id):
        place, facts = Reading.objects.get(), Fact.objects.count()
    spent = (place.again_done_at - place.again_asked_at).total_seconds()
    return {"reading all history": spent, "facts read a second": facts / spent}


def analyze() -> None:
    """The statistics that autovacuum brings within a minute."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    from bench.data.place import admin_dsn

    name = conninfo_to_dict(os.environ["DATABASE_URL"])["dbname"]
    with psycopg.connect(admin_dsn(str(name)), autocommit=True) as admin:
        for table in TABLES[:4]:
            admin.execute(f"vacuum analyze {table}")


def wrong(member, known: dict[str, Any]) -> list[str]:
    """Where reports say something else than the maker knows."""
    from analytics import numbers
    from analytics.scope import Scope
    from workspaces.scope import workspace_scope

    found = []
    with workspace_scope(member.workspace_id):
        for name, told in known["scopes"].items():
            scope = Scope(
                date.fromisoformat(told["first"]),
                date.fromisoformat(told["last"]),
                known["zone"],
                kinds=(told["kind"],) if "kind" in told else (),
                inboxes=(told["inbox"],) if "inbox" in told else (),
            )
            kinds = list(known["numbers"][name])
            said = {
                (one.kind, f"member:{one.by}"): one.n for one in numbers.counts(scope, kinds, by="member")
            }
            said |= {(one.kind, ""): one.n for one in numbers.counts(scope, kinds)}
            for kind, parts in known["numbers"][name].items():
                for part, (n, _seconds) in parts.items():
                    if said.get((kind, part), 0) != n:
                        found.append(f"{name}, {kind}, {part}: {said.get((kind, part), 0)} for {n}")
            found += wrong_sums(numbers.spreads(replace(scope, clock="c"), kinds), known["numbers"][name])
    return found


def wrong_sums(spreads: list, right: dict[str, dict[str, list[int]]]) -> list[str]:
    return [
        f"seconds of {one.kind}: {one.histogram.total} for {right[one.kind][''][1]}"
        for one in spreads
        if right[one.kind][""][1] and one.histogram.total != right[one.kind][""][1]
    ]


def sizes() -> dict[str, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(SIZE, [table])
            found[table] = cursor.fetchone()[0]
        return found


# ── Numbers beside the list of the inbox ──


def numbers_of(member, rounds: int) -> dict[str, list[float]]:
    from workspaces.scope import workspace_scope

    samples: dict[str, list[float]] = {}
    with workspace_scope(member.workspace_id):
        asked = questions(member)
    for number in range(-3, rounds):
        for label, work in asked.items():
            with workspace_scope(member.workspace_id):
                began = time.perf_counter()
                work()
                if number >= 0:
                    samples.setdefault(label, []).append((time.perf_counter() - began) * 1000)
    return samples


def questions(member) -> dict[str, Callable[[], object]]:
    """Ninety days each (D5)."""
    from analytics import numbers, standing
    from analytics.models import Fact, Kind
    from analytics.scope import Scope
    from conversations.queries import get_view, page_of

    scope, view = Scope(*NINETY, "Europe/Paris"), get_view("open")
    team = Fact.objects.exclude(team_id=0).values_list("team_id", flat=True)[:1]
    theirs, his = replace(scope, teams=tuple(team)), replace(scope, members=(member.pk,))
    volume = [Kind.CREATED, Kind.CLOSED, Kind.REOPENED]
    answers = [Kind.FIRST_RESPONSE, Kind.RESPONSE, Kind.WAIT]
    return {
        "list of 50": lambda: page_of(view, member),
        "90 days: volume by day": lambda: numbers.counts(scope, volume, grain="day"),
        "90 days: busy hours": lambda: numbers.counts(scope, [Kind.CREATED], grain="weekday_hour"),
        "90 days: response times": lambda: numbers.spreads(scope, answers),
        "90 days: first response by member": lambda: numbers.spreads(
            scope, [Kind.FIRST_RESPONSE], by="member"
        ),
        "90 days: response times by week": lambda: numbers.spreads(scope, answers, grain="week"),
        "90 days: chats by page": lambda: numbers.counts(scope, [Kind.CREATED], by="page"),
        "90 days: backlog": lambda: numbers.backlog(scope),
        "90 days: backlog of one person": lambda: numbers.backlog(his),
        "a page of who stood open": lambda: list(standing.behind(scope, standing.THEN, at=scope.last)[:51]),
        "90 days: busy hours of a team": lambda: numbers.counts(theirs, [Kind.CREATED], grain="weekday_hour"),
    }


# ── Pages ──


def pages_of(member, rounds: int) -> dict[str, dict]:
    """Every report's page through the whole of Django, each in turn, after one unmeasured look."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    samples: dict[str, list[float]] = {}
    queries: dict[str, int] = {}
    for number in range(-1, rounds):
        for label, address in addresses(member.workspace.slug).items():
            began = time.perf_counter()
            response = client.get(address, secure=True)
            spent = (time.perf_counter() - began) * 1000
            if response.status_code != 200:
                raise SystemExit(f"{address}: {response.status_code}")
            if number < 0:
                with CaptureQueriesContext(connection) as asked:
                    client.get(address, secure=True)
                queries[label] = sum(is_a_question(one["sql"]) for one in asked.captured_queries)
            else:
                samples.setdefault(label, []).append(spent)
    return {"pages": samples, "queries": queries}


def is_a_question(sql: str) -> bool:
    """Neither what begins, binds and ends a transaction."""
    first = sql.lstrip().partition(" ")[0].lower()
    return first in ("select", "with") and "set_config" not in sql


def addresses(slug: str) -> dict[str, str]:
    from django.urls import reverse

    from analytics.reports import PAGES

    found = {"page: overview": f"{reverse('analytics:home', args=[slug])}?{RANGE}"}
    for key in PAGES:
        found[f"page: {key}"] = f"{reverse('analytics:report', args=[slug, key])}?{RANGE}"
    found["page: live board"] = reverse("analytics:live", args=[slug])
    found["page: bots"] = f"{reverse('analytics:bots', args=[slug])}?{RANGE}"
    found["page: who stood open"] = (
        f"{reverse('analytics:behind', args=[slug])}?{RANGE}&what=open_then&step=day&at={NINETY[1]}"
    )
    found["page: behind"] = f"{reverse('analytics:behind', args=[slug])}?{RANGE}&what=created"
    return found


if __name__ == "__main__":
    main()
