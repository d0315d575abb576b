"""Settings > Rules: made, tried, switched, ordered, looked at, by those who manage inboxes alone."""

import re

import pytest
from django.urls import reverse

from automation.models import DryRun, Rule, RuleRun
from conversations.models import Label
from tests.automation.stories import labelling, line, make_rule, react, when
from tests.factories import make_conversation
from workspaces.models import Member


def path(name, *told):
    return reverse(f"automation:{name}", args=["acme", *told])


@pytest.fixture
def posted(acme):
    with acme.scope():
        label = Label.objects.create(name="Lamp")
    return {
        "name": "Lamps",
        "trigger": "received",
        "only": "only",
        "c-0-0-field": "message_text",
        "c-0-0-op": "contains",
        "c-0-0-value": "lamp",
        "deed-0-do": "label",
        "deed-0-value": str(label.pk),
    }


def test_made_and_changed_without_a_script(acme, ada, client_of, posted):
    client = client_of(ada)
    page = client.get(path("rule_new")).content.decode()
    assert 'id="rule-form"' in page and "data-savebar" in page
    more = client.post(path("rule_new"), posted | {"do": "line-0"}).content.decode()
    assert 'id="c-0-1"' in more and 'value="lamp"' in more
    assert client.post(path("rule_new"), posted).url == path("rules")
    with acme.scope():
        rule = Rule.objects.get()
        assert rule.conditions == when(line("message_text", "contains", "lamp"))
        assert not rule.is_on()
    client.post(path("switch", rule.pk), {"on": "1"})
    client.post(path("rule", rule.pk), posted | {"name": "Lamps and shades", "stop_here": "on"})
    with acme.scope():
        rule.refresh_from_db()
        assert (rule.name, rule.version, rule.stop_here, rule.is_on()) == ("Lamps and shades", 2, True, True)
    assert "Lamps and shades" in client.get(path("rules")).content.decode()
    client.post(path("removal", rule.pk))
    with acme.scope():
        assert not Rule.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_stays(ada, client_of, posted):
    wrong = [{"name": ""}, {"c-0-0-value": ""}, {"trigger": "unanswered", "n": "0"}, {"deed-0-value": "999"}]
    for one in wrong:
        answer = client_of(ada).post(path("rule_new"), posted | one)
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
        assert one.get("name") == "" or 'value="Lamps"' in answer.content.decode()


def test_the_second_of_two_admins_sees_what_changed(acme, ada, client_of, posted):
    client = client_of(ada)
    with acme.scope():
        rule = make_rule(ada, deeds=labelling("Lamp"))
    page = client.get(path("rule", rule.pk)).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    client.post(path("rule", rule.pk), posted | {"name": "Theirs"})
    answer = client.post(path("rule", rule.pk), posted | {"name": "Mine", "seen": seen})
    assert answer.status_code == 422 and "Ada Owner changed this rule" in answer.content.decode()
    with acme.scope():
        assert Rule.objects.get().name == "Theirs"


def test_choices_by_htmx_reshape_and_never_save(acme, ada, client_of, posted):
    htmx = {"HX-Request": "true", "HX-Trigger": "rule-trigger"}
    answer = client_of(ada).post(path("rule_new"), posted | {"trigger": "unanswered"}, headers=htmx)
    assert 'id="rule-n"' in answer.content.decode() and "<html" not in answer.content.decode()
    saved = client_of(ada).post(path("rule_new"), posted, headers=htmx | {"HX-Trigger": "rule-form"})
    assert saved.headers["HX-Redirect"] == path("rules")
    with acme.scope():
        assert Rule.objects.count() == 1


def test_tried_before_it_is_kept(acme, ada, client_of, posted):
    with acme.scope():
        make_conversation(acme, "A lamp is dark.")
        make_conversation(acme, "Hello", address="b@pine.example")
    page = client_of(ada).post(path("rule_new"), posted | {"try": "1"}).content.decode()
    assert "It would have acted once" in page and "2 events of the last 30 days" in page
    with acme.scope():
        assert not Rule.objects.exists()
        dry = DryRun.objects.get()
    assert client_of(ada).get(path("dry", dry.pk)).status_code == 200


def test_order_by_buttons_and_by_place(acme, ada, client_of):
    with acme.scope():
        rules = [make_rule(ada, name) for name in "ABC"]

    def order():
        with acme.scope():
            return "".join(Rule.objects.in_order().values_list("name", flat=True))

    client_of(ada).post(path("place", rules[2].pk), {"to": "up"})
    assert order() == "ACB"
    client_of(ada).post(path("place", rules[0].pk), {"to": "2"})
    assert order() == "CBA"


def test_runs_and_why_say_what_and_because_of_what(acme, ada, ben, client_of, django_assert_max_num_queries):
    with acme.scope():
        asked = when(line("message_text", "contains", "lamp"), line("status", "is", ["open"]))
        made = make_rule(ada, "Lamps", conditions=asked, deeds=labelling("Lamp"))
        conversation = make_conversation(acme, "A lamp is dark.")
    react(acme)
    for url, client in ((path("runs"), client_of(ada)), (path("why", conversation.pk), client_of(ben))):
        page = client.get(url).content.decode()
        assert "Lamps" in page and "lamp" in page and "it was Open" in page and "Lamp" in page
    assert path("rule", made.pk) not in page
    why = client_of(ben).get(reverse("conversations:why", args=["acme", conversation.pk])).content.decode()
    assert path("why", conversation.pk) in why
    with acme.scope():
        for n in range(60):
            RuleRun.objects.create(
                rule=made,
                rule_name="Many",
                version=1,
                trigger="received",
                conversation=conversation,
                event_id=9**9 + n,
            )
    client = client_of(ada)
    with django_assert_max_num_queries(32):
        page = client.get(path("runs"), {"rule": made.pk, "outcome": "done"}).content.decode()
    assert page.count('class="stack run"') == 50 and "before=" in page


def test_rules_are_for_who_manages_inboxes(acme, ben, client_of):
    """T020."""
    assert client_of(ben).get(path("rules")).status_code == 404
    assert Member.objects.get(pk=ben.pk).role == "agent"


def test_a_failed_run_is_tried_again_from_the_page(acme, ada, client_of):
    with acme.scope():
        rule = make_rule(ada, deeds=labelling("Gone"))
        Label.objects.all().delete()
        make_conversation(acme)
    react(acme)
    with acme.scope():
        run = RuleRun.objects.get()
    assert "Try again" in client_of(ada).get(path("runs"), {"outcome": "failed"}).content.decode()
    client_of(ada).post(path("retry", run.pk))
    with acme.scope():
        run.refresh_from_db()
        assert run.outcome == "failed" and run.rule_id == rule.pk
