"""Each kind of field: what it takes, what it refuses, and what any odd shape of a definition comes to. Pure."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels_app.form.definition import KINDS, Condition, Field, Form, problems, read, write
from channels_app.form.fields import check, in_words


def ask(one: Field, *values: str) -> str:
    return check(Form("T", fields=(one,)), {one.key: values}).errors.get(one.key, "")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("email", ["a@b.example", "a@bücher.example"], ["a@", "a b@c.example", "x" * 260 + "@b.example"]),
        ("phone", ["+33 4 00 00 12 47", "(555) 123-4567"], ["call me", "12"]),
        ("number", ["3", "3,5", "-1.5", "1 200"], ["three", "nan", "1e999", "٣x"]),
        ("date", ["2026-02-28"], ["2026-02-30", "28/02/2026", "0"]),
        ("text", ["x" * 500, "日本語"], ["x" * 501]),
    ],
)
def test_what_a_kind_takes(kind, good, bad):
    one = Field("f", kind, "F")
    assert [ask(one, value) for value in good] == [""] * len(good)
    assert all(ask(one, value) for value in bad)


def test_bounds():
    assert ask(Field("f", "number", "F", least="2", most="5"), "6") and not ask(
        Field("f", "number", "F", most="5"), "5"
    )
    assert ask(Field("f", "date", "F", least="2026-01-01"), "2025-12-31")
    assert ask(Field("f", "text", "F", least="3"), "ab")


def test_lists_take_what_they_offer():
    assert ask(Field("f", "choice", "F", options=("a", "b")), "c")
    assert not ask(Field("f", "many", "F", options=("a", "b")), "a", "b")
    assert ask(Field("f", "choice", "F", options=("a", "b")), "a", "b")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_must_be_filled_in(kind):
    one = Field("f", kind, "F", required=True, options=("a",), text="Yes")
    assert ask(one) and ask(one, "   ")


def test_conditions_are_looked_at_from_the_top():
    """What a hidden field says counts for nothing, also for those that depend on it."""
    form = Form(
        "T",
        fields=(
            Field("a", "text", "A"),
            Field("b", "text", "B", shown_if=Condition("a", "is", "x")),
            Field("c", "text", "C", required=True, shown_if=Condition("b", "filled")),
            Field("d", "text", "D", required=True, shown_if=Condition("a", "is_not", "x")),
        ),
    )
    assert set(check(form, {"a": ["y"], "b": ["z"]}).errors) == {"d"}
    assert set(check(form, {"a": ["x"], "b": ["z"]}).errors) == {"c"}
    assert [one.key for one in check(form, {"a": ["x"]}).shown] == ["a", "b"]


def test_yes_and_no_in_words():
    assert (in_words(Field("f", "check", "F"), ["yes"]), in_words(Field("f", "check", "F"), [])) == (
        "Yes",
        "No",
    )


def test_a_form_comes_back_as_it_was_written():
    form = Form(
        "T",
        fields=(
            Field("a", "choice", "A", options=("x",)),
            Field("b", "text", "B", shown_if=Condition("a", "is", "x")),
        ),
    )
    assert read(write(form)) == form and problems(form) == []


CALMLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(sorted(KINDS)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(["fields", "kind", "key", "options", "shown_if", "field", "op"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@CALMLY
@given(JSON)
@example({"fields": [{"key": "a", "kind": []}, {"key": "b", "kind": "text", "shown_if": {"op": {}}}]})
def test_any_stored_shape_is_a_form(data):
    form = read(data)
    problems(form)
    check(form, {})
    assert read(write(form)) == form


@CALMLY
@given(st.sampled_from(sorted(KINDS)), st.lists(st.text(), max_size=3))
def test_any_answer_is_taken_or_refused_in_words(kind, values):
    one = Field("f", kind, "F", options=("a",), text="T")
    checked = check(Form("T", fields=(one,)), {"f": values})
    if not checked.errors:
        in_words(one, checked.values.get("f", []))
