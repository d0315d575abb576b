"""The bot's machine by its rules (BE-1 to BE-14)."""

import json
import re
from pathlib import Path

import pytest

from chatflows import engine, sentences
from chatflows.definition import NotAFlow, problems, read, texts, translated
from chatflows.schema import schema
from chatflows.simulate import simulate
from chatflows.steps.kinds import KINDS


def flow_of(*steps, start=""):
    return read({"start": start, "steps": list(steps)})


def ask(id="ask", **more):
    return {"id": id, "kind": "question", "bubbles": ["What is it?"]} | more


def say(id, text, **more):
    return {"id": id, "kind": "message", "bubbles": [text]} | more


END = {"id": "end", "kind": "end", "bubbles": ["Bye"]}


def said(flow, *script, **facts):
    script = [{"text": one} if isinstance(one, str) else one for one in script]
    names = {key.replace("__", "."): value for key, value in facts.items()}
    return [line.text for line in simulate(flow, script, names).lines if line.who == "bot"]


def test_be1_it_talks_until_it_asks_and_then_waits():
    flow = flow_of(say("hello", "Hello"), say("more", "We sell lamps"), ask(), END)
    effects, state = engine.begin(flow, {})
    assert [one["body"] for one in effects if one["do"] == "say"] == ["Hello", "We sell lamps", "What is it?"]
    assert (state["mode"], state["at"]) == (engine.ASKING, "ask")


def test_be1_before_the_first_word_nothing_happens_but_talk():
    flow = flow_of(
        say("hello", "Hello"), {"id": "set", "kind": "set", "property": "city", "value": "Lyon"}, END
    )
    effects, state = engine.begin(flow, {})
    assert [one["do"] for one in effects] == ["reached", "say"]
    effects, state = engine.step(flow, state, {"kind": "text", "text": "Hi"}, {})
    assert [one["do"] for one in effects] == ["reached", "set", "reached", "say", "end"]
    assert engine.is_over(state)


def test_be2_the_next_in_the_list_follows_unless_another_is_named():
    flow = flow_of(ask(next="bye"), say("skipped", "Never"), say("bye", "Bye", next=None))
    assert said(flow, "x") == ["What is it?", "Bye"]


def test_be3_the_first_branch_whose_conditions_all_hold_decides():
    when = [{"fact": "response", "op": "contains", "value": "lamp"}, {"expression": "visitor.country = 'FR'"}]
    flow = flow_of(
        ask(branches=[{"when": when, "to": "french"}, {"when": when[:1], "to": "lamp"}], next="end"),
        say("french", "Bonjour", next=None),
        say("lamp", "A lamp", next=None),
        END,
    )
    assert said(flow, "A LAMP please", visitor__country="fr")[-1] == "Bonjour"
    assert said(flow, "A lamp please", visitor__country="de")[-1] == "A lamp"
    assert said(flow, "A shade")[-1] == "Bye"


def test_be3_a_replys_own_way_beats_the_branches():
    branch = {"when": [{"fact": "response", "op": "known"}], "to": "end"}
    flow = flow_of(
        ask(replies=[{"label": "Track it", "value": "t", "to": "track"}], branches=[branch]),
        say("track", "On its way", next=None),
        END,
    )
    assert said(flow, {"text": "Track it", "reply": ["t"]})[-1] == "On its way"
    assert said(flow, " track IT ")[-1] == "On its way", (
        "BE-4: by its words as well, trimmed, whatever the case"
    )


def test_be4_availability_decides():
    branch = {"when": [{"fact": "available", "op": "available", "value": ["team:3"]}], "to": "free"}
    flow = flow_of(ask(branches=[branch], next="end"), say("free", "They are here", next=None), END)
    assert said(flow, "x", available=["member:1", "team:3"])[-1] == "They are here"
    assert said(flow, "x", available=["member:1"])[-1] == "Bye"


def test_be6_a_loop_ends_with_a_person():
    round_ = {"when": [{"fact": "response", "op": "known"}], "to": "one"}
    flow = flow_of(ask(), say("one", "1"), say("two", "2", branches=[round_]), END)
    seen = simulate(flow, [{"text": "x"}], {})
    assert [line.text for line in seen.lines].count("1") == engine.MOST_SILENT // 2
    assert [line.text for line in seen.lines][-3:] == ["log", "handover", "end"]
    assert seen.over and seen.state["outcome"] == engine.HANDED_OVER


