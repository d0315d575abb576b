"""What stands open now or stood open then: each number leads to a list with as many lines (AN-1)."""

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse

from analytics import again, numbers, reader, standing
from analytics.models import Kind
from analytics.reports.base import Behind
from analytics.scope import Scope
from analytics.views.behind import rows_of
from conversations.actions import assign
from conversations.models import Conversation, Delivery
from tests.analytics.test_pages import links_of
from tests.factories import make_conversation, make_ticket
from workspaces.models import Member


def test_who_stood_open_is_as_many_as_the_number_says(world_of, db):
    with world_of(80) as world:
        pk = world.workspace.pk
        reader.read(pk)
        while again.go_on(pk):
            pass
        begun = Conversation.objects.order_by("created_at").values_list("created_at", flat=True)
        first = begun[0].date()
        scope = Scope(first, first + timedelta(days=45), world.workspace.time_zone)
        owner = Member.objects.filter(workspace=pk).order_by("pk").first()
        for one in (scope, replace(scope, kinds=("chat",)), replace(scope, members=(owner.pk,))):
            told = numbers.backlog(one)
            assert any(n for _day, n in told) or one.members
            for day, n in told[::6]:
                found = standing.behind(one, standing.THEN, at=day)
                assert found.count() == n, (one, day)
        whole = numbers.spreads(scope, [Kind.FIRST_RESPONSE])[0].histogram
        for begins, end, n in whole.distribution((60, 300, 3600)):
            assert rows_of(scope, Behind(Kind.FIRST_RESPONSE, took=(begins, end))).count() == n


def test_what_is_open_now_leads_to_its_lines(acme, ada, ben, client_of):
    with acme.scope():
        mine, _other = make_conversation(acme), make_conversation(acme, "And once more.")
        assign(mine, to=ben, by=ada)
        make_ticket(acme)
        mine.messages.update(delivery=Delivery.FAILED)
    client = client_of(ada)
    for key, report in (("team", "workload"), ("tickets", "tickets-by-status"), ("addresses", "addresses")):
        html = client.get(reverse("analytics:report", args=[acme.workspace.slug, key])).content.decode()
        links = links_of(html, report)
        assert links
        for url, text in links:
            behind = client.get(url).content.decode()
            assert f'data-n="{text}"' in behind, (url, text)
            assert behind.count("<tr><td><time") == int(text)
    behind = reverse("analytics:behind", args=[acme.workspace.slug])
    for bad in (
        "what=open_now&by=team&value=1",
        "what=open_then",
        "what=tickets_now&by=stage&value=x",
        "what=wait&took=9",
    ):
        assert client.get(f"{behind}?{bad}").status_code == 404
