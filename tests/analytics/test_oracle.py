"""Reports against plain SQL: every kind, several scopes, told apart by everything, in every grain (AN-2, AN-3, AN-5).

And plain SQL against what the maker of the world knows without asking anybody.
"""

import math
from datetime import date

import pytest

from analytics import again, numbers, reader, where
from analytics.models import Kind
from analytics.scope import Scope
from tests.analytics import oracle

pytestmark = pytest.mark.django_db
ALL = [str(kind) for kind in Kind]
KNOWN_BY = {"kind": "kinds", "inbox": "inboxes"}
WHOLE = (date(2026, 3, 1), date(2026, 11, 22))
PARTS = (
    "member", "team", "chatflow", "version", "label", "country", "priority", "page", "source", "pipeline", "inbox",
    "channel", "channel_kind",
)  # fmt: skip
TIMED = (
    "closed", "reopened", "settled", "first_response", "first_by_owner", "response", "wait", "assigned", "handed_over",
    "bot_completed", "bot_abandoned", "bot_handed_over",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(world):
    """What the oracle finds; and the reader has read all history by then."""
    reader.read(world.workspace.pk)
    while again.go_on(world.workspace.pk):
        pass
    return oracle.everything()


@pytest.fixture(scope="module")
def scopes(world) -> list[Scope]:
    """Of everything a report can be filtered by, alone and two at once; days on which the clocks change; long and short."""
    cast = world.cast

    def whole(**filters) -> Scope:
        return Scope(*WHOLE, oracle.ZONE, **filters)

    return [
        whole(),
        Scope(date(2026, 3, 29), date(2026, 3, 29), oracle.ZONE),
        Scope(date(2026, 10, 25), date(2026, 10, 25), oracle.ZONE),
        Scope(date(2026, 10, 1), date(2026, 10, 31), oracle.ZONE, kinds=("chat",)),
        whole(inboxes=(cast.roads[1].inbox,)),
        whole(members=tuple(cast.members[:2])),
        whole(teams=(cast.teams[1],), kinds=("email",)),
        whole(labels=tuple(label for label, _ in cast.labels[:3])),
        whole(channels=(cast.roads[0].channel,), versions=(cast.bots[1].version,)),
        whole(priorities=("urgent", "high"), members=(cast.members[0],)),
        whole(countries=("FR", "DE"), pages=("/pricing", "/cart")),
    ]


def filters_of(scope: Scope) -> dict[str, tuple]:
    return {name: getattr(scope, name) for name in oracle.FILTERS if getattr(scope, name)}


def told(scope: Scope, found: list) -> list:
    return oracle.within(found, scope.first, scope.last, **filters_of(scope))


def cells(scope: Scope, rows: list, by: str = "", grain: str = "") -> dict[tuple, list]:
    """{(kind, value, moment): rows}, as a report's cells; told apart by label, only those that were asked for."""
    made: dict[tuple, list] = {}
    for value, those in oracle.by_part(rows, by).items():
        if by == "label" and scope.labels and int(value) not in scope.labels:
            continue
        for one in those:
            made.setdefault((one.kind, value, oracle.when(one, grain)), []).append(one)
    return made


# ── The maker and the oracle ──


def test_the_maker_and_the_oracle_agree(world, found):
    """Every kind whose numbers are known by construction, in every scope, whole and by member."""
    compared = 0
    for name, scope in world.known["scopes"].items():
        first, last = date.fromisoformat(scope["first"]), date.fromisoformat(scope["last"])
        filters = {KNOWN_BY[key]: (scope[key],) for key in KNOWN_BY if key in scope}
        inside = oracle.within(found, first, last, **filters)
        for kind, parts in world.known["numbers"][name].items():
            rows = [one for one in inside if one.kind == kind]
            assert len(rows) == parts[""][0], (name, kind)
            if parts[""][1]:
                assert sum(one.seconds for one in rows) == parts[""][1], (name, kind)
            members = {f"member:{who}": len(those) for who, those in oracle.by_part(rows, "member").items()}
            assert members == {part: n for part, (n, _) in parts.items() if part}, (name, kind)
            compared += 1
    assert compared > 60


def test_the_world_has_what_reports_get_wrong(world, found):
    """Both days on which clocks change, people who left, and what must not be counted at all."""
    numbers = world.known["numbers"]
    assert numbers["short day"]["created"][""][0] and numbers["long day"]["created"][""][0]
    gone = {f"member:{one}" for one in world.cast.members[-2:]}
    assert gone & set(numbers["whole"]["reply"])
    assert numbers["whole"]["created"][""][0] < world.known["rows"]["conversations"]
    kinds = {one.kind for one in found}
    assert {
        "reopened",
        "undone",
        "missed",
        "sla_breached",
        "bot_abandoned",
        "rated",
        "first_by_owner",
        "ticket_reopened",
    } <= kinds


# ── Reports and the oracle ──


def test_everything_is_counted_as_plain_sql_counts_it(found, scopes):
    for scope in scopes:
        rows = told(scope, found)
        for by in ("", *PARTS):
            right = {key: len(those) for key, those in cells(scope, rows, by).items()}
            said = {(one.kind, one.by, one.at): one.n for one in numbers.counts(scope, ALL, by=by)}
            assert said == right, (by, scope)


def test_hours_days_weeks_and_months_are_those_of_the_zone(found, scopes):
    """Hours also of each person, label, ...: from roll-ups, but for kinds that have values (and so with ALL) from facts."""
    assert where.rollups_of(scopes[5], TIMED, "member", "weekday_hour") is not None
    for scope in scopes:
        rows = told(scope, found)
        for grain in ("day", "week", "month", "weekday_hour"):
            for by in ("", "member", "label", "country", "page") if grain == "weekday_hour" else ("",):
                right = {key: len(those) for key, those in cells(scope, rows, by, grain).items()}
                for kinds in (ALL, TIMED):
                    told_by = numbers.counts(scope, kinds, by=by, grain=grain)
                    said = {(one.kind, one.by, one.at): one.n for one in told_by}
                    assert said == {key: n for key, n in right.items() if key[0] in kinds}, (by, grain, scope)


@pytest.mark.parametrize("clock", ["c", "w"])
def test_durations_add_up_and_their_spread_is_near(found, scopes, clock):
    """How many and their sum are exact; quantiles are within ten in a hundred, by the calendar and in working hours."""
    for scope in scopes:
        scope = Scope(**{**scope.__dict__, "clock": clock})
        rows = [one for one in told(scope, found) if one.kind in TIMED]
        for by in ("", "member", "team", "inbox", "label"):
            right = cells(scope, rows, by)
            said = {(one.kind, one.by, one.at): one.histogram for one in numbers.spreads(scope, TIMED, by=by)}
            assert set(said) == set(right), (by, scope)
            for key, those in right.items():
                _same_spread(said[key], sorted(_lasted(one, clock) for one in those), (key, scope))


def _lasted(one, clock: str) -> int:
    return one.seconds if clock == "c" else one.worked if one.worked is not None else one.seconds


def _same_spread(histogram, values: list[int], where) -> None:
    assert (histogram.n, histogram.total) == (len(values), sum(values)), where
    for share in (0.5, 0.9):
        exact = values[max(0, math.ceil(share * len(values)) - 1)]
        assert abs(histogram.quantile(share) - exact) <= max(1, 0.2 * exact), (where, share, exact)


def test_votes_and_goals(found, scopes):
    for scope in scopes:
        rows = [one for one in told(scope, found) if one.kind in ("rated", "sla_met", "sla_breached")]
        right: dict = {}
        for one in rows:
            counts = right.setdefault(one.kind, {})
            counts[one.value] = counts.get(one.value, 0) + 1
        said = numbers.valued(scope, ["rated", "sla_met", "sla_breached"])
        assert {one.kind: one.histogram.counts for one in said} == right, scope


def test_what_is_behind_a_number_is_as_much(found, scopes):
    """The list that a number opens has its length, and names its very conversations."""
    for scope in scopes[:1] + scopes[5:8]:
        rows = told(scope, found)
        for by in ("", "member", "label", "country"):
            for (kind, value, _), those in list(cells(scope, rows, by).items())[::9]:
                listed = numbers.behind(scope, kind, by=by, value=value).values_list("subject_id", flat=True)
                assert sorted(listed) == sorted(one.subject for one in those), (kind, by, value)


def test_the_backlog_is_what_stood_open_each_evening(found, scopes):
    for scope in (scopes[0], scopes[3], scopes[4]):
        filters = filters_of(scope)
        rows = oracle.within(found, date.min, date.max, **filters)
        said = numbers.backlog(scope)
        assert len(said) == scope.days
        for day, n in said[:: max(1, len(said) // 20)]:
            assert n == oracle.backlog(rows, day), (day, scope)