def test_be7_a_jump_to_nowhere_is_the_end_and_may_not_be_published():
    flow = flow_of(ask(next="gone"), say("alone", "Nobody comes here"))
    assert simulate(flow, [{"text": "x"}], {}).state["outcome"] == engine.COMPLETED
    assert [(one.code, one.blocks) for one in problems(flow)] == [("dangling", True), ("unreachable", False)]


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((say("a", "1"), say("b", "2")), "never_waits"),
        ((), "no_start"),
        ((ask(), say("a", "1", next="b"), {"id": "b", "kind": "goto", "to": "a"}), "endless"),
        ((ask(typed=False),), "no_answer"),
        ((ask(), {"id": "h", "kind": "handover", "to": "people"}), "nobody"),
    ],
)
def test_be1_be7_what_would_not_do_is_named(steps, code):
    assert code in [one.code for one in problems(flow_of(*steps)) if one.blocks]


def test_be10_what_is_no_reply_is_asked_again_and_after_three_it_goes_on():
    flow = flow_of(ask(replies=["Yes", "No"], typed=False), END)
    run = simulate(flow, [{"text": "maybe"}] * 3, {}, {"error_text": "Choose, please"})
    assert [line.text for line in run.lines if line.who == "bot"] == [
        "What is it?",
        "Choose, please",
        "Choose, please",
        "Bye",
    ]
    assert run.lines[2].flow["replies"] == [{"value": "Yes", "label": "Yes"}, {"value": "No", "label": "No"}]


@pytest.mark.parametrize(
    ("more", "wrong", "right", "kept"),
    [
        ({"asks": "email"}, "not one", "I am JO@Pine.example.", "jo@pine.example"),
        ({"answer": "number", "least": "1", "greatest": "10"}, "12", "3,5", "3.5"),
        ({"answer": "date"}, "soon", "31.12.2026", "2026-12-31"),
        ({"asks": "phone"}, "none", "+33 4 00 00 12 47", "+33 4 00 00 12 47"),
        ({"answer": "url"}, "a b", "pine.example/x", "https://pine.example/x"),
    ],
)
def test_typed_answers_are_checked_by_what_is_expected(more, wrong, right, kept):
    flow = flow_of(ask(**more), END)
    seen = simulate(flow, [{"text": wrong}, {"text": right}], {})
    assert seen.lines[2].flow["error"]
    assert seen.state["vars"]["var.ask"] == kept


def test_several_replies_may_be_chosen():
    flow = flow_of(ask(replies=["Red", "Blue", "Green"], many=True, typed=False), END)
    for one in ({"text": "Red, Blue", "reply": ["Red", "Blue"]}, {"text": "blue; red"}):
        assert simulate(flow, [one], {}).state["vars"]["var.ask"] == ["Red", "Blue"]


def test_what_is_known_is_not_asked():
    flow = flow_of(say("a", "Hi"), ask("q"), ask("mail", asks="email", skip_known=True), END)
    assert said(flow, "x", contact__email="jo@pine.example") == ["Hi", "What is it?", "Bye"]


def test_be11_a_token_of_somebody_unknown_is_its_fallback():
    flow = flow_of(ask(), say("hi", 'Hello {{ contact.first_name | "there" }}, {{ var.ask }}', next=None))
    assert said(flow, "lamp {{ contact.name }}")[-1] == "Hello there, lamp {{ contact.name }}"
    assert said(flow, "x", contact__first_name="Jo")[-1] == "Hello Jo, x"


def test_be12_each_bubble_is_a_message_and_the_last_carries_the_replies():
    bubbles = ["One", {"kind": "image", "url": "https://a.example/b.png", "text": "A lamp"}, "Which?"]
    effects, _state = engine.begin(flow_of(ask(bubbles=bubbles, replies=["A"])), {})
    spoken = [one for one in effects if one["do"] == "say"]
    assert [one["body"] for one in spoken] == ["One", "A lamp\nhttps://a.example/b.png", "Which?"]
    assert [bool(one["flow"].get("replies")) for one in spoken] == [False, False, True]


HAND = {
    "id": "hand",
    "kind": "handover",
    "text": "Wait",
    "joined": "{{ agent.first_name }} is here",
    "away": "Away",
}


def test_be13_somebody_free_joins_and_the_bot_is_done():
    seen = simulate(flow_of(ask(), HAND), [{"text": "x"}], {"available": ["member:1"], "agent": "Ben Agent"})
    assert [line.text for line in seen.lines if line.who == "bot"][1:] == ["Wait", "Ben is here"]
    assert seen.state["outcome"] == engine.HANDED_OVER


