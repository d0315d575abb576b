"""The builder's pure parts: changing the steps of a draft, drawing them, reading a step's form, files of flows."""

import json

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as some

from chatflows import canvas, editing, export, forms_builder
from chatflows.definition import NotAFlow, new_step, problems, read, read_step
from chatflows.steps.kinds import KINDS

ORDERS = {
    "start": "hello",
    "steps": [
        {
            "id": "hello",
            "kind": "question",
            "bubbles": ["Hello. What is it about?"],
            "replies": [
                {"label": "My order", "to": "number"},
                {"label": "A broken lamp", "to": "photo"},
                {"label": "Something else", "to": "hand"},
            ],
            "typed": False,
            "next": None,
        },
        {
            "id": "number",
            "kind": "question",
            "bubbles": ["Which number?"],
            "save": "var.order",
            "next": "thanks",
        },
        {"id": "photo", "kind": "question", "bubbles": ["A photo, please?"], "next": "thanks"},
        {"id": "thanks", "kind": "message", "bubbles": ["Thank you."], "next": "hand"},
        {"id": "hand", "kind": "handover"},
    ],
}


@pytest.fixture
def flow():
    return read(ORDERS)


def message(id, text="Well."):
    return read_step({"id": id, "kind": "message", "bubbles": [text], "next": None})


def jumps(flow):
    return {(one.id, where): to for one in flow.steps for where, to in one.jumps()}


def drawn(column):
    """The drawing as nested lists of numbers and ids."""
    told = []
    for card in column.cards:
        told.append(f"{card.number} {card.step.id}")
        if card.forks:
            told.append({fork.label: drawn(fork.column) for fork in card.forks})
    return told + ([column.tail] if column.tail else [])


def test_ways_stand_side_by_side_and_meet_again_below(flow):
    assert drawn(canvas.draw(flow).column) == [
        "1 hello",
        {
            "My order": ["2a number", "below"],
            "A broken lamp": ["2b photo", "below"],
            "Something else": ["2c hand"],
        },
        "3 thanks",
        "jump",
    ]


def test_every_step_is_drawn_once_and_one_that_nobody_reaches_beside_the_others(flow):
    raw = flow.to_json()
    raw["steps"].append(message("lost").to_json())
    drawing = canvas.draw(read(raw), problems(read(raw)))
    assert set(drawing.cards) == {"hello", "number", "photo", "thanks", "hand", "lost"}
    assert [column.cards[0].step.id for column in drawing.loose] == ["lost"]
    assert [one.code for one in drawing.cards["lost"].problems] == ["unreachable"]


def test_a_way_back_is_drawn_as_a_jump():
    raw = {
        "start": "a",
        "steps": [
            {"id": "a", "kind": "question", "bubbles": ["A?"], "next": "b"},
            {"id": "b", "kind": "goto", "to": "a"},
        ],
    }
    column = canvas.draw(read(raw)).column
    assert (column.tail, column.jump.step.id) == ("jump", "a")


def test_a_new_step_stands_between_what_was_before_and_after(flow):
    more = editing.add(flow, message("wait"), "hello:replies.0")
    assert jumps(more)[("hello", "replies.0.to")] == "wait"
    assert jumps(more)[("wait", "next")] == "number"
    first = editing.add(flow, message("wait"), editing.START)
    assert first.start == "wait" and jumps(first)[("wait", "next")] == "hello"


def test_who_led_to_a_step_leads_to_what_followed_it(flow):
    less = editing.remove(flow, "thanks")
    assert jumps(less)[("number", "next")] == jumps(less)[("photo", "next")] == "hand"


def test_a_jump_to_a_step_that_goes_becomes_the_end():
    """BE-7."""
    raw = {
        "start": "a",
        "steps": [
            {"id": "a", "kind": "question", "bubbles": ["A?"], "next": "b"},
            {"id": "b", "kind": "goto", "to": "c"},
            {"id": "c", "kind": "end"},
        ],
    }
    less = editing.remove(read(raw), "c")
    assert less.by_id["b"].kind == "end"
    assert not [one for one in problems(less) if one.code == "dangling"]


