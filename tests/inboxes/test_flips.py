"""By the clock: working hours and absences make people available or away (AV-6, AV-7, AV-8)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from events.models import Event
from events.types import MEMBER_AVAILABILITY_CHANGED
from inboxes.flips import flip
from inboxes.models import Absence, OpeningHours
from inboxes.tasks import flip_due
from inboxes.timetables import USUAL_WEEK, add_absence, drop_hours, remove_absence, save_hours
from tests.factories import make_member
from workspaces.models import Availability, Member
from workspaces.refusals import NotAllowed

MONDAY = date(2026, 11, 23)
BLANK = {"exceptions": [], "country": "", "subdivision": ""}


def at(text: str) -> datetime:
    """Monday's times unless a day is given."""
    day, _, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"{day or MONDAY} {clock}").replace(tzinfo=UTC)


def now(member) -> Member:
    return Member.objects.select_related("user", "workspace").get(pk=member.pk)


def chosen(member, state: str, when: datetime) -> None:
    """As if they had chosen it themselves at that moment."""
    Member.objects.filter(pk=member.pk).update(availability=state, availability_changed_at=when)


def planned(member, when: datetime) -> None:
    Member.objects.filter(pk=member.pk).update(next_flip_at=when)


@pytest.fixture
def nine_to_five(in_acme, ben):
    """Ben works from nine to five, and it is Monday morning."""
    save_hours(member=ben, time_zone="UTC", weekly=USUAL_WEEK, **BLANK)
    chosen(ben, "away", at("07:00"))
    planned(ben, at("09:00"))
    return ben


def test_hours_begin_and_end(nine_to_five):
    """AV-6."""
    ben = nine_to_five
    assert not flip(ben, now=at("08:59"))
    assert flip(ben, now=at("09:00"))
    assert (now(ben).availability, now(ben).next_flip_at) == ("available", at("17:00"))
    chosen(ben, "available", at("09:00"))
    assert flip(ben, now=at("17:00"))
    assert (now(ben).availability, now(ben).away_cause) == ("away", "hours")
    assert now(ben).next_flip_at == at("2026-11-24 09:00")
    assert Event.objects.filter(type=MEMBER_AVAILABILITY_CHANGED, actor_id=None).count() == 2


def test_what_was_chosen_by_hand_stands_until_the_next_boundary(nine_to_five):
    """AV-6: also when it was chosen in the seconds before the clock was looked at."""
    ben = nine_to_five
    chosen(ben, "away", at("09:00:10"))
    assert flip(ben, now=at("09:00:25"))
    assert (now(ben).availability, now(ben).next_flip_at) == ("away", at("17:00"))
    chosen(ben, "available", at("16:59"))
    assert flip(ben, now=at("17:00:20"))
    assert now(ben).availability == "away"


def test_twice_is_once(nine_to_five):
    assert flip(nine_to_five, now=at("09:00"))
    assert not flip(nine_to_five, now=at("09:00"))


def test_after_a_long_stop_only_the_last_boundary_counts(nine_to_five):
    ben = nine_to_five
    chosen(ben, "available", at("08:00"))
    assert flip(ben, now=at("2026-11-26 20:00"))
    assert (now(ben).availability, now(ben).next_flip_at) == ("away", at("2026-11-27 09:00"))


def test_the_hours_are_those_of_the_members_own_clock(in_acme, ben):
    save_hours(member=ben, time_zone="Asia/Tokyo", weekly=USUAL_WEEK, **BLANK)
    chosen(ben, "away", at("2026-11-22 00:00"))
    planned(ben, at("00:00"))  # nine in Tokyo
    flip(ben, now=at("00:00"))
    assert (now(ben).availability, now(ben).next_flip_at) == ("available", at("08:00"))


def test_new_hours_change_nobody_at_once_and_no_hours_never(in_acme, ben):
    """AV-8."""
    before = now(ben).availability
    save_hours(member=ben, time_zone="UTC", weekly=[[]] * 6 + [[[0, 1]]], **BLANK)
    assert now(ben).availability == before and now(ben).next_flip_at
    drop_hours(member=ben)
    assert now(ben).next_flip_at is None


def test_an_absence_sends_away_with_reason_and_day_of_return(nine_to_five, ada):
    """AV-7: also within the hours."""
    ben = nine_to_five
    add_absence(ben, first_day=MONDAY, last_day=date(2026, 11, 24), zone="UTC", by=ben, reason="Skiing")
    chosen(ben, "available", at("2026-11-22 10:00"))
    planned(ben, at("00:00"))
    assert flip(ben, now=at("00:00:15"))
    away = now(ben)
    assert (away.availability, away.away_reason, away.away_cause) == ("away", "Skiing", "absent")
    assert away.away_until == away.next_flip_at == at("2026-11-25 00:00")
    flip(ben, now=at("2026-11-25 00:00:15"))
    assert (now(ben).availability, now(ben).next_flip_at) == ("away", at("2026-11-25 09:00"))
    flip(ben, now=at("2026-11-25 09:00:15"))
    assert (now(ben).availability, now(ben).away_reason, now(ben).away_until) == ("available", "", None)


def test_an_absence_that_has_begun_counts_at_once(in_acme, ben):
    today = datetime.now(UTC).date()
    absence = add_absence(ben, first_day=today, last_day=today + timedelta(days=1), zone="UTC", by=ben)
    assert (now(ben).availability, now(ben).away_reason) == ("away", "Out of the office")
    remove_absence(absence, by=ben)
    assert (now(ben).away_until, now(ben).next_flip_at) == (None, None)
    assert now(ben).availability == "away"


def test_who_keeps_no_hours_comes_back_by_themselves(in_acme, ben):
    add_absence(ben, first_day=MONDAY, last_day=MONDAY, zone="UTC", by=ben)
    chosen(ben, "away", at("2026-11-22 10:00"))
    planned(ben, at("2026-11-24 00:00"))
    flip(ben, now=at("2026-11-24 00:01"))
    assert (now(ben).availability, now(ben).away_until, now(ben).next_flip_at) == ("away", None, None)


def test_others_need_the_right_to(in_acme, ada, ben):
    mia = make_member(in_acme.workspace, "mia@acme.example", "Mia Manager", "manager")
    with pytest.raises(NotAllowed):
        add_absence(ada, first_day=MONDAY, last_day=MONDAY, zone="UTC", by=ben)
    assert add_absence(ben, first_day=MONDAY, last_day=MONDAY, zone="UTC", by=mia).set_by == mia


def test_the_sweep_finds_who_is_due_in_every_workspace(acme, globex, ben, cleo):
    soon = datetime.now(UTC) - timedelta(seconds=5)
    for house, member in ((acme, ben), (globex, cleo)):
        with house.scope():
            save_hours(member=member, time_zone="UTC", weekly=[[[0, 1440]]] * 7, **BLANK)
    Member.objects.filter(pk__in=[ben.pk, cleo.pk]).update(
        next_flip_at=soon,
        availability=Availability.AWAY,
        availability_changed_at=soon - timedelta(hours=1),
    )
    assert flip_due() == 2
    assert flip_due() == 0
    assert {now(ben).availability, now(cleo).availability} == {"available"}
    with acme.scope():
        assert OpeningHours.objects.count() == 1 and not Absence.objects.exists()
