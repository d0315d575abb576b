"""Whatever a flow looks like and whatever a visitor writes: it ends or waits, nothing dangles, a replay says the same."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatflows import engine, expressions
from chatflows.definition import NotAFlow, problems, read
from chatflows.simulate import answer_for, lines_of, replay, simulate
from chatflows.steps.kinds import KINDS

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
IDS = [f"s{n}" for n in range(8)]
WORDS = st.sampled_from(
    ["yes", "no", "lamp", "12", "jo@pine.example", "2026-12-31", "", "{{ contact.email }}", "__again__"]
)
TO = st.one_of(st.none(), st.sampled_from(IDS))

CONDITION = st.one_of(
    st.builds(
        lambda op, value: {"fact": "response", "op": op, "value": [value]},
        st.sampled_from(["any_of", "contains", "ne", "gt"]),
        WORDS.filter(bool),
    ),
    st.just({"fact": "contact.email", "op": "known"}),
    st.just({"fact": "available", "op": "available", "value": []}),
    st.just({"expression": "length(response) > 3 or not known(var.s1)"}),
)
BRANCH = st.fixed_dictionaries({"when": st.lists(CONDITION, min_size=1, max_size=2), "to": TO})
REPLY = st.fixed_dictionaries({"label": st.sampled_from(["Yes", "No", "Lamp"]), "to": TO})
FILLED = {
    "message": {"bubbles": st.just(['Hi {{ var.s1 | "you" }}'])},
    "question": {
        "bubbles": st.just(["Well?"]),
        "replies": st.lists(REPLY, max_size=3),
        "many": st.booleans(),
        "typed": st.booleans(),
        "skip_known": st.booleans(),
        "asks": st.sampled_from(["custom", "email", "first_name"]),
    },
    "subscription": {"bubbles": st.just(["News?"]), "subscription": st.just("News")},
    "set": {"property": st.just("city"), "value": WORDS},
    "list": {"list": st.just("VIP")},
    "ticket": {},
    "knowledge": {"to_yes": TO, "to_no": TO},
    "handover": {"to": st.sampled_from(["rule", "nobody", "owner"])},
    "rule": {"rule": st.just(3)},
    "webhook": {"url": st.just("https://bot.example/"), "waits": st.booleans(), "to_error": TO},
    "meeting": {"people": st.just(["member:1"]), "title": st.just("Call"), "to_none": TO},
    "branch": {},
    "goto": {"to": st.sampled_from(IDS)},
    "end": {"start_over": st.booleans()},
}


@st.composite
def flows(draw):
    steps = []
    for id in IDS[: draw(st.integers(1, 8))]:
        kind = draw(st.sampled_from(sorted(KINDS)))
        step = {"id": id, "kind": kind} | {key: draw(value) for key, value in FILLED[kind].items()}
        if KINDS[kind].branches:
            step["branches"] = draw(st.lists(BRANCH, max_size=2))
        if not KINDS[kind].final and kind != "goto":
            step["next"] = draw(TO)
        steps.append(step)
    return read({"steps": steps})


ANSWERS = st.sampled_from(
    [
        {"ok": False},
        {},
        {"ok": True, "answer": {"botMessage": "Hi", "nextModuleNickname": "s2"}},
        {"ok": True, "answer": {"responseExpected": True, "quickReplies": ["A", {"label": "B", "value": 1}]}},
        {"found": [{"title": "A", "url": "/a"}]},
        {"slots": [{"value": "2026-12-01T09:00:00+00:00", "label": "Tue"}], "more": True},
    ]
)
INPUTS = st.lists(
    st.one_of(
        st.builds(
            lambda text, reply: {"kind": "text", "text": text, "reply": reply},
            WORDS,
            st.lists(WORDS, max_size=1),
        ),
        st.builds(lambda result: {"kind": "outside", "result": result}, ANSWERS),
    ),
    max_size=12,
)
FACTS = st.sampled_from([{}, {"available": ["member:1"], "contact.email": "a@b.example", "known": True}])


def walk(flow, inputs, facts):
    """Every input in turn; (effects of each, states)."""
    effects, state = engine.begin(flow, {})
    turns, states = [effects], [state]
    for one in inputs:
        one = one | {"job": state["job"]} if one["kind"] == "outside" else one
        effects, state = engine.step(flow, json.loads(json.dumps(state)), one, facts)
        turns.append(effects)
        states.append(state)
    return turns, states


@QUICK
@given(flows(), INPUTS, FACTS)
def test_be6_no_flow_goes_on_for_ever_and_every_turn_ends_waiting_or_over(flow, inputs, facts):
    turns, states = walk(flow, inputs, facts)
    for effects, state in zip(turns, states, strict=True):
        assert sum(one["do"] == "reached" for one in effects) <= engine.MOST_SILENT * (len(inputs) + 1)
        assert state["mode"] in (engine.OPENING, engine.ASKING, engine.OUTSIDE, engine.OVER)
        assert state["mode"] != engine.ASKING or state["awaits"]
        assert sum(one["do"] == "end" for one in effects) == (state["mode"] == engine.OVER and bool(effects))
    over = [state["mode"] == engine.OVER for state in states]
    assert over == sorted(over), "what is over stays over"


@QUICK
@given(flows(), INPUTS, FACTS)
def test_a_replay_of_stored_inputs_says_and_does_the_same(flow, inputs, facts):
    once, states = walk(flow, inputs, facts)
    again, _states = walk(read(json.loads(json.dumps(flow.to_json()))), json.loads(json.dumps(inputs)), facts)
    assert once == again
    assert json.loads(json.dumps(states)) == states, "a state is plain JSON"
    kept = [[0, one | ({"job": 0} if one["kind"] == "outside" else {}), {}] for one in inputs]
    assert replay(flow, kept, facts, lines_of(flow, kept, facts)).same


@QUICK
@given(flows())
def test_be7_what_has_no_problem_has_no_jump_to_nowhere(flow):
    if not [one for one in problems(flow) if one.blocks]:
        for step in flow.steps:
            assert all(flow.step(to) for _where, to in step.jumps())


@QUICK
@given(flows())
def test_a_flow_comes_back_from_json_as_it_went(flow):
    assert read(json.loads(json.dumps(flow.to_json()))) == flow


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "kind",
                    "name",
                    "next",
                    "branches",
                    "when",
                    "to",
                    "bubbles",
                    "replies",
                    "steps",
                    "start",
                    "format",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@QUICK
@given(JUNK)
def test_whatever_a_file_holds_it_is_a_flow_or_refused_in_words(raw):
    try:
        read(raw)
    except NotAFlow as error:
        assert all(one.words for one in error.mistakes)


@QUICK
@given(
    st.text(alphabet="()<>=!\"'., abcdefknowrtx0123456789._", max_size=60),
    st.dictionaries(st.sampled_from(["response", "var.x"]), JUNK, max_size=2),
)
def test_whatever_is_written_as_an_expression_it_is_read_or_refused(text, facts):
    try:
        tree = expressions.parse(text)
    except expressions.NotUnderstood as error:
        assert str(error)
    else:
        expressions.value(tree, facts)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("number(var.total) >= 100", True),
        ("var.total = 120,", None),
        ("var.total > 99 and not known(contact.email)", True),
        ("var.day > date('2026-01-01') and var.day < \"2027-01-01\"", True),
        ("page.path contains '/shop' or false", True),
        ("var.town = ' LYON '", True),
        ("var.nothing > 3", False),
        ("var.nothing != 'x'", True),
        ("available('team:3') and available('')", True),
        ("var.colours contains 'red'", True),
        ("length(var.colours) = 2", True),
        ("var.town.upper", None),
        ("__import__('os')", None),
        ("(" * 30 + "true" + ")" * 30, None),
        ("known(contact.email, var.x)", None),
        ("not", None),
    ],
)
def test_expressions(text, holds):
    facts = {"var.total": "120", "var.day": "2026-05-01", "page.path": "/SHOP/lamps", "var.town": "Lyon"}
    facts |= {"available": ["team:3"], "var.colours": ["Red", "Blue"]}
    if holds is None:
        with pytest.raises(expressions.NotUnderstood):
            expressions.parse(text)
    assert expressions.holds(text, facts) is bool(holds)


def test_a_replay_shows_where_a_draft_parts():
    old = read(
        {
            "steps": [
                {"id": "a", "kind": "question", "bubbles": ["Hi"]},
                {"id": "b", "kind": "message", "bubbles": ["Old"], "next": None},
            ]
        }
    )
    new = read(
        {
            "steps": [
                {"id": "a", "kind": "question", "bubbles": ["Hi"]},
                {"id": "b", "kind": "message", "bubbles": ["New"], "next": None},
            ]
        }
    )
    inputs = [[3, {"kind": "text", "text": "x"}, {}]]
    parting = replay(new, inputs, {}, lines_of(old, inputs, {}))
    assert (parting.same, parting.at) == (False, 1)
    assert ([one.text for one in parting.was], [one.text for one in parting.would]) == (["Old"], ["New"])


def test_the_simulator_answers_for_the_outside():
    assert answer_for({"do": "handover"}, {"available": ["member:1"], "channel_open": False}) == {}
    flow = read(
        {
            "steps": [
                {"id": "m", "kind": "question", "bubbles": ["?"]},
                {"id": "w", "kind": "webhook", "url": "https://a.example"},
            ]
        }
    )
    assert simulate(flow, [{"text": "x"}], {}).over
