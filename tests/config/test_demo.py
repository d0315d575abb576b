"""The demo workspace is believable, is made once, sends nothing, and exists in development only."""

import re
from collections import defaultdict
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Max, Sum
from django.utils import timezone

from chatflows.models import FlowCount, FlowSession, SurveyAnswer
from config.demo.build import find_demo, let_sites_in
from config.demo.clock import moment
from config.demo.past_plan import plan
from config.demo.stories import STORIES
from config.demo.team import CHAT_KEY, website
from config.demo.words import WORDS
from contacts.models import Contact
from conversations.models import Comment, Conversation, Delivery, Message, Status
from events.models import Event, ReactionDue
from inboxes.models import Channel, PublicAddress
from inboxes.origins import sites_of
from tickets.models import SlaClock
from workspaces.models import Member, User, Workspace
from workspaces.scope import workspace_scope

PARIS = ZoneInfo("Europe/Paris")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def made(django_db_setup, django_db_blocker, monkeypatch):
    """What the command said when it made the demo: for good, as it does outside tests, and taken away afterwards."""
    monkeypatch.setenv("PARLEY_DEMO", "1")
    with django_db_blocker.unblock():
        yield run()
        with (
            connection.cursor() as cursor
        ):  # as after any test that commits; removing is what `--reset` shows
            cursor.execute("select empty_tables()")


def test_it_is_believable_made_once_and_anew_when_asked(made, db, settings):
    """One story, since making it takes seconds: what is in it, what it owes, and what a second and third run do."""
    passwords = re.findall(r"example +(\w{16}) ", made)
    assert len(set(passwords)) == 5
    assert User.objects.get(email="nora@atelier-lumen.example").check_password(passwords[0])
    demo = find_demo()
    with workspace_scope(demo):
        it_has_conversations_of_every_kind_and_some_wait_for_us()
        one_customer_is_met_on_four_kinds_of_channel()
        nothing_is_sent_and_nothing_is_owed()
        every_line_is_in_the_order_of_its_times()
        days_differ_and_nothing_lies_ahead()
        reports_have_something_to_tell()

    again = run()
    assert not any(password in again for password in passwords)
    assert website() in again

    with workspace_scope(demo):
        the_widget_opens_on_the_website_when_the_port_has_changed(demo, settings)

    anew = run("--reset")
    assert not any(password in anew for password in passwords)
    assert Workspace.objects.filter(is_demo=True).count() == 1
    assert Member.objects.count() == User.objects.count() == 5
    assert PublicAddress.objects.filter(kind="chat", value=CHAT_KEY).count() == 1


def test_it_is_refused_outside_development(db, settings, monkeypatch):
    settings.DEBUG = False
    monkeypatch.delenv("PARLEY_DEMO", raising=False)
    with pytest.raises(CommandError, match="development"):
        run()
    assert not Workspace.objects.exists()


def it_has_conversations_of_every_kind_and_some_wait_for_us():
    rows = Conversation.objects.all()
    assert set(rows.values_list("channel_kind", flat=True)) == {"chat", "email", "messenger", "form"}
    assert rows.count() >= 60
    assert rows.filter(status=Status.CLOSED).count() > 25
    assert rows.open().unassigned().count() >= 5
    assert rows.open().exclude(waiting_since=None).count() >= 8
    assert Contact.objects.count() >= 40
    assert {"fr", "en"} <= set(rows.values_list("language", flat=True))


def one_customer_is_met_on_four_kinds_of_channel():
    camille = Contact.objects.get(email="camille@verdier.example")
    assert set(camille.conversations.values_list("channel_kind", flat=True)) == {
        "chat",
        "email",
        "messenger",
        "form",
    }


def nothing_is_sent_and_nothing_is_owed():
    assert not Message.objects.filter(delivery__in=[Delivery.QUEUED, Delivery.FAILED]).exists()
    assert not ReactionDue.objects.exists()


def every_line_is_in_the_order_of_its_times():
    told = defaultdict(list)
    for pk, at in Event.objects.order_by("pk").values_list("conversation_id", "created_at"):
        told[pk].append(at)
    for conversation in Conversation.objects.prefetch_related("messages", "comments"):
        messages = sorted(conversation.messages.all(), key=lambda message: message.seq)
        times = [message.created_at for message in messages]
        assert times == sorted(times), conversation.preview
        entries = times + [comment.created_at for comment in conversation.comments.all()]
        assert conversation.last_activity_at == max(entries)
        assert conversation.created_at == times[0]
        assert told[conversation.pk] == sorted(told[conversation.pk]), conversation.preview


def days_differ_and_nothing_lies_ahead():
    days = {at.date() for at in Message.objects.values_list("created_at", flat=True)}
    assert len(days) > 25
    for rows in (Message.objects, Comment.objects, Event.objects):
        assert rows.aggregate(last=Max("created_at"))["last"] < timezone.now()
    assert not Conversation.objects.filter(closed_at__lt=F("created_at")).exists()


def the_widget_opens_on_the_website_when_the_port_has_changed(demo, settings):
    settings.SITE_URL = "http://localhost:8123"
    let_sites_in(demo)
    sites = sites_of(Channel.objects.get(identifier=CHAT_KEY))
    assert website() == "http://127.0.0.1:8123/demo/"
    assert "http://127.0.0.1:8123" in sites


@pytest.mark.parametrize("clock", ["00:05", "08:50", "14:20", "23:55"])
def test_the_stories_end_before_now_at_any_hour(clock):
    now = datetime.fromisoformat(f"2026-03-12T{clock}").replace(tzinfo=PARIS)
    for story in STORIES:
        at = moment(story.begins, now)
        for step in story.steps:
            before, at = at, moment(step.after, at)
            assert before <= at < now, (story.who, story.begins, step)


