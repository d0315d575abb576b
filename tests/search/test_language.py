"""SE-3: what people type, taken apart. The parser never refuses and never loses a word."""

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.language import LONGEST, MOST_TERMS, OPERATORS, Filter, Query, Term, day_of, parse

TODAY = date(2026, 11, 22)


def asked(text: str) -> Query:
    return parse(text, today=TODAY)


def test_words_must_all_occur_and_the_last_may_go_on():
    assert asked("dimmer flick").words == (Term("dimmer"), Term("flick", is_prefix=True))


def test_a_finished_word_is_taken_as_it_stands():
    assert asked("dimmer ").words == (Term("dimmer"),)
    assert asked("d").words == (Term("d"),)


def test_quotes_keep_words_together_also_when_they_were_not_closed():
    assert asked('"night lamp"').words == (Term("night lamp", is_phrase=True),)
    assert asked('"night lamp').words == (Term("night lamp", is_phrase=True),)


def test_a_minus_takes_away():
    assert asked("-lamp").words == (Term("lamp", is_negated=True),)
    assert asked('-"night lamp" e-mail').words == (
        Term("night lamp", is_phrase=True, is_negated=True),
        Term("e-mail", is_prefix=True),
    )
    assert asked("-from:ben").places == (Filter("from", "ben", is_negated=True),)


def test_places_and_choices():
    query = asked('from:james subject:"two words" is:open label:Billing has:attachment assignee:ME')
    assert query.places == (Filter("from", "james"), Filter("subject", "two words", is_phrase=True))
    assert [(part.name, part.value) for part in query.filters] == [
        ("is", "open"),
        ("label", "billing"),
        ("has", "attachment"),
        ("assignee", "me"),
    ]
    assert query.words == ()


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-05-03", date(2026, 5, 3)),
        ("2026-05", date(2026, 5, 1)),
        ("2026", date(2026, 1, 1)),
        ("today", TODAY),
        ("yesterday", date(2026, 11, 21)),
        ("7d", date(2026, 11, 15)),
        ("2026-13-01", None),
        ("0000", None),
        ("tomorrow", None),
    ],
)
def test_days(value, day):
    assert day_of(value, TODAY) == day


def test_after_counts_its_day_and_before_does_not():
    query = asked("after:2026-05-01 before:2026-06")
    assert (query.since, query.until) == (date(2026, 5, 1), date(2026, 6, 1))
    assert asked("-before:2026-06").since == date(2026, 6, 1)


@pytest.mark.parametrize("text", ["form:james", "is:opne", "before:soon", "has:money"])
def test_what_is_not_understood_is_looked_for_as_words_with_a_hint(text):
    query = asked(text)
    assert [hint.name for hint in query.hints] == [text.split(":")[0]]
    assert [term.text for term in query.words] == [text] and not query.filters


@pytest.mark.parametrize("text", ["https://pine.example/a", "Re:lamp", "12:30", "mailto:a@b.example"])
def test_ordinary_colons_are_no_mistake(text):
    assert asked(text).hints == () and asked(text).words


PIECES = st.sampled_from(
    [*(f"{name}:" for name in OPERATORS), *"\"-: '\\&|!()%", "2026-05", "7d", "open", "<->", "\x00"]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_any_rubbish_is_taken_and_stays_within_bounds(text):
    """Nothing raises, nothing grows, every operator found is one we know; asking twice gives the same."""
    query = asked(text)
    assert len(query.words) + len(query.places) + len(query.filters) <= MOST_TERMS
    assert all(part.name in OPERATORS for part in (*query.places, *query.filters))
    assert all(term.text for term in query.words)
    assert query == asked(text)


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=20), max_size=MOST_TERMS))
def test_no_letter_of_plain_words_is_lost(words):
    assert [term.text for term in asked(" ".join(words)[:LONGEST]).words] == words


def test_a_very_long_text_is_cut():
    assert len(asked("x" * 10_000).words[0].text) == LONGEST
