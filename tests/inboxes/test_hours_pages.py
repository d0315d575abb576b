"""The pages of hours: lines grow without a script, mistakes keep what was typed, two people at once see each other."""

import re
from datetime import date
from html import unescape

import pytest

from inboxes import holidays, opening
from inboxes.forms_hours import Timetable
from inboxes.hours import is_open
from inboxes.models import Absence, OpeningHours
from inboxes.timetables import USUAL_WEEK, give_own_hours, save_hours, set_chat_availability
from tests.inboxes.test_hours import paris
from workspaces.models import AuditEntry, Member, Team, TeamMember

URL = "/w/acme/settings/hours/"
WEEK = {f"d{n}-0-{end}": clock for n in range(5) for end, clock in (("from", "09:00"), ("to", "17:00"))}
TYPED = WEEK | {"time_zone": "Europe/Paris", "country": "", "subdivision": ""}


def stored(house) -> OpeningHours | None:
    with house.scope():
        return OpeningHours.objects.first()


def next_holiday(country: str) -> str:
    today = date.today()
    days = [row for n in (0, 1) for row in holidays.named_days(country, "", today.year + n)]
    return next(name for day, name in days if day > today)


def seen(page: str, form: str = "timetable-form") -> str:
    inside = page[page.index(f'id="{form}"') :]
    return re.search(r'name="seen" value="([^"]+)"', inside)[1]


# ── The workspace's ──


def test_saved_hours_are_those_typed_and_are_logged(acme, ada, client_of):
    client = client_of(ada)
    more = TYPED | {"d5-0-from": "22:00", "d5-0-to": "02:00", "country": "FR"}
    special = {
        "x-0-first": "2026-12-24",
        "x-0-last": "",
        "x-0-name": "Eve",
        "x-0-opens": "",
        "x-0-closes": "",
    }
    assert client.post(URL, more | special).status_code == 302
    hours = stored(acme)
    assert hours.weekly == [*[[[540, 1020]]] * 5, [[1320, 1560]], []]
    assert hours.exceptions == [{"from": "2026-12-24", "to": "2026-12-24", "name": "Eve", "blocks": []}]
    with acme.scope():
        schedule = opening.workspace_schedule()
        assert AuditEntry.objects.get(action="hours.changed").member_id == ada.pk
    assert is_open(schedule, paris("2026-11-28 23:00")) and is_open(schedule, paris("2026-11-29 01:00"))
    assert not is_open(schedule, paris("2026-12-24 10:00"))
    assert not is_open(schedule, paris("2026-12-25 10:00"))
    page = client.get(URL).content.decode()
    assert next_holiday("FR") in unescape(page) and 'value="Eve"' in page
    assert "Open now" in page or "Closed now" in page