@pytest.mark.parametrize("clock", ["00:05", "14:20"])
def test_the_weeks_before_lie_in_order_and_end_before_now(clock):
    now = datetime.fromisoformat(f"2026-03-12T{clock}").replace(tzinfo=PARIS)
    for past in plan(now):
        times = [said.at for said in past.said]
        assert times == sorted(times) and past.at <= times[0] and times[-1] <= past.closed_at < now
        changes = sorted([*past.closings, *past.reopenings])
        assert changes[::2] == past.closings and changes[1::2] == past.reopenings


def reports_have_something_to_tell():
    """A bot with sessions of every outcome, a live chat that many began with, votes, promises kept and broken, eight weeks of conversations."""
    since = timezone.now() - timedelta(days=28)
    assert Conversation.objects.filter(created_at__gte=since).count() > 200
    assert Conversation.objects.filter(created_at__lt=since).count() > 200
    outcomes = set(FlowSession.objects.values_list("outcome", flat=True))
    assert outcomes == {"completed", "abandoned", "handed_over"}
    begun = FlowCount.objects.filter(chatflow__kind="live", measure="started").aggregate(n=Sum("n"))["n"]
    assert begun > 150 and FlowCount.objects.filter(chatflow__kind="bot", measure="started").exists()
    assert SurveyAnswer.objects.filter(score__gte=4, answered_at__gte=since).count() > 30
    assert {"met", "breached"} < set(SlaClock.objects.values_list("state", flat=True))
    assert not Conversation.objects.filter(
        status="closed", read_marks=None, detail__flow_version__isnull=False
    ).exists()


def test_a_bad_time_of_a_story_is_refused():
    with pytest.raises(ValueError, match="not a time"):
        moment("tomorrow", timezone.now())


def test_french_text_has_narrow_spaces_before_its_punctuation():
    texts = [story.subject for story in STORIES if story.language == "fr"]
    texts += [step.text for story in STORIES if story.language == "fr" for step in story.steps]
    texts += [value for value in WORDS["fr"].values() if isinstance(value, str)]
    assert [text for text in texts if re.search(r"\w [:;!?»]", text)] == []


@pytest.mark.parametrize("path", ["", "brume/", "contact/", "fr/", "fr/brume/", "fr/contact/"])
def test_the_website_embeds_the_widget_under_a_policy_of_its_own(client, db, settings, path):
    settings.SITE_URL = "http://localhost:8123"
    response = client.get(f"/demo/{path}")
    page = response.content.decode()
    language = "fr" if path.startswith("fr/") else "en"
    assert f'<html lang="{language}">' in page
    assert f'<script async src="http://localhost:8123/live/w.js" data-key="{CHAT_KEY}"></script>' in page
    policy = response["Content-Security-Policy"].split("; ")
    assert "script-src http://localhost:8123" in policy
    assert "frame-src http://localhost:8123" in policy
    assert "default-src 'none'" in policy
    assert not response.cookies


def test_captured_mail_is_shown_newest_first_as_harmless_text(client, db, settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "config.mail.CapturedMail"
    assert "No mail yet" in client.get("/demo/mail/").content.decode()
    for number in range(52):
        body = f"<script>alert({number})</script> Go to http://127.0.0.1:8123/invitations/{number}/ now."
        EmailMessage(f"Mail {number}", body, "parley@localhost", ["ada@acme.example"]).send()
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Mail 51") < page.index("Mail 50")
    assert page.count('<details class="letter"') == 50
    assert 'href="http://127.0.0.1:8123/invitations/51/"' in page
    assert "<script>" not in page


def test_a_mail_in_an_unknown_charset_is_shown_anyway(client, db, settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    raw = b'Subject: Odd\nContent-Type: text/plain; charset="klingon"\n\nR\xe9ponse\n'
    (tmp_path / "1-a.eml").write_bytes(raw)
    assert "Réponse" in client.get("/demo/mail/").content.decode()


def test_a_captured_letter_shows_its_html_where_it_can_do_nothing(client, db, settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    raw = (
        b"Subject: Hi\r\nTo: ada@acme.example\r\nX-Odd: 1\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nWords\r\n'
        b"--b\r\nContent-Type: text/html\r\n\r\n<b>Words</b><script>bad()</script>\r\n--b--\r\n"
    )
    (tmp_path / "1700000000000000000-abcdef.eml").write_bytes(raw)
    page = client.get("/demo/mail/").content.decode()
    assert 'src="/demo/mail/1700000000000000000-abcdef/"' in page and "X-Odd: 1" in page
    letter = client.get("/demo/mail/1700000000000000000-abcdef/")
    policy = letter["Content-Security-Policy"]
    assert b"<b>Words</b>" in letter.content and letter["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" in policy and "allow-scripts" not in policy and "default-src 'none'" in policy
    for wrong in ("1-abcdef", "1700000000000000000-ffffff", "passwd"):
        assert client.get(f"/demo/mail/{wrong}/").status_code == 404


def test_whom_a_captured_mail_hides_is_noted(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "config.mail.CapturedMail"
    EmailMessage("Hi", "x", "p@localhost", ["ada@acme.example"], bcc=["boss@acme.example"]).send()
    [file] = tmp_path.glob("*.eml")
    assert file.read_bytes().startswith(b"X-Captured-Bcc: boss@acme.example")