def test_be13_nobody_free_says_so_and_asks_where_to_write():
    seen = simulate(flow_of(ask(), HAND), [{"text": "x"}, {"text": "jo@pine.example"}], {})
    assert [line.text for line in seen.lines if line.who == "bot"][1:] == [
        "Wait",
        "Away",
        "Where can we write to you?",
    ]
    assert seen.state["said"] == {"contact.email": "jo@pine.example"} and seen.over


HOOK = {"id": "hook", "kind": "webhook", "url": "https://bot.example/", "to_error": "sorry"}


def test_be14_another_server_speaks_waits_and_jumps_by_name():
    flow = flow_of(ask(), HOOK, END, say("sorry", "Something went wrong", next=None))
    first = {
        "botMessage": "<b>Which</b> size?",
        "responseExpected": True,
        "quickReplies": [{"value": "l", "label": "Large"}],
    }
    script = [
        {"text": "x"},
        {"outside": {"ok": True, "answer": first | {"customState": {"seen": 1}}}},
        {"text": "Large", "reply": ["l"]},
        {"outside": {"ok": True, "answer": {"botMessage": "Fine", "nextModuleNickname": "END"}}},
    ]
    seen = simulate(flow, script, {})
    assert [line.text for line in seen.lines if line.who == "bot"] == [
        "What is it?",
        "Which size?",
        "Fine",
        "Bye",
    ]
    calls = [line.flow for line in seen.lines if line.kind == "webhook"]
    assert calls[1]["message"] == "Large" and calls[1]["custom"] == {"seen": 1}
    assert said(flow, "x", {"outside": {"ok": False}})[-1] == "Something went wrong"


def test_t105_what_another_server_says_is_capped_and_only_text():
    answer = {
        "botMessage": "<script>x()</script>{{ contact.email }}",
        "quickReplies": [{"label": f"{n}", "value": {}} for n in range(10_000)] + [None],
        "responseExpected": True,
        "nextModuleNickname": ["ask"],
        "customState": [1],
    }
    flow = flow_of(ask(), HOOK, END)
    seen = simulate(
        flow, [{"text": "x"}, {"outside": {"ok": True, "answer": answer}}], {"contact.email": "jo@x.example"}
    )
    last = [line for line in seen.lines if line.who == "bot"][-1]
    assert "script" not in last.text and "jo@x.example" not in last.text
    assert len(last.flow["replies"]) == 20 and last.flow["replies"][3] == {"label": "3", "value": "3"}


def test_what_is_written_while_it_waits_for_a_server_is_applied_afterwards():
    """Nothing the visitor writes is lost."""
    flow = flow_of(ask(), HOOK, ask("size", bubbles=["Which size?"]), END)
    _effects, state = engine.begin(flow, {})
    _effects, state = engine.step(flow, state, {"kind": "text", "text": "x"}, {})
    quiet, state = engine.step(flow, state, {"kind": "text", "text": "Large"}, {})
    assert quiet == [] and state["mode"] == engine.OUTSIDE
    stale, state = engine.step(flow, state, {"kind": "outside", "job": 99, "result": {"ok": True}}, {})
    assert stale == [], "an answer to another question is nobody's"
    effects, state = engine.step(flow, state, {"kind": "outside", "job": 1, "result": {"ok": True}}, {})
    assert [one["body"] for one in effects if one["do"] == "say"] == ["Which size?", "Bye"]
    assert state["vars"]["var.size"] == "Large"


def test_consent_is_kept_with_its_words_and_asks_the_address_first():
    step = {
        "id": "news",
        "kind": "subscription",
        "bubbles": ["Our letter?"],
        "subscription": "News",
        "next": None,
    }
    seen = simulate(
        flow_of(ask(), step), [{"text": "x"}, {"text": "Yes, please"}, {"text": "jo@pine.example"}], {}
    )
    [kept] = [line.flow for line in seen.lines if line.kind == "subscribe"]
    assert (kept["email"], kept["text"], kept["label"]) == ("jo@pine.example", "Our letter?", "Yes, please")


