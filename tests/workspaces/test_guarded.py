"""Two admins at once: the second sees what changed instead of overwriting it."""

import re

import pytest
from django import forms
from django.http import QueryDict

from workspaces.audit import note
from workspaces.guarded import Guarded, changed_since, marks_of

pytestmark = pytest.mark.django_db


class InboxForm(Guarded, forms.Form):
    name = forms.CharField()
    language = forms.ChoiceField(choices=[("en", "English"), ("fr", "French")])
    loud = forms.BooleanField(required=False)
    days = forms.MultipleChoiceField(choices=[(str(n), f"Day {n}") for n in range(7)], required=False)


SHOWN = {"name": "Support", "language": "en", "loud": True, "days": [1, 2]}
POSTED = {"name": "Support", "language": "en", "loud": "on", "days": ["2", "1"]}


def seen(values: dict) -> str:
    return re.search(r'value="([^"]+)"', InboxForm(initial=values).seen)[1]


def post(now: dict, target=None, **typed) -> InboxForm:
    data = InboxForm(POSTED).data | typed | {"seen": seen(SHOWN)}
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return InboxForm(query, initial=now, target=target)


def test_nobody_else_changed_anything(in_acme):
    form = post(SHOWN, name="Help")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"name": "Help", "language": "en", "loud": True, "days": ["2", "1"]}


def test_both_changed_the_same_field(in_acme, ada):
    note("inbox.renamed", in_acme.inbox, after={"name": "Desk"}, member=ada)
    form = post(SHOWN | {"name": "Desk"}, target=in_acme.inbox, name="Help")
    assert not form.is_valid()
    assert form.errors["name"] == ["Ada Owner changed this meanwhile to: Desk. Save again to keep yours."]
    assert form["name"].value() == "Help"
    again = form.data.copy()
    again["seen"] = re.search(r'value="([^"]+)"', form.seen)[1]
    assert InboxForm(again, initial=SHOWN | {"name": "Desk"}).is_valid()


def test_what_was_left_alone_takes_what_the_other_wrote(in_acme):
    now = SHOWN | {"language": "fr", "loud": False, "days": [3]}
    form = post(now, name="Help")
    assert form.non_field_errors() == [
        "Somebody changed “Language” meanwhile to: French",
        "Somebody changed “Loud” meanwhile to: off",
        "Somebody changed “Days” meanwhile to: Day 3",
    ]
    assert [form[name].value() for name in ("name", "language", "loud", "days")] == [
        "Help",
        "fr",
        False,
        ["3"],
    ]


def test_the_same_change_twice_is_no_quarrel(in_acme):
    assert post(SHOWN | {"name": "Help"}, name="Help").is_valid()


@pytest.mark.parametrize("token", ["", "forged", "e30:x:y"])
def test_without_a_true_mark_nothing_is_compared(token):
    assert changed_since(token, {"a": 1}) == []


def test_marks_by_hand():
    token = marks_of({"lines": [1, 2], "name": "x"})
    assert changed_since(token, {"lines": [2, 1], "name": "y"}) == ["name"]
