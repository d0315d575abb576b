"""Reports by e-mail: due at an hour of a zone, once, to who wants and may read them, with charts and tables."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from PIL import Image, features

from analytics.charts.bars import bar_chart
from analytics.letters import actions, send
from analytics.letters.pictures import _runs, drawable, png_of
from analytics.letters.times import days_of, next_due
from analytics.letters.write import mail_of
from analytics.models import Every, Fact, Kind, Letter, LetterSent, Rollup
from tests.factories import make_member
from workspaces.models import Member
from workspaces.permissions import Role


def a_letter(**fields) -> Letter:
    return Letter(**({"page": "volume", "zone": "Europe/Paris", "hour": 8} | fields))


@pytest.mark.parametrize(
    ("fields", "after", "due", "first", "last"),
    [
        ({"every": "day"}, (2026, 5, 13, 6), (2026, 5, 14, 6), (2026, 5, 13), (2026, 5, 13)),
        ({"every": "day"}, (2026, 5, 13, 5), (2026, 5, 13, 6), (2026, 5, 12), (2026, 5, 12)),
        # A Monday, over the night in which the clocks go forward: still eight on the wall.
        ({"every": "week", "weekday": 0}, (2026, 3, 28, 9), (2026, 3, 30, 6), (2026, 3, 23), (2026, 3, 29)),
        ({"every": "week", "weekday": 0}, (2026, 3, 22, 9), (2026, 3, 23, 7), (2026, 3, 16), (2026, 3, 22)),
        ({"every": "month", "day": 28}, (2026, 1, 28, 9), (2026, 2, 28, 7), (2026, 1, 1), (2026, 1, 31)),
        # An hour that the clocks leave out.
        ({"every": "day", "hour": 2}, (2026, 3, 28, 9), (2026, 3, 29, 1), (2026, 3, 28), (2026, 3, 28)),
    ],
)
def test_when_it_is_due_and_which_days_it_tells_of(fields, after, due, first, last):
    letter = a_letter(**fields)
    at = next_due(letter, datetime(*after, tzinfo=UTC))
    assert at == datetime(*due, tzinfo=UTC)
    assert days_of(letter, at) == (date(*first), date(*last))


def test_names_are_drawn_in_their_letters_or_not_at_all():
    """Of a font in parts; what it lacks stands as text in the table below."""
    for name in (
        "Zoë",
        "Елена Смирнова",
        "Γιώργος Παπαδόπουλος",
        "Đặng Thị Ánh",
        "Łukasz Żółć",
        "Ольга Їжакевич",
    ):
        assert drawable(name) == name
    assert drawable("🦊 Renard") == "Renard"
    for name in ("山田 太郎", "王小明 (Support)", "さくら", "김민준", "Ana 山田"):
        assert drawable(name) == name
    for name in ("محمد عبد الرحمن", "יעל כהן"):  # from the right: where the libraries that set them are there
        assert drawable(name) == (name if features.check("raqm") else None)
    for name in ("येल शर्मा", "สมชาย", "🦊"):
        assert drawable(name) is None
    runs = [letters for _font, letters in _runs("Ana 山田 太郎 2")]
    assert "".join(runs) == "Ana 山田 太郎 2" and not any(one.endswith(" ") for one in runs)
    named, numbered = (png_of(bar_chart([(name, 3, "3", "", None)], label="x")) for name in ("येल", "สมชาย"))
    assert named == numbered  # “No. 1 of the table”, both


def test_a_chart_becomes_a_picture():
    chart = bar_chart([("Réponses", 3, "3", "60 %", None), ("Others", 0, "0", "", None)], label="Who")
    picture = png_of(chart)
    assert picture.startswith(b"\x89PNG") and png_of(None) is None
    from io import BytesIO

    with Image.open(BytesIO(picture)) as image:
        assert image.width == 1440 and len(image.getcolors(100_000)) > 3


@pytest.fixture
def rita(acme):
    return make_member(acme.workspace, "rita@acme.example", "Rita Reporter", Role.REPORTER)


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_nothing_is_sent_twice_nor_to_who_stopped_it_or_may_not(acme, ada, ben, rita):
    """Noted once for a due time, claimed once, what fails comes again; who lost the right or left the list gets nothing."""
    now = timezone.now()
    with acme.scope():
        letter = actions.save(a_letter(every=Every.DAY), {}, [ada, ben, rita], by=ada)
        gone = make_member(acme.workspace, "gone@acme.example", "Gone", Role.MANAGER)
        actions.stop(letter, rita)
        actions.save(
            letter, {}, [ada, ben, rita, gone], by=ada
        )  # chosen again by somebody else: still stopped
        Letter.objects.filter(pk=letter.pk).update(next_at=now - timedelta(hours=1))
    Member.objects.filter(pk=gone.pk).update(deactivated_at=now)
    assert send.due() == [(acme.workspace.pk, letter.pk)]
    assert send.note_due(acme.workspace.pk, letter.pk) == 3
    assert (send.note_due(acme.workspace.pk, letter.pk), send.due()) == (0, [])
    for _again in range(2):
        for place in send.waiting():
            send.send(*place)
    assert [one.to for one in mail.outbox] == [["ada@acme.example"]]
    with acme.scope():
        assert LetterSent.objects.exclude(sent_at=None).get().member == ada


@pytest.mark.django_db(transaction=True, databases=["default", "maintenance"])
def test_a_letter_whose_worker_died_leaves_when_its_lease_is_over(acme, ada, monkeypatch):
    """Free again after the lease and under the same Message-ID; what was sent stays sent, and five tries are enough."""
    now = timezone.now()
    with acme.scope():
        letter = actions.save(a_letter(every=Every.DAY), {}, [ada], by=ada)
        Letter.objects.filter(pk=letter.pk).update(next_at=now - timedelta(hours=1))
    send.note_due(acme.workspace.pk, letter.pk)
    [place] = send.waiting()
    with acme.scope():
        died = send._claimed(place[1])
    assert send.waiting() == [] and not send.send(*place)
    with acme.scope():
        LetterSent.objects.update(claimed_until=now - timedelta(seconds=1))
    assert send.waiting() == [place] and send.send(*place)
    assert mail.outbox[0].extra_headers["Message-ID"] == died.extra_headers["Message-ID"]
    with acme.scope():
        row = LetterSent.objects.get()
        assert row.sent_at and row.tries == 2
        LetterSent.objects.update(claimed_until=None)
    assert send.waiting() == [] and not send.send(*place) and len(mail.outbox) == 1
    with acme.scope():
        LetterSent.objects.update(sent_at=None, tries=send.TRIES)
    assert send.waiting() == []


def test_a_mail_has_findings_charts_and_a_plain_table(in_acme, ada):
    """HTML with the picture inside, the same as text, in the reader's language, the way out in both."""
    at = datetime(2026, 5, 12, 10, tzinfo=UTC)
    for n in range(3):
        Fact.objects.create(subject="c", subject_id=n + 1, kind=Kind.CREATED, key="", at=at)
    Rollup.objects.create(kind=Kind.CREATED, at=at.replace(hour=0), n=3, hours=[(600 << 32) + 3])
    in_acme.workspace.time_zone = ada.workspace.time_zone = "UTC"
    letter = actions.save(a_letter(every=Every.WEEK, zone="UTC"), {}, [ada], by=ada)
    ada.user.language = "fr"
    made = mail_of(letter, ada, datetime(2026, 5, 18, 8, tzinfo=UTC))
    html, kind = made.alternatives[0]
    assert kind == "text/html" and "2026" in made.subject and made.to == ["ada@acme.example"]
    assert "/analytics/letters/#letter-" in made.body and "/analytics/letters/#letter-" in html
    pictures = [one for one in made.attachments if one["Content-ID"]]
    assert pictures and f'src="cid:{pictures[0]["Content-ID"].strip("<>")}"' in html
    assert "<table" in html and "<script" not in html and made.message()["Auto-Submitted"] == "auto-generated"