def test_articles_are_offered_and_the_answer_decides():
    step = {"id": "look", "kind": "knowledge", "prompt": "What?", "to_yes": "end", "to_no": "hand"}
    flow = flow_of(step, HAND, END)
    found = {"articles": [{"title": "Dimmers", "url": "https://a.example/1"}]}
    seen = simulate(flow, [{"text": "dimmer"}, {"text": "Yes", "reply": ["yes"]}], found)
    assert [line.text for line in seen.lines if line.who == "bot"][-2:] == ["Did this help?", "Bye"]
    assert said(flow, "dimmer")[1:3] == ["I found nothing on this.", "Wait"]


def test_a_meeting_is_booked_with_name_and_address():
    step = {
        "id": "meet",
        "kind": "meeting",
        "prompt": "When?",
        "people": ["member:1"],
        "title": "A call",
        "next": None,
    }
    slots = {"slots": [{"value": "2026-12-01T09:00:00Z", "label": "Tue 10:00"}]}
    script = ["x", {"text": "Tue 10:00"}, "Jo Pine", "jo@pine.example"]
    script = [one if isinstance(one, dict) else {"text": one} for one in script]
    seen = simulate(flow_of(ask(), step), script, slots)
    [booked] = [line.flow for line in seen.lines if line.kind == "book"]
    assert (booked["slot"], booked["name"], booked["email"]) == (
        "2026-12-01T09:00:00Z",
        "Jo Pine",
        "jo@pine.example",
    )
    assert seen.lines[-2].text == "Booked: 2026-12-01T09:00:00Z."


def test_mistakes_of_a_file_are_told_with_their_path():
    raw = {
        "steps": [{"id": "a", "kind": "message"}, ask(replies=[{"label": ""}], foo=1), {"kind": "magic"}],
        "x": 1,
    }
    with pytest.raises(NotAFlow) as caught:
        read(raw)
    paths = {one.path for one in caught.value.mistakes}
    assert paths == {"x", "steps.0.bubbles", "steps.1.replies.0.label", "steps.1.foo", "steps.2.kind"}


def test_one_flow_speaks_many_languages():
    flow = flow_of(ask(replies=[{"label": "Yes", "value": "y"}]), END)
    assert set(texts(flow)) == {"ask.bubbles.0", "ask.replies.0", "end.bubbles.0", "end.again"}
    french = translated(flow, {"ask.bubbles.0": "Quoi ?", "ask.replies.0": "Oui", "nothing.here": "x"})
    seen = simulate(french, [{"text": "oui"}], {})
    assert seen.lines[0].text == "Quoi ?" and seen.state["vars"]["var.ask"] == "y"


def test_the_example_of_the_documentation_is_a_flow_without_problems_and_the_schema_names_every_field():
    text = (Path(__file__).parents[2] / "docs/flow-format.md").read_text()
    raw = json.loads(text.split("```json")[1].split("```")[0])
    flow = read(raw)
    assert problems(flow) == []
    named = {
        step["properties"]["kind"]["const"]: step["properties"]
        for step in schema()["properties"]["steps"]["items"]["oneOf"]
    }
    for step in flow.to_json()["steps"]:
        assert set(step) <= set(named[step["kind"]])
    assert set(named) == set(KINDS)


# ── Sentences that nobody wrote in the flow ──


def test_every_sentence_of_the_machine_can_be_worded_by_the_chatflow():
    """OP-2: what a step's handler says by itself stands in the list, and is said as somebody wrote it."""
    steps = Path(engine.__file__).parent / "steps"
    sources = "".join(
        path.read_text() for path in steps.glob("*.py") if path.name not in ("kinds.py", "parts.py")
    )
    assert "gettext" not in sources
    named = set(re.findall(r'(?:sentence|DoesNotFit)\(\s*"(\w+)"', sources)) | {
        "least",
        "greatest",
        "at_once",
    }
    assert named == set(sentences.BOT)
    flow = flow_of(ask(answer="number", least="3"), END)
    kept = sentences.written(
        {
            "en": {"say_number": "A number, please."},
            "de": {"say_least": "Mindestens {limit}.", "say_number": " "},
        },
        "en",
        "de-AT",
    )
    run = simulate(flow, [{"text": "soon"}, {"text": "2"}], {}, {"sentences": kept})
    assert [line.text for line in run.lines if line.who == "bot"][1:] == [
        "A number, please.",
        "Mindestens 3.",
    ]
    plain = simulate(flow, [{"text": "2"}], {}, {})
    assert plain.lines[-1].text == "At least 3, please."
    assert sentences.written({"de": {"say_day": 7, "x": "y"}, "fr": []}, "en", "fr") == {}
