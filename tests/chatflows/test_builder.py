"""The builder's pages: with plain forms, with a script's requests, with two people at once, and its simulator."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from chatflows import actions
from chatflows.definition import read
from chatflows.models import ChatflowVersion, FlowCount, FlowSession
from tests.chatflows.test_builder_steps import ORDERS
from tests.factories import make_conversation, make_member
from workspaces.permissions import Role

HTMX = {"HX-Request": "true"}


def path(name, *told):
    return reverse(f"chatflows:{name}", args=["acme", *told])


def make_bot(house, by, definition=ORDERS):
    """A bot whose draft is this flow. Inside the scope."""
    flow = actions.create(house.chat, template="blank", name="Orders", language="en", by=by)
    actions.save_draft(flow, revision=None, by=by, definition=read(definition).to_json())
    return flow


@pytest.fixture
def bot(acme, ada):
    with acme.scope():
        return make_bot(acme, ada)


@pytest.fixture
def steps(acme, bot):
    """The steps of the draft as they stand now, by their ids."""

    def now():
        with acme.scope():
            return read(ChatflowVersion.objects.drafts().get(chatflow=bot).definition).by_id

    return now


@pytest.fixture
def page(ada, client_of):
    return client_of(ada)


def seen(content):
    return re.search(r'data-seen="([^"]+)"', content)[1]


def words(answer):
    return answer.content.decode()


def test_the_steps_are_drawn_with_numbers_and_the_open_one_has_its_form(page, bot):
    shown = words(page.get(path("builder", bot.pk), {"step": "number"}))
    assert 'id="card-photo"' in shown and "2b" in shown and "Which number?" in shown
    assert 'id="step-form"' in shown and 'value="var.order"' in shown
    assert "A visitor opens a page" in shown
    assert '{{ contact.first_name | "there" }}' in shown


def test_a_step_is_added_changed_moved_and_removed_without_a_script(page, bot, steps):
    place = "thanks:next"
    kinds = words(page.get(path("step_new", bot.pk), {"place": place}))
    assert 'name="kind" value="message"' in kinds
    # A message says something: it is asked for before it stands.
    assert 'id="step-form"' in words(page.post(path("step_new", bot.pk), {"kind": "message", "place": place}))
    assert "message" not in steps()
    new = {
        "kind": "message",
        "place": place,
        "name": "Bye",
        "bubbles-0-kind": "text",
        "bubbles-0-text": "Goodbye.",
    }
    assert page.post(path("step_new", bot.pk), new).url.endswith("?step=message")
    assert steps()["thanks"].next == "message" and steps()["message"].next == "hand"
    page.post(
        path("step", bot.pk, "message"),
        {"name": "Bye", "bubbles-0-text": "Bye bye.", "bubbles-0-kind": "text", "next": "hand"},
    )
    assert steps()["message"]["bubbles"][0].text == "Bye bye."
    page.post(path("step_place", bot.pk, "message"), {"to": "up"})
    assert steps()["number"].next == "message" and steps()["message"].next == "thanks"
    assert "Remove “Bye”?" in words(page.get(path("step_removal", bot.pk, "message")))
    page.post(path("step_removal", bot.pk, "message"))
    assert "message" not in steps() and steps()["number"].next == "thanks"


def test_a_kind_that_needs_nothing_stands_at_once(page, bot, steps):
    page.post(path("step_new", bot.pk), {"kind": "branch", "place": "start"}, headers=HTMX)
    assert steps()["branch"].next == "hello"


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(page, bot, steps):
    answer = page.post(path("step", bot.pk, "thanks"), {"name": "thanks", "bubbles-0-text": ""})
    assert answer.status_code == 422
    assert "data-mistake" in words(answer) and 'aria-invalid="true"' in words(answer)
    assert steps()["thanks"]["bubbles"][0].text == "Thank you."


def test_a_jump_to_a_step_that_somebody_just_removed_is_refused(page, bot, steps):
    """BE-7."""
    posted = {"name": "number", "bubbles-0-text": "Number?", "bubbles-0-kind": "text", "next": "gone"}
    answer = page.post(path("step", bot.pk, "number"), posted)
    assert answer.status_code == 422 and "no longer there" in words(answer)
    assert steps()["number"].next == "thanks"


def test_a_button_of_the_form_gives_another_line_and_keeps_nothing(page, bot, steps):
    posted = {"name": "thanks", "bubbles-0-text": "One", "bubbles-0-kind": "text", "do": "bubbles+"}
    shown = words(page.post(path("step", bot.pk, "thanks"), posted))
    assert 'id="bubbles-1-text"' in shown and ">One</textarea>" in shown
    assert steps()["thanks"]["bubbles"][0].text == "Thank you."


def test_undo_puts_the_whole_flow_and_refuses_a_jump_to_nowhere(page, bot, steps):
    """BE-7."""
    less = json.loads(json.dumps(ORDERS))
    less["steps"] = less["steps"][:-1]

    def put(definition, **more):
        told = json.dumps({"definition": definition, **more})
        return page.put(path("draft", bot.pk), told, content_type="application/json", headers=HTMX)

    refused = put(less)
    assert refused.status_code == 422 and "does not exist" in words(refused)
    less["steps"][3]["next"] = None
    less["steps"][0]["replies"][2]["to"] = None
    assert put(less).status_code == 200 and "hand" not in steps()
    assert put("nonsense").status_code == 422
    # T113: no JSON, without end, or with half a sign that PostgreSQL keeps nowhere.
    half = json.dumps({"definition": ORDERS}).replace('["Hello', '["\\ud83dHello', 1)
    assert "\\ud83d" in half
    for told in ("{", "[" * 50_000, half):
        got = page.put(path("draft", bot.pk), told, content_type="application/json", headers=HTMX)
        assert got.status_code == 422


def test_who_changes_another_step_disturbs_nobody_and_the_same_one_is_shown_first(
    acme, page, bot, steps, client_of
):
    admin = make_member(acme.workspace, "eve@acme.example", "Eve Moreau", Role.ADMIN)
    mine = seen(words(page.get(path("builder", bot.pk))))
    posted = {"bubbles-0-kind": "text", "next": "thanks", "name": "number", "seen": mine}
    other = {
        "name": "photo",
        "bubbles-0-text": "A picture?",
        "bubbles-0-kind": "text",
        "next": "thanks",
        "typed": "on",
    }
    client_of(admin).post(path("step", bot.pk, "photo"), other)
    assert (
        page.post(path("step", bot.pk, "number"), posted | {"bubbles-0-text": "Number?"}).status_code == 302
    )
    client_of(admin).post(
        path("step", bot.pk, "number"), posted | {"bubbles-0-text": "Eve's words", "seen": ""}
    )
    answer = page.post(path("step", bot.pk, "number"), posted | {"bubbles-0-text": "Mine"})
    assert answer.status_code == 409
    assert "Eve Moreau changed this meanwhile" in words(answer) and "Eve&#x27;s words" in words(answer)
    assert ">Mine</textarea>" in words(answer)
    again = posted | {"bubbles-0-text": "Mine", "seen": seen(words(answer))}
    assert page.post(path("step", bot.pk, "number"), again).status_code == 302
    assert steps()["number"]["bubbles"][0].text == "Mine"


def test_whole_flows_are_not_put_over_somebody_elses_changes(acme, page, bot, client_of, ada):
    mine = seen(words(page.get(path("builder", bot.pk))))
    with acme.scope():
        changed = json.loads(json.dumps(ORDERS))
        changed["steps"][3]["bubbles"] = ["Merci."]
        actions.save_draft(bot, revision=None, by=ada, definition=read(changed).to_json())
    told = json.dumps({"definition": ORDERS, "seen": mine})
    answer = page.put(path("draft", bot.pk), told, content_type="application/json", headers=HTMX)
    assert answer.status_code == 409 and "thanks: Merci." in words(answer)


def test_what_is_wrong_with_the_flow_stands_on_its_card(page, bot, acme, ada):
    lost = json.loads(json.dumps(ORDERS))
    lost["steps"].append({"id": "lost", "kind": "message", "bubbles": ["Hm."], "next": None})
    with acme.scope():
        actions.save_draft(bot, revision=None, by=ada, definition=read(lost).to_json())
    shown = words(page.get(path("builder", bot.pk)))
    assert "No way leads here" in shown and "Never reached" in shown


def test_figures_of_the_published_version_stand_on_the_cards(acme, ada, page, bot):
    with acme.scope():
        actions.publish(bot, by=ada)
        bot.refresh_from_db()
        for measure, n in (("reached", 40), ("answered", 31), ("dropped", 9)):
            FlowCount.objects.create(
                chatflow=bot, version=bot.published, step="number", measure=measure, hour=timezone.now(), n=n
            )
    assert "fcard__figures" not in words(page.get(path("builder", bot.pk)))
    shown = words(page.get(path("builder", bot.pk), {"figures": "1"}))
    assert all(f" {n}<" in shown for n in (40, 31, 9))


# ── Trying ──


def test_the_preview_walks_the_draft_and_keeps_nothing(acme, page, bot):
    first = words(page.get(path("preview", bot.pk)))
    assert "What is it about?" in first and 'value="My order"' in first
    answer = words(
        page.post(
            path("preview", bot.pk),
            {"script": "[]", "reply": "My order", "value": "My order", "label": "My order"},
        )
    )
    assert "Which number?" in answer
    script = re.search(r'name="script" value="([^"]+)"', answer)[1].replace("&quot;", '"')
    last = words(page.post(path("preview", bot.pk), {"script": script, "text": "4812", "team": "here"}))
    assert "Thank you." in last and "The flow is over." in last


def test_the_preview_may_be_framed_by_us_alone(page, bot):
    answer = page.get(path("preview", bot.pk))
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert page.get(path("builder", bot.pk))["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("script", ["{", "7", '["x", 7, {"reply": 3}]', '[{"text": null}]', "[" * 3000])
def test_a_script_that_was_written_by_hand_breaks_nothing(page, bot, script):
    assert page.post(path("preview", bot.pk), {"script": script, "text": "x"}).status_code == 200


def test_the_simulator_offers_who_comes(page, bot):
    shown = words(page.get(path("simulator", bot.pk)))
    assert "Who comes" in shown and "No visitor has walked" in shown
    assert re.findall(
        r'<option value="(..)">(\w+)', shown.partition('id="sim-language"')[2].partition("</select>")[0]
    ) == [
        ("en", "English"),
        ("fr", "French"),
    ]


def test_a_past_walk_shows_where_the_draft_parts_from_it(acme, ada, page, bot):
    with acme.scope():
        actions.publish(bot, by=ada)
        bot.refresh_from_db()
        inputs = [
            [0, {"kind": "text", "text": "My order", "reply": ["My order"]}],
            [9, {"kind": "text", "text": "4812"}],
        ]
        walk = FlowSession.objects.create(
            conversation=make_conversation(acme),
            version=bot.published,
            inputs=inputs,
            expires_at=timezone.now(),
            ended_at=timezone.now(),
            outcome="completed",
        )
    same = words(page.get(path("simulator", bot.pk), {"walk": walk.pk}))
    assert "says the same from beginning to end" in same and "Version 1 · Completed" in same
    page.post(
        path("step", bot.pk, "number"),
        {
            "name": "number",
            "bubbles-0-text": "The number, please?",
            "typed": "on",
            "next": "thanks",
            "save": "var.order",
            "tries": "3",
        },
    )
    parted = words(page.get(path("simulator", bot.pk), {"walk": walk.pk}))
    assert "goes another way here" in parted
    assert "Which number?" in parted and "The number, please?" in parted
    assert page.get(path("simulator", bot.pk), {"walk": "999999"}).status_code == 404


def test_a_flow_speaks_the_languages_it_was_given(acme, page, bot):
    address = path("languages", bot.pk) + "?language=fr"
    shown = words(page.get(address))
    assert 'name="number.bubbles.0"' in shown and "Which number?" in shown
    said = {"number.bubbles.0": "Quel numéro ?", "hello.replies.0": "Ma commande", "nonsense": "x"}
    assert page.post(address, said).status_code == 302
    with acme.scope():
        spoken = ChatflowVersion.objects.drafts().get(chatflow=bot).translations
    assert spoken == {"fr": {"number.bubbles.0": "Quel numéro ?", "hello.replies.0": "Ma commande"}}
    old = re.search(r'name="seen" value="([^"]+)"', words(page.get(address)))[1]
    page.post(address, {"number.bubbles.0": "Lequel ?"})
    assert page.post(address, {"number.bubbles.0": "Mien", "seen": old}).status_code == 409
    tried = words(page.get(path("preview", bot.pk), {"language": "fr"}))
    assert "Lequel" not in tried and 'lang="fr"' in tried
    assert page.get(path("languages", bot.pk), {"language": "xx"}).status_code == 404


def test_our_own_sentences_have_a_place_among_the_translations(acme, page, bot):
    """OP-2: German falls back to what somebody wrote in the flow's own language, then to English."""

    def place(code, name):
        shown = words(page.get(path("languages", bot.pk), {"language": code}))
        return re.search(rf'name="{name}"[^>]*>[^<]*', shown)[0]

    assert 'placeholder="Please write a number."' in place("de", "say_number")
    assert "Écrivez un nombre" in place("fr", "say_number")
    assert 'placeholder="At least {limit}, please."' in place("de", "say_least")
    assert 'placeholder="I agree"' in place("de", "say_agree")
    own = words(page.get(path("languages", bot.pk), {"language": "en"}))
    assert 'name="say_number"' in own and "number.bubbles.0" not in own and "consent_text" not in own
    address = path("languages", bot.pk)
    for code, said in (("en", "One of these, please."), ("de", "Bitte wählen.")):
        shown = words(page.get(address, {"language": code}))
        sent = {"say_choose": said, "seen": re.search(r'name="seen" value="([^"]+)"', shown)[1]}
        assert page.post(f"{address}?language={code}", sent).status_code == 302
    assert "Bitte wählen." in place("de", "say_choose")
    assert 'placeholder="One of these, please."' in place("nl", "say_choose")
    for language, said in (
        ("de", "Bitte wählen."),
        ("nl", "One of these, please."),
        ("", "One of these, please."),
    ):
        assert said in words(page.post(path("preview", bot.pk), {"language": language, "text": "soon"}))


# ── Files ──


def test_a_flow_goes_out_and_comes_back(acme, ada, page, bot, steps):
    file = page.get(path("export", bot.pk))
    assert file["Content-Disposition"] == 'attachment; filename="orders.json"'
    with acme.scope():
        other = actions.create(acme.chat, template="blank", name="Other", language="en", by=ada)
    assert page.post(path("import", other.pk), {"text": words(file)}).status_code == 302
    with acme.scope():
        assert read(ChatflowVersion.objects.get(chatflow=other).definition).by_id == steps()
    refused = page.post(
        path("import", other.pk),
        {"text": '{"parley": "chatflow", "kind": "bot", "flow": {"steps": [{"id": "a"}]}}'},
    )
    assert refused.status_code == 422 and "flow.steps.0.kind" in words(refused)
    assert page.get(path("schema")).json()["title"] == "Parley chatflow"


def test_builders_alone_come_in(ben, client_of, bot):
    """AC-3: ben is an agent."""
    assert client_of(ben).get(path("builder", bot.pk)).status_code == 404