def test_the_overview_comes_by_mail_and_long_tables_are_cut(in_acme, ada):
    """The first page as a letter: its figures and cards; of forty lines on, the mail says how many more there are."""
    at, day = datetime(2026, 5, 12, 10, tzinfo=UTC), datetime(2026, 5, 12, tzinfo=UTC)
    channel = {"channel_id": in_acme.chat.pk, "channel_kind": "chat"}
    for n in range(45):
        Fact.objects.create(
            subject="c", subject_id=n + 1, kind=Kind.CREATED, key="", at=at, page=f"/<{n}>", **channel
        )
        Rollup.objects.create(kind=Kind.CREATED, at=day, by="page", value=f"/<{n}>", n=1, **channel)
    Rollup.objects.create(kind=Kind.CREATED, at=day, n=45, **channel)
    in_acme.workspace.time_zone = ada.workspace.time_zone = "UTC"
    letter = actions.save(a_letter(page="overview", every=Every.WEEK, zone="UTC"), {}, [ada], by=ada)
    made = mail_of(letter, ada, datetime(2026, 5, 18, 8, tzinfo=UTC))
    assert made.subject.startswith("Overview · ") and "45 new conversations" in made.body
    assert "/w/acme/analytics/?from=2026-05-11&to=2026-05-17" in made.body
    made = mail_of(a_letter(pk=1, page="pages", every=Every.WEEK), ada, datetime(2026, 5, 18, 8, tzinfo=UTC))
    html = made.alternatives[0][0]
    assert "5 more lines stand in the reports." in html and "5 more lines" in made.body
    assert html.count("/&lt;") >= 40 and "/<" not in html


