"""Who left a bot at a step: the number leads to as many sessions, and says how many are gone (AN-1, AN-3)."""

from datetime import UTC, date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from analytics import standing
from analytics.scope import Scope
from chatflows.actions import publish
from chatflows.models import Chatflow, FlowCount, FlowSession, Measure, Outcome
from tests.analytics.test_bots import a_bot
from tests.factories import make_conversation

NOON = datetime(2026, 5, 12, 12, 20, tzinfo=UTC)
DAYS = {"from": "2026-05-12", "to": "2026-05-12", "period": "own"}


def left(house, version, step: str, at: datetime = NOON, outcome=Outcome.ABANDONED) -> FlowSession:
    """A session that ended there, counted as chatflows count it."""
    session = FlowSession.objects.create(
        conversation=make_conversation(house), version=version, step=step, outcome=outcome,
        started_at=at - timedelta(minutes=5), ended_at=at, expires_at=timezone.now(),
    )  # fmt: skip
    if outcome == Outcome.ABANDONED:
        hour = at.replace(minute=0)
        told = {"chatflow": version.chatflow, "version": version, "measure": Measure.DROPPED, "step": step}
        row, _new = FlowCount.objects.get_or_create(hour=hour, defaults={"n": 0}, **told)
        FlowCount.objects.filter(pk=row.pk).update(n=row.n + 1)
    return session


def test_who_left_at_a_step_is_as_many_as_the_number(acme, ada, client_of, django_assert_max_num_queries):
    with acme.scope():
        flow, other = a_bot(acme, ada, "Lumi"), a_bot(acme, ada, "Otto")
        first, second = (step["id"] for step in flow.published.definition["steps"][:2])
        older = flow.published
        for _n in range(2):
            last = left(acme, older, first)
        publish(flow, by=ada)
        newer = Chatflow.objects.get(pk=flow.pk).published
        left(acme, newer, first, NOON.replace(hour=21, minute=59))
        for elsewhere in (
            left(acme, newer, first, NOON.replace(hour=22)),  # the next day in Paris
            left(acme, newer, second),
            left(acme, other.published, first),
            left(acme, newer, first, outcome=Outcome.COMPLETED),
        ):
            assert elsewhere
        acme.workspace.time_zone = "Europe/Paris"
        acme.workspace.save()
    client = client_of(ada)
    page = client.get(reverse("analytics:bot", args=["acme", flow.pk]), DAYS)
    step = next(one for one in page.context["details"].steps if one.id == first)
    address = f"{reverse('analytics:behind', args=['acme'])}?from=2026-05-12&amp;to=2026-05-12&amp;by=step&amp;value={flow.pk}.{first}&amp;what=left_there"
    assert step.dropped == 3 and address in page.content.decode()
    with django_assert_max_num_queries(16):
        html = client.get(address.replace("&amp;", "&")).content.decode()
    assert 'data-n="3"' in html and html.count("<tr><td><time") == 3
    assert "3 sessions ended there" in html and "Lumi, " in html and "deleted since" not in html
    with acme.scope():
        last.conversation.delete()
    html = client.get(address.replace("&amp;", "&")).content.decode()
    assert 'data-n="3"' in html and html.count("<tr><td><time") == 2
    assert "1 of them was deleted since and is in no line." in html
    behind = reverse("analytics:behind", args=["acme"])
    for bad in ("by=step&value=1", "by=step&value=x.ask", "by=step&value=1.A%20b", "", "by=member&value=1"):
        assert client.get(f"{behind}?what=left_there&{bad}").status_code == 404


def test_days_that_begin_within_an_hour(in_acme, ada):
    """What counts in an hour counts to the day in which the hour begins, in the list as in the number."""
    flow = a_bot(in_acme, ada, "Lumi")
    step = flow.published.definition["steps"][0]["id"]
    for minute in (29, 31, 59):  # midnight in Kathmandu is a quarter past six in the evening
        left(in_acme, flow.published, step, datetime(2026, 5, 11, 18, minute, tzinfo=UTC))
    value = f"{flow.pk}.{step}"
    for day, n in ((11, 3), (12, 0)):
        scope = Scope(date(2026, 5, day), date(2026, 5, day), "Asia/Kathmandu")
        assert standing.left_at(scope, value).count() == standing.left_in_all(scope, value) == n
