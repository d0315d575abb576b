"""The map of the keyboard, and changing it (WCAG 2.1.4)."""

import re

import pytest

from workspaces.models import User
from workspaces.shortcuts import MAP, caps, changes, collide, mistakes, normal

USUAL = {shortcut.name: shortcut.key for shortcut in MAP if not shortcut.fixed}
URL = "/w/acme/settings/keyboard/"


def saved(member) -> dict:
    return User.objects.get(pk=member.user_id).shortcuts


def map_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-action="(\w+)" data-keys="([^"]*)"', page))


def test_the_usual_map_has_no_two_of_a_kind():
    assert mistakes(USUAL) == {}


def test_every_usual_key_can_be_typed_without_altgr():
    """ "]" needs AltGr on many layouts: that one has a letter too."""
    by_name = {shortcut.name: shortcut for shortcut in MAP}
    for name, key in USUAL.items():
        plain = re.fullmatch(r"(shift\+)?[a-z]( [a-z,])?|[./?;]", key)
        assert plain or any(re.fullmatch("[a-z]", other) for other in by_name[name].also), name


@pytest.mark.parametrize(
    ("typed", "meant", "shown"),
    [
        (" R ", "r", ["R"]),
        ("Shift+J", "shift+j", ["Shift", "J"]),
        ("G  I", "g i", ["G", "I"]),
        ("+", "+", ["+"]),
    ],
)
def test_keys_are_read_as_people_write_them(typed, meant, shown):
    assert normal(typed) == meant
    assert caps(meant) == shown


@pytest.mark.parametrize(
    ("one", "other", "collides"),
    [
        ("g", "g i", True),
        ("g i", "g", True),
        ("g i", "g u", False),
        ("r", "r", True),
        ("r", "shift+r", False),
    ],
)
def test_a_key_that_begins_another_collides_with_it(one, other, collides):
    assert collide(one, other) is collides


@pytest.mark.parametrize("key", ["Enter", "g i u", "ctrl+r", "shift+.", "é é é", "\t"])
def test_what_is_no_key_is_refused(key):
    assert "reply" in mistakes(USUAL | {"reply": normal(key) or "g i u"})


def test_only_changes_are_kept():
    assert changes(USUAL | {"reply": "w"}) == {"reply": "w"}


def test_other_keys_are_saved_shown_and_brought_back(ben, client_of):
    client = client_of(ben)
    answer = client.post(URL, {**USUAL, "reply": "W", "go_mine": "G  Q", "shortcuts_on": "on"})
    assert answer.status_code == 302
    assert saved(ben) == {"reply": "w", "go_mine": "g q"}
    shown = map_of(client.get(URL).content.decode())
    assert (shown["reply"], shown["go_mine"]) == ("[&quot;w&quot;]", "[&quot;g q&quot;]")
    client.post(URL, {"reset": "1", "reply": "W"})
    assert saved(ben) == {}


@pytest.mark.parametrize(("name", "key"), [("reply", "c"), ("reply", "g"), ("close", "d"), ("close", "g i")])
def test_a_key_that_is_taken_is_refused_and_named(ben, client_of, name, key):
    answer = client_of(ben).post(URL, {**USUAL, name: key, "shortcuts_on": "on"})
    assert answer.status_code == 422
    assert "This is already the key of" in answer.content.decode()
    assert saved(ben) == {}


def test_two_may_swap_their_keys(ben, client_of):
    client_of(ben).post(URL, {**USUAL, "reply": "c", "comment": "r", "shortcuts_on": "on"})
    assert saved(ben) == {"reply": "c", "comment": "r"}


def test_single_keys_can_be_switched_off(ben, client_of):
    client = client_of(ben)
    client.post(URL, USUAL)
    assert 'data-shortcuts="off"' in client.get(URL).content.decode()


def test_the_map_names_no_page_that_this_installation_has_not(ben, client_of):
    shown = map_of(client_of(ben).get(URL).content.decode())
    assert "go_mine" in shown and "go_settings" in shown
    assert "palette" in shown and "send" in shown
