"""What a page view tells of its visitor, and what of it is believed (TG-5, TG-6, OP-3, CF-5): rules on visits, trials, known visitors."""

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatflows import actions, serving
from chatflows.models import FlowCount, Measure
from chatflows.widget import known, visit
from chatflows.widget.identity import make_secret
from contacts.actions import find_or_create_contact
from contacts.models import Contact

pytestmark = pytest.mark.django_db

NOW = 1_790_000_000
HOUR = 3600


@pytest.fixture(autouse=True)
def nobody_known():
    known.forget()


def flow(acme, ada, line=None, **parts):
    """A live bot above the plain chat, for visitors who meet one line."""
    made = actions.create_beside_default(acme.chat, template="blank", name="Narrow", language="en", by=ada)
    if line:
        parts["targeting"] = {"visitor": {"any": [{"all": [line]}]}}
    actions.save_draft(made, revision=None, by=ada, **parts)
    serving.forget()  # after commit, which a test does not reach
    return actions.publish(made, by=ada)


def ask(client, acme, **more) -> dict:
    query = {"u": "https://shop.example/", "lang": "en"} | {name: str(value) for name, value in more.items()}
    return client.get(f"/live/config/{acme.chat.identifier}/", query).json()


def kept(views=1, ago=60, began=90, returning=0, bucket=7) -> dict:
    return {"v": f"{views}.{NOW - ago}.{NOW - began}.{returning}.{bucket}", "t": NOW}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({}, visit.Visit()),
        (kept(), visit.Visit(2, 90, False, 7)),
        (kept(views=4, began=200, returning=1), visit.Visit(5, 200, True, 7)),
        (kept(ago=HOUR, views=9, began=2 * HOUR), visit.Visit(1, 0, True, 7)),  # another visit
        ({"v": "1.2.3", "t": NOW}, visit.Visit()),
        ({"v": "a.b.c.d.e", "t": NOW}, visit.Visit()),
        ({"v": f"1.{NOW}.{NOW}.0.7", "t": "soon"}, visit.Visit()),
        ({"v": "9" * 200, "t": NOW}, visit.Visit()),
    ],
)
def test_a_browser_tells_of_its_visits_in_one_word(given, meant):
    assert visit.read(str(given.get("v", "")), str(given.get("t", ""))) == meant


def test_rules_on_visits_hold_on_page_views_and_nothing_is_kept_where_none_asks(acme, ada, client):
    """TG-5 by the page view; OP-3, DS-5: where the visitor is asked first, the page is told to wait for their yes."""
    assert "counts" not in ask(client, acme)
    with acme.scope():
        third = flow(acme, ada, {"field": "page_views", "op": "gt", "value": 2})
    told = ask(client, acme)
    assert (told["counts"], told["display"]["opens"]) == ("yes", "prompt")  # what counts is fetched at once
    shown = [ask(client, acme, **kept(views=number))["flow"] for number in (1, 2)]
    wanted = str(third.published.public_id)
    assert [one == wanted for one in shown] == [False, True]
    assert (
        ask(client, acme, n=3)["flow"] == wanted
    )  # a page that changes without being loaded counts by itself
    with acme.scope():
        actions.save_draft(third, revision=None, by=ada, options={"cookies_consent": True})
        actions.publish(third, by=ada)
    serving.forget()
    assert ask(client, acme)["counts"] == "agreed"
    with acme.scope():
        actions.save_draft(third, revision=None, by=ada, targeting={})
        actions.publish(third, by=ada)
    serving.forget()
    assert ask(client, acme)["counts"] == "asked"  # nothing to count, and nothing to keep before the yes


def test_first_and_returning_and_seconds_on_the_site(acme, ada, client):
    with acme.scope():
        back = flow(acme, ada, {"field": "returning", "op": "yes"})
        late = flow(acme, ada, {"field": "seconds", "op": "gt", "value": 60})
        actions.move(back, "top")
    ids = {str(back.published.public_id): "back", str(late.published.public_id): "late"}
    shown = lambda **told: ids.get(ask(client, acme, **told).get("flow"), "")  # noqa: E731
    assert shown() == ""
    assert shown(**kept(ago=HOUR)) == "back"
    assert shown(**kept(began=100)) == "late"
    assert shown(**kept(began=30)) == ""
    assert ask(client, acme, **kept(began=30))["again"] == 61


def test_a_trial_is_even_honest_and_stays(acme, ada, client):
    """CF-5: a browser that keeps nothing has the number of its address, and is told it; what it writes down stays."""
    with acme.scope():
        made = flow(acme, ada)
        actions.save_draft(made, revision=None, by=ada, options={"custom_name": "Other"})
        actions.start_trial(made, None, 50, by=ada)
    serving.forget()
    with acme.scope():
        made.refresh_from_db()
    first = ask(client, acme)
    assert first["counts"] == "yes"
    again = ask(client, acme, **kept(bucket=first["bucket"]))
    assert again["flow"] == first["flow"]
    assert "bucket" not in again
    halves = [ask(client, acme, **kept(bucket=bucket))["flow"] for bucket in range(100)]
    assert sorted(halves.count(one) for one in set(halves)) == [50, 50]
    # Without storage: as even among addresses as among browsers, and the same at every page view.
    form = serving.compiled(acme.chat.identifier)
    assert form.has_trial
    numbers = [serving.audience.visitor_number(f"192.0.2.{n % 250}", f"browser {n}") for n in range(4000)]
    buckets = [serving.zlib.crc32(b"%d" % number) % 100 for number in numbers]
    ours = [form.candidates[0].version_for(bucket) for bucket in buckets]
    assert 0.46 < ours.count(made.rival_id) / len(ours) < 0.54


