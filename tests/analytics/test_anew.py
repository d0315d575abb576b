"""Roll-ups made anew, piece by piece: at any moment each fact is in exactly one row of its kind, whoever reads meanwhile."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from analytics import again, anew, numbers, reader, reconcile, rollups, where, writing
from analytics.facts import FactRow
from analytics.models import BEGINNING, Fact, Kind, Reading, Reconciliation, Rollup
from analytics.place import reading
from analytics.scope import Scope
from conversations.actions import set_status, trash
from conversations.models import Conversation
from tests.analytics.test_reader import all_rollups
from workspaces.models import Member

pytestmark = pytest.mark.django_db
COLUMNS = [name for name in FactRow._fields if name != "labels"]


def rolled() -> Counter:
    """{(kind, by, day, inbox, channel, value): how many}, as kept."""
    rows = Rollup.objects.values_list("kind", "by", "at", "inbox_id", "channel_id", "value", "n")
    return Counter({row[:-1]: row[-1] for row in rows})


def told(place: Reading) -> Counter:
    """The same, of all facts one by one, in the days that the place says."""
    facts = [FactRow(*row[:-1], tuple(row[-1])) for row in Fact.objects.values_list(*COLUMNS, "labels")]
    return Counter({key: one.n for key, one in rollups.deltas(facts, 1, place.days).items()})


def news_of(workspace_pk: int, ids: list[int]) -> int:
    """As the reader does with those whom the log names; what a made world does later has lower numbers than its log."""
    with reading(workspace_pk) as place:
        return writing.write_conversations(ids, place.days, timezone.now())


@pytest.mark.parametrize("zone", ["America/New_York", "Africa/Lagos"])
def test_each_fact_is_in_one_row_after_every_piece(world_of, zone):
    """Another zone, also one that shares its days for half of the year; the log goes on in between."""
    with world_of(30) as world:
        pk, workspace = world.workspace.pk, world.workspace
        reader.read(pk)
        while again.go_on(pk):
            pass
        year = Scope(date(2025, 1, 1), date(2027, 12, 31), zone)
        workspace.time_zone = zone
        workspace.save()
        everything = list(Conversation.objects.present().order_by("created_at"))
        ours, pieces = Member.objects.filter(workspace=pk).order_by("pk").first(), 0
        while True:
            with reading(pk) as place:
                if place.anew_at is None and pieces:
                    break
                anew._piece(place, 1 + pieces * 11 % 31)
            pieces += 1
            place = Reading.objects.get()
            assert rolled() == told(place), (pieces, place.anew_at)
            if pieces in (3, 9, 15):  # what lies on both sides of the line changes
                trash(everything[pieces], by=ours)
                set_status(everything[-pieces], "closed", by=ours)
                assert news_of(pk, [everything[pieces].pk, everything[-pieces].pk])
                assert rolled() == told(place), (pieces, place.anew_at)
            cells = {one.kind: one.n for one in numbers.counts(year, Kind.values)}
            assert cells == dict(Counter(Fact.objects.values_list("kind", flat=True)))
        assert pieces > 10 and place.days.zone == zone
        assert reconcile.compare_rollups(pk, zone, date(2025, 1, 1), date(2027, 12, 31), at_once=2000) == []


def test_a_second_zone_waits_and_what_has_no_facts_goes(world_of):
    """Moved again while it is made anew; rows without any fact, before, between and after, are gone in the end."""
    with world_of(30) as world:
        pk, workspace = world.workspace.pk, world.workspace
        reader.read(pk)
        while again.go_on(pk):
            pass
        right = all_rollups()
        for zone in ("America/New_York", "Europe/Paris"):
            workspace.time_zone = zone
            workspace.save()
            with reading(pk) as place:
                assert (place.time_zone, place.anew_was) == ("America/New_York", "Europe/Paris")
                anew._piece(place, 20)
        for year in (2024, 2026, 2028):
            Rollup.objects.create(kind=Kind.CLOSED, at=f"{year}-06-01T05:07:00Z", n=9, value="", by="")
        while anew.go_on(pk) or Reading.objects.get().time_zone != "Europe/Paris":
            pass
        assert anew.go_on(pk) is False and all_rollups() == right
        # Of some kinds: the others stay as they are.
        Rollup.objects.filter(kind__in=[Kind.REPLY, Kind.CREATED]).update(n=7)
        Reconciliation.objects.create(
            first_day=date(2026, 1, 1), last_day=date(2026, 1, 2), drift=[{"what": "rollups"}]
        )
        Reading.objects.get().begin_anew(kinds=[Kind.REPLY])
        assert Reading.objects.get().anew_at == BEGINNING
        while anew.go_on(pk):
            pass
        assert {row[0] for row in all_rollups() - right} == {Kind.CREATED}
        assert Reconciliation.objects.get().mended_at is not None


def test_without_any_fact(acme):
    with acme.scope():
        reader.read(acme.workspace.pk)
        Reading.objects.get().begin_anew(zone="Asia/Tokyo")
        assert anew.go_on(acme.workspace.pk) is False and Reading.objects.get().anew_at is None


def test_roll_ups_without_hours_are_made_anew_once(world_of):
    """Until they have them, hours of somebody are counted from facts; one made anew for another reason counts not."""
    with world_of(30) as world:
        pk = world.workspace.pk
        reader.read(pk)
        while again.go_on(pk):
            pass
        right, who = all_rollups(), tuple(world.cast.members[:3])
        scope = Scope(date(2025, 1, 1), date(2027, 12, 31), world.workspace.time_zone, members=who)
        hours = numbers.counts(scope, [Kind.CREATED], grain="weekday_hour")
        assert hours and where.rollups_of(scope, [Kind.CREATED], "", "weekday_hour") is not None
        Rollup.objects.exclude(by="").update(hours=None)
        Reading.objects.update(hours_kept=False)
        Reading.objects.get().begin_anew(kinds=[Kind.REPLY])
        while anew.go_on(pk):
            assert numbers.counts(scope, [Kind.CREATED], grain="weekday_hour") == hours
        assert Reading.objects.get().hours_kept is False
        reader.read(pk)  # begins it
        assert Reading.objects.get().hours_kept is None
        assert numbers.counts(scope, [Kind.CREATED], grain="weekday_hour") == hours
        while anew.go_on(pk):
            pass
        assert Reading.objects.get().hours_kept and all_rollups() == right
        assert numbers.counts(scope, [Kind.CREATED], grain="weekday_hour") == hours


def test_a_day_keeps_its_name_until_its_piece_is_done(world_of):
    """Half of the roll-ups in days of the zone before: a day's number stands under that day, not the one before it."""
    with world_of(30) as world:
        pk, workspace = world.workspace.pk, world.workspace
        reader.read(pk)
        while again.go_on(pk):
            pass
        scope = Scope(date(2025, 1, 1), date(2027, 12, 31), workspace.time_zone)
        before = numbers.counts(scope, [Kind.CREATED], grain="day")
        workspace.time_zone = "America/New_York"
        workspace.save()
        with reading(pk) as place:
            anew._piece(place, 1)
        later = numbers.counts(replace(scope, zone=workspace.time_zone), [Kind.CREATED], grain="day")
        assert later[-5:] == before[-5:]