def test_lines_come_and_go_without_a_script_and_nothing_is_saved_by_it(acme, ada, client_of):
    client = client_of(ada)
    page = client.post(URL, TYPED | {"do": "add-1"}).content.decode()
    assert 'name="d1-1-from"' in page and 'name="d2-1-from"' not in page
    page = client.post(URL, TYPED | {"d0-0-to": "18:30", "do": "same"}).content.decode()
    assert page.count('value="18:30"') == 5
    page = client.post(URL, TYPED | {"do": "less-4-0"}).content.decode()
    assert 'name="d4-0-from"' not in page and 'name="d3-0-from"' in page
    page = client.post(URL, TYPED | {"do": "add-x"}).content.decode()
    assert 'name="x-0-first"' in page
    for nonsense in ("less-9-9", "add-7", "less-x-99", "'"):
        assert client.post(URL, TYPED | {"do": nonsense}).status_code == 200
    assert stored(acme) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"d0-0-to": "25:00"}, "Give both times, such as"),
        ({"d0-1-from": "16:00", "d0-1-to": "18:00"}, "Two openings overlap."),
        ({"d6-0-from": "20:00", "d6-0-to": "10:00"}, "Two openings overlap."),  # into Monday
        ({"time_zone": "Mars/Base"}, "Choose a time zone."),
        ({"x-0-first": "soon"}, "Give a day."),
        ({"x-0-first": "2026-12-24", "x-0-last": "2026-12-23"}, "The last day comes before the first."),
        ({"x-0-first": "2026-12-24", "x-0-opens": "10:00"}, "Give both times, or none"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(acme, ada, client_of, typed, words):
    answer = client_of(ada).post(URL, TYPED | {"d3-0-to": "16:45"} | typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and 'value="16:45"' in page
    assert stored(acme) is None


def test_the_second_of_two_sees_what_the_first_saved(acme, ada, client_of):
    first, second = client_of(ada), client_of(ada)
    mark = {"seen": seen(first.get(URL).content.decode())}
    assert first.post(URL, TYPED | mark | {"d0-0-to": "12:00"}).status_code == 302
    answer = second.post(URL, TYPED | mark | {"d0-0-to": "19:00"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "changed “Monday” meanwhile to: 09:00–12:00" in page
    assert 'value="19:00"' in page and stored(acme).weekly[0] == [[540, 720]]
    assert second.post(URL, TYPED | {"d0-0-to": "19:00", "seen": seen(page)}).status_code == 302


def test_no_hours_is_always_open(acme, ada, client_of):
    client = client_of(ada)
    client.post(URL, TYPED)
    assert client.post(f"{URL}none/").status_code == 302
    assert stored(acme) is None


def test_agents_have_no_business_there(acme, ben, client_of):
    client = client_of(ben)
    assert client.get(URL).status_code == 404
    assert client.get(f"/w/acme/settings/channels/{acme.chat.pk}/opening/").status_code == 404


# ── Holidays ──


def test_holidays_by_country_and_its_parts():
    assert date(2026, 8, 15) in holidays.days_of("DE", "BY", [2026]) | holidays.days_of("FR", "", [2026])
    assert date(2026, 1, 6) in holidays.days_of("DE", "BY", [2026])
    assert date(2026, 1, 6) not in holidays.days_of("DE", "", [2026])
    assert ("BY", "Bayern") in holidays.subdivisions("DE")
    assert holidays.days_of("XX", "", [2026]) == frozenset() and holidays.subdivisions("XX") == []
    assert ("FR", "France") in holidays.countries()


def test_every_country_of_the_list_can_be_chosen():
    """The package is large: none of what is offered may fail."""
    for code, _name in holidays.countries():
        stored = {
            "time_zone": "UTC",
            "country": code,
            "subdivision": "",
            "weekly": USUAL_WEEK,
            "exceptions": [],
        }
        table = Timetable.of(stored)
        assert table.clean() and isinstance(table.subdivisions, list)


# ── A channel's ──


def test_a_channel_goes_by_its_own_hours_or_the_workspaces(in_acme, acme):
    save_hours(time_zone="UTC", weekly=[[[0, 1440]]] * 7, exceptions=[], country="", subdivision="")
    chat = set_chat_availability(acme.chat, {"mode": "hours"})
    assert opening.is_open_for_handover(chat)
    give_own_hours(chat)
    save_hours(channel=chat, time_zone="UTC", weekly=[[]] * 7, exceptions=[], country="", subdivision="")
    assert not opening.is_open_for_handover(chat)  # CT-8
    assert opening.is_open_for_handover(acme.email)
    assert opening.is_open_for_handover(set_chat_availability(chat, {"mode": "status"}))


def test_the_page_of_a_chat(acme, ada, client_of):
    client, url = client_of(ada), f"/w/acme/settings/channels/{acme.chat.pk}/opening/"
    assert 'name="mode" value="status"' in client.get(url).content.decode()
    chosen = {"mode": "hours", "reply_time": "hours", "away": "hide", "closed": "return", "away_text": "Hi"}
    assert client.post(url, chosen).status_code == 302
    with acme.scope():
        acme.chat.refresh_from_db()
    assert acme.chat.config["availability"]["mode"] == "hours"
    assert client.post(url, {"mode": "never"}).status_code == 422
    own = f"/w/acme/settings/channels/{acme.chat.pk}/own-hours/"
    assert client.post(own, {"own": "yes"}).status_code == 302
    assert stored(acme).channel_id == acme.chat.pk
    page = client.get(url).content.decode()
    assert "Hours of this channel" in page
    answer = client.post(f"/w/acme/settings/channels/{acme.chat.pk}/hours/", TYPED | {"d0-0-to": "x"})
    assert answer.status_code == 422
    client.post(own, {"own": "no"})
    assert stored(acme) is None


# ── A person's ──


def test_ones_own_hours_and_absences(acme, ben, client_of):
    client, url = client_of(ben), f"/w/acme/settings/availability/{ben.pk}/"
    assert "nothing changes by itself" in client.get(f"{url}hours/").content.decode()
    assert client.post(f"{url}hours/", TYPED).status_code == 302
    assert stored(acme).member_id == ben.pk and Member.objects.get(pk=ben.pk).next_flip_at
    days = {"first_day": "2098-12-20", "last_day": "2098-12-24", "reason": "Skiing"}
    assert client.post(f"{url}absences/", days).status_code == 302
    assert "Skiing" in client.get(f"{url}hours/").content.decode()
    wrong = client.post(f"{url}absences/", days | {"last_day": "2098-12-01"})
    assert wrong.status_code == 422 and "comes before the first" in wrong.content.decode()
    with acme.scope():
        absence = Absence.objects.get()
    assert client.post(f"{url}absences/{absence.pk}/").status_code == 302
    assert client.post(f"{url}no-hours/").status_code == 302
    assert stored(acme) is None and Member.objects.get(pk=ben.pk).next_flip_at is None


def test_somebody_elses_only_with_the_right_to(acme, ada, ben, client_of):
    hers = f"/w/acme/settings/availability/{ada.pk}/hours/"
    assert client_of(ben).get(hers).status_code == 404
    assert client_of(ben).post(hers, TYPED).status_code == 404
    assert client_of(ada).post(f"/w/acme/settings/availability/{ben.pk}/hours/", TYPED).status_code == 302


def test_the_team_page_shows_hours_and_filters_by_team(acme, ada, ben, client_of):
    with acme.scope():
        team = Team.objects.create(name="Desk")
        TeamMember.objects.create(team=team, member=ben)
        save_hours(
            member=ben, time_zone="UTC", weekly=[[[0, 1440]]] * 7, exceptions=[], country="", subdivision=""
        )
    page = client_of(ada).get("/w/acme/settings/availability/", {"team": team.pk}).content.decode()
    assert "Ben Agent" in page and f'id="presence-{ada.pk}"' not in page
    assert "Always" in page