def test_up_and_down_are_each_others_undoing(flow):
    longer = editing.add(flow, message("more"), "thanks:next")
    upper = editing.up(longer, "more")
    assert jumps(upper)[("number", "next")] == "more"
    assert jumps(upper)[("more", "next")] == "thanks" and jumps(upper)[("thanks", "next")] == "hand"
    assert jumps(editing.down(upper, "more")) == jumps(longer)


def test_a_step_goes_into_another_branch_and_replies_change_places(flow):
    there = editing.put(flow, "thanks", "hello:replies.2")
    assert jumps(there)[("hello", "replies.2.to")] == "thanks"
    assert jumps(there)[("number", "next")] == "hand" == jumps(there)[("thanks", "next")]
    aside = editing.sideways(flow, "photo", -1)
    assert [one.label for one in aside.by_id["hello"]["replies"]][:2] == ["A broken lamp", "My order"]


@pytest.mark.parametrize("change", [editing.down, lambda flow, id: editing.put(flow, id, "hand:next")])
def test_what_cannot_be_is_refused(flow, change):
    with pytest.raises(editing.NotPossible):
        change(flow, "hand")


def done(flow, verb, id, place):
    if verb == "add":
        return editing.add(flow, message(editing.free_id(flow, "message")), place)
    if verb == "put":
        return editing.put(flow, id, place)
    if verb == "left":
        return editing.sideways(flow, id, -1)
    plain = {"remove": editing.remove, "up": editing.up, "down": editing.down, "copy": editing.duplicate}
    return plain[verb](flow, id)


@given(
    some.lists(
        some.tuples(
            some.sampled_from(["add", "remove", "up", "down", "left", "put", "copy"]),
            some.integers(0, 50),
            some.integers(0, 50),
        ),
        max_size=12,
    )
)
def test_whatever_is_done_no_way_is_cut_and_no_step_drawn_twice(verbs):
    flow = read(ORDERS)
    for verb, which, where in verbs:
        if not flow.steps:
            break
        id = flow.steps[which % len(flow.steps)].id
        places = [place for place, _to in editing.ways(flow.to_json())]
        place = places[where % len(places)]
        try:
            flow = done(flow, verb, id, place)
        except editing.NotPossible:
            continue
        assert not [one for one in problems(flow) if one.code == "dangling"]
        assert set(canvas.draw(flow, problems(flow)).cards) == set(flow.by_id)


# ── The form of a step ──


def posted(form):
    """What a browser would send of a form that nobody touched."""
    given = QueryDict(mutable=True)
    given["name"] = form.raw["name"]
    given["next"] = form.raw.get("next") or ""
    for field in form.fields:
        key = field.spec.key
        if field.spec.sort in ("bubbles", "replies"):
            for n, row in enumerate(field.rows):
                for part in (
                    ("kind", "text", "url") if field.spec.sort == "bubbles" else ("label", "value", "to")
                ):
                    given[f"{key}-{n}-{part}"] = row.get(part) or ("text" if part == "kind" else "")
        elif field.spec.sort == "yes_no":
            if field.value:
                given[key] = "on"
        elif field.spec.sort == "people":
            given.setlist(key, list(field.value))
        else:
            given[key] = field.written
    for branch in form.branches:
        given[f"{branch['name']}-to"] = branch["to"]
        for line in branch["lines"]:
            for part in ("fact", "op", "value"):
                given[f"{line['name']}-{part}"] = line[part]
    return given


def form_of(step, flow, monkeypatch):
    monkeypatch.setattr(forms_builder, "people", list)
    monkeypatch.setattr(forms_builder, "rules", list)
    monkeypatch.setattr(forms_builder.lists, "choices", lambda chosen: [])
    monkeypatch.setattr(forms_builder.lists, "chosen", lambda written: written)
    return forms_builder.shown(step.to_json(), flow, canvas.draw(flow))