def test_a_page_that_asks_again_about_what_it_shows_is_not_counted_again(acme, ada, client):
    with acme.scope():
        flow(acme, ada)
        FlowCount.objects.all().delete()
    serving.figures.fold()
    with acme.scope():
        FlowCount.objects.all().delete()
    first = ask(client, acme)
    ask(client, acme, f=first["flow"])
    ask(client, acme, f="another")
    serving.figures.fold()
    with acme.scope():
        counts = FlowCount.objects.filter(measure=Measure.SHOWN).values_list("n", flat=True)
        assert sum(counts) == 2


# ── Known visitors (TG-6) ──


def sign(acme, secret, email="nora@example.com", audience=None) -> str:
    claims = {"email": email, "aud": audience or acme.chat.identifier, "exp": int(time.time()) + 600}
    return jwt.encode(claims, secret, algorithm="HS256")


def pass_for(client, acme, token, email="nora@example.com"):
    headers = {"X-Parley-Key": acme.chat.identifier}
    body = {"email": email, "token": token}
    return client.post("/live/known/", body, content_type="application/json", headers=headers)


@pytest.fixture
def secret(acme, ada) -> str:
    with acme.scope():
        return make_secret(acme.chat, by=ada)


def test_who_is_identified_meets_what_is_for_known_visitors(acme, ada, client, secret):
    """TG-6, TR-6: by a pass for their signature; it tells the page nothing, makes nobody, and asks once a minute."""
    with acme.scope():
        person = find_or_create_contact(kind="email", address="nora@example.com", name="Nora")
        Contact.objects.filter(pk=person.pk).update(city="Lyon")
        of_lyon = flow(acme, ada, {"field": "contact.city", "op": "any_of", "value": ["lyon"]})
        members = flow(acme, ada, {"field": "known", "op": "yes"})
        actions.move(of_lyon, "top")
        before = Contact.objects.count()
    lyon, known_ = str(of_lyon.published.public_id), str(members.published.public_id)
    anonymous = ask(client, acme)
    assert anonymous["who"] is True
    assert anonymous["flow"] not in (lyon, known_)
    assert parse_qs(urlsplit(anonymous["panel"]).query)["who"] == ["1"]
    given = pass_for(client, acme, sign(acme, secret)).json()["pass"]
    assert "nora" not in given
    assert ask(client, acme, w=given)["flow"] == lyon
    stranger = pass_for(client, acme, sign(acme, secret, "new@example.com"), "new@example.com").json()["pass"]
    assert ask(client, acme, w=stranger)["flow"] == known_
    with CaptureQueriesContext(connection) as queries:
        assert ask(client, acme, w=given)["flow"] == lyon
        assert ask(client, acme)["flow"] == anonymous["flow"]
    assert not queries.captured_queries
    with acme.scope():
        assert Contact.objects.count() == before


def test_what_an_unknown_visitor_would_meet_is_not_counted_for_one_about_to_be_known(
    acme, ada, client, secret, monkeypatch
):
    """The page says that it will say who it is (`i`); what they meet then is counted, once, and what fits it is sampled once."""
    shown, pages = [], []
    monkeypatch.setattr(serving, "note_shown", lambda _form, one: shown.append(one.public_id))
    monkeypatch.setattr(serving.audience, "note_page", lambda *told: pages.append(told))
    assert "who" not in ask(client, acme, i=1), "where no rule asks nobody is waited for"
    with acme.scope():
        members = str(flow(acme, ada, {"field": "known", "op": "yes"}).published.public_id)
    del shown[:], pages[:]
    first = ask(client, acme, i=1)
    assert (first["who"], shown, pages) == (2, [], [])
    assert ask(client, acme)["who"] is True, "an answer that is kept is not the other's"
    del shown[:], pages[:]
    given = pass_for(client, acme, sign(acme, secret)).json()["pass"]
    assert ask(client, acme, w=given)["flow"] == members
    assert ask(client, acme, w=given, f=members)["flow"] == members  # asked again on that page
    assert (shown, len(pages)) == ([members], 1)


def test_a_pass_is_its_channels_and_its_signatures(acme, globex, ada, client, secret, monkeypatch):
    with acme.scope():
        members = flow(acme, ada, {"field": "known", "op": "yes"})
    wanted = str(members.published.public_id)
    assert pass_for(client, acme, sign(acme, "x" * 43)).status_code == 403
    assert pass_for(client, acme, sign(acme, secret), "other@example.com").status_code == 403
    assert pass_for(client, acme, sign(acme, secret, audience=globex.chat.identifier)).status_code == 403
    given = pass_for(client, acme, sign(acme, secret)).json()["pass"]
    with globex.scope():
        foreign = known.pass_of(globex.chat, known.Claim("nora@example.com", ""))
    for wrong in ("", "x", given[:-3], foreign, "s1:own:AAAA", given * 20):
        assert ask(client, acme, w=wrong)["flow"] != wanted
    assert ask(client, acme, w=given)["flow"] == wanted
    later = time.time() + 13 * HOUR
    monkeypatch.setattr(known.time, "time", lambda: later)
    assert ask(client, acme, w=given)["flow"] != wanted


def test_country_and_clock_on_the_first_page_view(acme, ada, client):
    with acme.scope():
        french = flow(acme, ada, {"field": "country", "op": "any_of", "value": ["FR"]})
    wanted = str(french.published.public_id)
    assert ask(client, acme, z="Europe/Paris")["flow"] == wanted
    assert ask(client, acme, z="Europe/Lisbon")["flow"] != wanted