def test_the_pages(acme, ada, rita, ben, client_of):
    """Whoever may read reports sets one up; others' letters are changed by their maker and the admins alone."""
    client = client_of(ada)
    told = {
        "what": "volume", "every": "week", "weekday": "0", "day": "1", "hour": "8", "zone": "Europe/Paris",
        "readers": [ada.pk, rita.pk],
    }  # fmt: skip
    form = client.get("/w/acme/analytics/letters/new/?what=overview").content.decode()
    assert 'value="overview" selected' in form
    assert client.post("/w/acme/analytics/letters/new/", told | {"readers": [ben.pk]}).status_code == 422
    assert client.post("/w/acme/analytics/letters/new/", told).status_code == 302
    with acme.scope():
        pk = Letter.objects.get().pk
        inbox = acme.inbox
    # From a page with filters: they are the letter's, and somebody may take them off.
    page = client.get(f"/w/acme/analytics/volume/?inbox={inbox.pk}")
    assert f"what=volume&amp;query=inbox%3D{inbox.pk}" in page.content.decode()
    form = client.get(f"/w/acme/analytics/letters/new/?what=volume&query=inbox%3D{inbox.pk}")
    assert inbox.name in form.context["narrowed"] and 'value="volume" selected' in form.content.decode()
    for filtered, kept in (({"filtered": "on"}, f"inbox={inbox.pk}"), ({}, "")):
        client.post(f"/w/acme/analytics/letters/{pk}/", told | {"query": f"inbox={inbox.pk}"} | filtered)
        with acme.scope():
            assert Letter.objects.get().query == kept
    reader = client_of(rita)
    assert "Volume" in reader.get("/w/acme/analytics/letters/").content.decode()
    assert reader.get(f"/w/acme/analytics/letters/{pk}/").status_code == 404
    reader.post(f"/w/acme/analytics/letters/{pk}/stop/")
    page = reader.get("/w/acme/analytics/letters/")
    assert page.context["rows"][0]["mine"].stopped_at and len(page.context["rows"][0]["readers"]) == 1
    assert client.get(f"/w/acme/analytics/letters/{pk}/").status_code == 200
    assert client_of(ben).get("/w/acme/analytics/letters/").status_code == 404
    assert client.post(f"/w/acme/analytics/letters/{pk}/removal/").status_code == 302