@pytest.mark.parametrize("key", KINDS)
def test_a_form_that_nobody_touched_changes_nothing(key, flow, monkeypatch):
    step = new_step(key, "x")
    form = form_of(step, flow, monkeypatch)
    raw = forms_builder.typed(posted(form), step.sort, id="x", before=step)
    assert json.loads(json.dumps(raw)) == json.loads(json.dumps(step.to_json()))


def test_branches_and_replies_come_through_the_form(flow, monkeypatch):
    raw = flow.by_id["hello"].to_json()
    raw["branches"] = [
        {
            "when": [
                {"fact": "response", "op": "any_of", "value": ["a", "b"]},
                {"fact": "contact.email", "op": "known"},
            ],
            "to": "hand",
        },
        {"when": [{"expression": "number(var.total) > 3"}], "to": None},
        {"when": [{"fact": "available", "op": "none_available", "value": []}], "to": "photo"},
    ]
    step = read_step(raw)
    again = forms_builder.typed(posted(form_of(step, flow, monkeypatch)), step.sort, id="hello", before=step)
    assert read_step(again) == step


def test_a_mistake_stands_at_its_field_and_line(flow, monkeypatch):
    step = flow.by_id["thanks"]
    raw = step.to_json() | {"bubbles": [{"kind": "image", "url": "nowhere"}]}
    with pytest.raises(NotAFlow) as refused:
        read_step(raw)
    monkeypatch.setattr(forms_builder, "people", list)
    form = forms_builder.shown(raw, flow, canvas.draw(flow), refused.value.mistakes)
    assert "Line 1" in form.fields[0].errors[0] and "bubbles-0-url" in form.bad


def test_a_button_gives_and_takes_a_line():
    raw = {"bubbles": [{"text": "A"}], "branches": []}
    assert len(forms_builder.pressed(raw, "bubbles+")["bubbles"]) == 2
    assert len(forms_builder.pressed(raw, "bubbles-0")["bubbles"]) == 1
    assert len(forms_builder.pressed(raw, "branches+")["branches"][0]["when"]) == 1
    assert len(forms_builder.pressed(raw, "branches.0+")["branches"][0]["when"]) == 2
    assert forms_builder.pressed(raw, "nothing") == raw


# ── Files ──


def file_of(flow, **more):
    return {"parley": "chatflow", "format": 1, "kind": "bot", "name": "Orders", "flow": flow.to_json()} | more


def test_a_file_brings_the_same_flow(flow):
    told = json.loads(json.dumps(file_of(flow, options={"survey": True})))
    brought = export.brought(told, "bot")
    assert brought.flow == flow
    assert brought.parts == {"options": {"survey": True}} and brought.left == []


def test_people_of_another_workspace_stay_there(flow):
    raw = flow.to_json()
    raw["steps"][-1] |= {"to": "people", "people": ["member:7"]}
    brought = export.brought(file_of(read(raw)), "bot")
    assert brought.flow.by_id["hand"]["to"] == "rule" and brought.left == ["The people of “hand”"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"parley": "x"}, "parley"),
        ({"format": 9}, "format"),
        ({"kind": "live"}, "kind"),
        ({"options": []}, ""),
        (
            {"flow": {"start": "a", "steps": [{"id": "a", "kind": "message", "bubbles": [{}]}]}},
            "flow.steps.0.bubbles.0.text",
        ),
        (
            {
                "flow": {
                    "start": "a",
                    "steps": [{"id": "a", "kind": "message", "bubbles": ["A"], "next": "gone"}],
                }
            },
            "flow.steps.a.next",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(flow, change, path):
    told = file_of(flow) | change
    if not path:
        assert export.brought(told, "bot")
        return
    with pytest.raises(NotAFlow) as refused:
        export.brought(told, "bot")
    assert [one.path for one in refused.value.mistakes] == [path]


def test_the_schema_names_every_kind_and_fits_what_is_written(flow):
    schema = export.schema()
    assert set(KINDS) < set(schema["$defs"])
    for step in flow.to_json()["steps"]:
        assert set(step) <= set(schema["$defs"][step["kind"]]["properties"])
