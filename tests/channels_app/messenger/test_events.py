"""Everything else that Meta tells, several at once, and anything at all."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels_app.messenger import Inbound, MalformedPayload
from tests.channels_app.messenger.posted import (
    AT,
    WHEN,
    event,
    said,
    signed,
)


def test_postback():
    told = {
        "title": "Start",
        "payload": "GO",
        "mid": "m_p",
        "referral": {"ref": "ad", "source": "SHORTLINK", "type": "OPEN_THREAD"},
    }
    [one] = said(event(postback=told))
    assert (one.kind, one.mid, one.text, one.payload, one.referral.ref) == (
        "postback",
        "m_p",
        "Start",
        "GO",
        "ad",
    )
    [bare] = said(event(postback={"payload": "GO"}))
    assert (bare.text, bare.mid[:5]) == ("GO", "made:")
    [strange] = said(event(postback={"payload": {"value": True}, "title": None}))
    assert strange.payload == '{"value": true}'


def test_referral_and_optin():
    told = {
        "ref": "r1",
        "source": "ADS",
        "type": "OPEN_THREAD",
        "ad_id": 6045246,
        "referer_uri": "https://shop.example/",
    }
    [one] = said(event(referral=told))
    assert (one.kind, one.referral.ref, one.referral.ad_id, one.referral.url) == (
        "referral",
        "r1",
        "6045246",
        "https://shop.example/",
    )
    [two] = said(event(sender=None, optin={"ref": "box", "user_ref": "guest"}))
    assert (two.kind, two.user_ref, two.referral.ref) == ("optin", "guest", "box")


def test_reaction_edit_and_unsend():
    [one] = said(event(reaction={"reaction": "love", "emoji": "❤️", "action": "react", "mid": "m_1"}))
    assert (one.kind, one.mid, one.emoji, one.reaction, one.is_removed) == (
        "reaction",
        "m_1",
        "❤️",
        "love",
        False,
    )
    [gone] = said(event(reaction={"action": "unreact", "mid": "m_1"}))
    assert gone.is_removed
    [edit] = said(event(message_edit={"mid": "m_1", "text": "new", "num_edit": "2"}))
    assert (edit.kind, edit.mid, edit.text, edit.edits) == ("edit", "m_1", "new", 2)
    for told in ({"message": {"mid": "m_1", "is_deleted": True}}, {"message_unsend": {"mid": "m_1"}}):
        [back] = said(event(**told))
        assert (back.kind, back.mid) == ("unsend", "m_1")


def test_receipts():
    [one] = said(event(delivery={"mids": ["m_1", 2, None], "watermark": AT, "seq": 37}))
    assert (one.kind, one.mids, one.watermark) == ("delivery", ("m_1", "2"), WHEN)
    [two] = said(event(delivery={"watermark": str(AT)}))
    assert (two.mids, two.watermark) == ((), WHEN)
    [three] = said(event(read={"watermark": AT, "seq": 38}))
    assert (three.kind, three.watermark) == ("read", WHEN)


@pytest.mark.parametrize(
    "name", ["pass_thread_control", "take_thread_control", "request_thread_control", "app_roles"]
)
def test_handovers(name):
    [one] = said(event(**{name: {"new_owner_app_id": "1"}}))
    assert (one.kind, one.event) == ("handover", name)


@pytest.mark.parametrize("name", ["account_linking", "game_play", "policy_enforcement", "something_new"])
def test_events_that_nobody_here_knows_are_named_not_lost(name):
    [one] = said({"recipient": {"id": "PAGE"}, name: {"a": 1}})
    assert (one.kind, one.event) == ("other", name)


def test_one_bad_event_or_entry_never_spoils_the_batch():
    good = event(message={"mid": "good", "text": "t"})
    bad = [
        None,
        event(message=7),
        event(message={"mid": "x", "text": "t"}, sender="no", recipient=[]),
        {"sender": 1},
    ]
    body = {
        "object": "page",
        "entry": ["x", {"id": {}, "messaging": 4}, {"id": "PAGE", "messaging": [*bad, good]}],
    }
    found = [one for one in signed(json.dumps(body).encode()) if one.kind == "message"]
    assert [one.mid for one in found] == ["good"]


def test_several_pages_and_copies_in_one_post():
    entry = {"id": "A", "messaging": [event(message={"mid": "m", "text": "t"})]}
    body = json.dumps({"object": "page", "entry": [entry, entry, entry | {"id": "B"}]}).encode()
    assert [one.page_id for one in signed(body)] == ["A", "B"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "message",
        "postback",
        "reaction",
        "message_edit",
        "delivery",
        "read",
        "optin",
        "referral",
        "sender",
        "recipient",
        "timestamp",
        "mid",
        "text",
        "attachments",
        "payload",
        "url",
        "coordinates",
        "type",
        "sticker_id",
        "is_echo",
        "is_deleted",
        "quick_reply",
        "reply_to",
        "mids",
        "watermark",
        "product",
        "elements",
        "title",
        "id",
        "user_ref",
        "app_roles",
        "metadata",
        "data",
        "buttons",
    ]
)
SHAPED = st.recursive(
    ANY | st.just("PAGE") | st.just(AT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.lists(st.dictionaries(NAMES, SHAPED, max_size=6), max_size=4), SHAPED)
def test_any_shape_at_all_is_read_or_passed_over(events, entry):
    told = {"object": "page", "entry": [entry, {"id": "PAGE", "messaging": events, "standby": entry}]}
    for one in signed(json.dumps(told).encode()):
        assert isinstance(one, Inbound)
        f"{one.text}{one.mid}{one.payload}{one.user_id}".encode()


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text().map(str.encode) | ANY.map(lambda told: json.dumps(told).encode()))
def test_any_bytes_at_all(body):
    with contextlib.suppress(MalformedPayload):
        signed(body)


def test_flags_in_other_dress_and_the_pages_own_words():
    """An echo is told by its flag, however it is written, or by who sends it."""
    theirs = {
        "sender": {"id": "PAGE"},
        "recipient": {"id": "PSID"},
        "message": {"mid": "m_e", "text": "Ours"},
    }
    for message in ({}, {"is_echo": "true"}, {"is_echo": 1}):
        [one] = said(theirs | {"message": theirs["message"] | message})
        assert (one.kind, one.user_id) == ("echo", "PSID")
    [one] = said(event(message={"mid": "m_d", "text": "gone", "is_deleted": "true"}))
    assert (one.kind, one.mid) == ("unsend", "m_d")


def test_events_in_the_form_of_the_walls():
    """Meta documents some as `changes`; what happens on the wall itself is nothing that was said to us."""
    tapped = {
        "field": "messaging_postbacks",
        "value": event(postback={"mid": "m_p", "title": "Go", "payload": "GO"}),
    }
    wall = {"field": "feed", "value": {"item": "comment", "message": "Hi", "sender": {"id": "1"}}}
    [one] = said(name="messaging", changes=[wall, tapped, 5, {"field": 7}])
    assert (one.kind, one.mid, one.payload) == ("postback", "m_p", "GO")
    [one] = said(changes=[{"field": "messages", "value": event(message={"mid": "m_c", "text": "Trial"})}])
    assert (one.kind, one.text) == ("message", "Trial")


def test_what_an_advertisement_tells():
    context = {"ad_title": "Halo", "photo_url": "https://x.example/p.png", "product_id": 77, "flow_id": None}
    [one] = said(
        event(
            message={
                "mid": "m_a",
                "text": "Hi",
                "referral": {"ad_id": 5, "source": "ADS", "ads_context_data": context},
            }
        )
    )
    assert (one.referral.ad_id, one.referral.source, one.referral.product_id) == ("5", "ADS", "77")
    [one] = said(event(referral={"ref": {"a": 1}, "ads_context_data": "none"}))
    assert one.referral.ref == '{"a": 1}'


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("account_linking", {"status": "linked", "authorization_code": "c"}),
        ("policy_enforcement", {"action": "block", "reason": "spam"}),
        ("game_play", {"game_id": "1", "player_id": "2"}),
        ("payment", {"payload": "P", "amount": {"currency": "EUR", "amount": "2"}}),
        ("messaging_feedback", {"feedback_screens": []}),
        ("customer_information", {"screens": []}),
    ],
)
def test_what_asks_nothing_of_us_is_named(name, told):
    [one] = said(event(**{name: told}))
    assert (one.kind, one.event, one.told) == ("other", name, told)
