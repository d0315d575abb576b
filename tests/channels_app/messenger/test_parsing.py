"""What Meta documents, what it really sends, and anything at all: two named errors leave, or what it says."""

import contextlib
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels_app.messenger import BadSignature, Inbound, MalformedPayload, parse
from channels_app.messenger.signature import sign

SECRET = "s3cret"
AT = 1_458_692_752_478
WHEN = datetime(2016, 3, 23, 0, 25, 52, 478000, tzinfo=UTC)
PNG = "https://scontent.xx.fbcdn.net/v/1.png?oh=a&oe=b"


def said(*events, name="messaging", **entry) -> list[Inbound]:
    told = {"object": "page", "entry": [{"id": "PAGE", "time": AT, name: list(events)} | entry]}
    return signed(json.dumps(told).encode())


def signed(body: bytes, secret=SECRET) -> list[Inbound]:
    return parse(body, {"X-Hub-Signature-256": sign(body, secret)}, secrets=[SECRET])


def event(**told) -> dict:
    return {"sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "timestamp": AT} | told


def message(**told) -> Inbound:
    [one] = said(event(message={"mid": "m_1"} | told))
    return one


def attachment(**told):
    return message(attachments=[told]).parts[0]


# ── The signature ───────────────────────────────────────────────────────────────────────────────────────────────

BODY = b'{"object":"page","entry":[]}'
GOOD = sign(BODY, SECRET)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Hub-Signature-256": GOOD},
        {"x-hub-signature-256": f" {GOOD.upper().replace('SHA', 'sha')} "},
        {"HTTP_X_HUB_SIGNATURE_256": GOOD},
        [(b"x-hub-signature-256", GOOD.encode())],
        {"X-Hub-Signature-256": [GOOD]},
        {"X-Hub-Signature": "sha1=0", "X-Hub-Signature-256": GOOD},
    ],
)
def test_a_good_signature_in_any_dress(headers):
    assert parse(BODY, headers, secrets=["old", SECRET]) == []


SHA1 = "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        None,
        7,
        {"X-Hub-Signature": SHA1},
        {"X-Hub-Signature-256": SHA1},
        {"X-Hub-Signature-256": GOOD.removeprefix("sha256=")},
        {"X-Hub-Signature-256": GOOD[:-1]},
        {"X-Hub-Signature-256": GOOD[:-2] + "é1"},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": sign(BODY + b" ", SECRET)},
        {"X-Hub-Signature-256": sign(BODY, "another")},
        {"X-Hub-Signature-256": ""},
    ],
)
def test_any_other_is_refused_before_anything_is_read(headers):
    with pytest.raises(BadSignature):
        parse(BODY, headers, secrets=[SECRET])
    with pytest.raises(BadSignature):
        parse(b"{", headers, secrets=[SECRET])


def test_no_secret_is_no_secret():
    with pytest.raises(BadSignature):
        parse(BODY, {"X-Hub-Signature-256": sign(BODY, "")}, secrets=[""])


def test_the_default_secret_is_the_installations(settings):
    settings.MESSENGER_APP_SECRET = SECRET
    assert parse(BODY, {"X-Hub-Signature-256": GOOD}) == []


def test_the_bytes_are_signed_not_what_they_mean():
    """Meta escapes what is not ASCII before it signs: the same text in other bytes has another signature."""
    body = json.dumps({"object": "page", "entry": [], "x": "é"}).encode()
    other = body.replace(b"\\u00e9", "é".encode())
    assert signed(body) == []
    with pytest.raises(BadSignature):
        parse(other, {"X-Hub-Signature-256": sign(body, SECRET)}, secrets=[SECRET])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"page"', b"7", b"\xff\xfe\x00", b"[" * 100_000, b'{"a": NaN}', b"{}{}"],
)
def test_what_is_no_json_object_is_malformed(body):
    with pytest.raises(MalformedPayload):
        signed(body)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {
            "object": "instagram",
            "entry": [{"id": "1", "messaging": [event(message={"mid": "m", "text": "t"})]}],
        },
        {"object": "whatsapp_business_account", "entry": []},
        {"object": "page"},
        {"object": "page", "entry": None},
        {"object": "page", "entry": [None, 3, "x", [], {}, {"id": "1"}, {"id": "1", "messaging": "no"}]},
        {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": {}}]}]},
        {
            "object": "page",
            "entry": [{"id": "1", "messaging": [None, 1, {}, {"message": {"text": "nobody"}}]}],
        },
    ],
)
def test_what_concerns_no_page_says_nothing(told):
    assert signed(json.dumps(told).encode()) == []


# ── Messages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_text():
    one = message(text="hello, world!")
    assert (one.kind, one.text, one.mid, one.page_id, one.user_id) == (
        "message",
        "hello, world!",
        "m_1",
        "PAGE",
        "PSID",
    )
    assert one.sent_at == WHEN
    assert not (one.is_standby or one.is_unsupported or one.parts)


@pytest.mark.parametrize("at", [AT, str(AT), AT / 1000, AT * 1000, float(AT)])
def test_times_in_any_unit(at):
    [one] = said(event(timestamp=at, message={"mid": "m", "text": "t"}))
    assert abs((one.sent_at - WHEN).total_seconds()) < 0.001


@pytest.mark.parametrize("at", [None, 0, -5, True, "soon", 1e300, {}, [], "NaN"])
def test_without_a_time_the_entrys_counts(at):
    [one] = said(event(timestamp=at, message={"mid": "m", "text": "t"}))
    assert one.sent_at == WHEN


def test_ids_that_are_numbers():
    [one] = said({"sender": {"id": 7}, "recipient": {"id": 9}, "message": {"mid": 12, "text": 5}}, id=9)
    assert (one.page_id, one.user_id, one.mid, one.text) == ("9", "7", "12", "5")


def test_an_entry_without_an_id_is_its_recipients():
    [one] = said(event(message={"mid": "m", "text": "t"}), id=None)
    assert one.page_id == "PAGE"


@pytest.mark.parametrize("mid", [None, "", 0, True, [], {"x": 1}])
def test_without_an_id_the_content_makes_one(mid):
    first, other = message(mid=mid, text="a"), message(mid=mid, text="b")
    assert first.mid == message(mid=mid, text="a").mid != other.mid
    assert first.mid.startswith("made:")


@pytest.mark.parametrize(
    "told", [{"text": None}, {"text": ""}, {"text": {}}, {"text": []}, {}, {"attachments": []}]
)
def test_a_message_that_says_nothing_is_unsupported_content(told):
    assert message(**told).is_unsupported


def test_what_no_database_holds_is_left_out():
    body = b'{"object":"page","entry":[{"id":"P","messaging":[{"sender":{"id":"U"},"message":{"mid":"m","text":"a\\u0000b\\ud800c \\ud83d\\ude00"}}]}]}'
    [one] = signed(body)
    assert one.text == "abc 😀"
    one.text.encode()


def test_a_very_long_text_is_cut():
    assert len(message(text="x" * 1_000_000).text) == 20_000


def test_quick_reply_reply_to_and_referral():
    one = message(
        text="Red",
        quick_reply={"payload": "COLOR_RED"},
        reply_to={"mid": "m_0", "is_self_reply": False},
        referral={"product": {"id": "P7"}, "ref": "spring"},
    )
    assert (one.payload, one.reply_to) == ("COLOR_RED", "m_0")
    assert (one.referral.product_id, one.referral.ref) == ("P7", "spring")
    assert message(quick_reply={"payload": {"a": 1}}).text == '{"a": 1}'


def test_two_files_and_words():
    one = message(
        text="See",
        attachments=[
            {"type": "image", "payload": {"url": PNG}},
            {"type": "file", "title": "plan.pdf", "payload": {"url": "https://cdn.example/plan.pdf"}},
        ],
    )
    assert [(part.kind, part.is_media) for part in one.parts] == [("image", True), ("file", True)]
    assert one.parts[1].title == "plan.pdf"


@pytest.mark.parametrize("kind", ["image", "audio", "video", "file"])
def test_media(kind):
    part = attachment(type=kind, payload={"url": PNG})
    assert (part.kind, part.url, part.is_media) == (kind, PNG, True)


def test_stickers_in_every_form_are_one():
    image = {"type": "image", "payload": {"url": PNG, "sticker_id": 369239263222822}}
    new = {"type": "sticker", "payload": {"url": PNG, "sticker_id": "369239263222822"}}
    bare = {"type": "image", "payload": {"url": PNG}}
    for told in ([image], [new], [image, new], [bare, new]):
        [part] = message(attachments=told).parts
        assert (part.kind, part.url, part.sticker_id) == ("sticker", PNG, "369239263222822")
    one = message(sticker_id=369239263222822, attachments=[bare])
    assert one.parts[0].sticker_id == "369239263222822"
    assert message(sticker_id=369239263222822).parts[0].kind == "sticker"


def test_a_place():
    part = attachment(type="location", title="Here", payload={"coordinates": {"lat": 48.85, "long": 2.35}})
    assert (part.latitude, part.longitude, part.title) == (48.85, 2.35, "Here")
    assert attachment(type="location", payload={"coordinates": {"lat": 480, "long": 2}}).latitude is None


@pytest.mark.parametrize(
    ("told", "url", "is_unsupported"),
    [
        (
            {"type": "fallback", "title": "Song", "url": "https://s.example/1", "payload": None},
            "https://s.example/1",
            False,
        ),
        (
            {"type": "fallback", "payload": {"url": "https://s.example/1", "title": "Song"}},
            "https://s.example/1",
            False,
        ),
        ({"type": "fallback", "title": "Attachment Unavailable", "payload": None}, "", False),
        ({"type": "fallback", "payload": None}, "", True),
        ({"type": "fallback"}, "", True),
        (
            {"type": "ig_reel", "payload": {"url": "https://i.example/r", "reel_video_id": 1}},
            "https://i.example/r",
            False,
        ),
        (
            {"type": "reel", "payload": {"url": "https://f.example/r", "title": "Reel"}},
            "https://f.example/r",
            False,
        ),
        ({"type": "post", "payload": {"url": "https://f.example/p"}}, "https://f.example/p", False),
        ({"type": "appointment_booking", "payload": {}}, "", True),
        ({"type": "hologram", "payload": {"beam": 1}}, "", True),
        ({"type": "image", "payload": None}, "", True),
        ({"type": "image", "payload": {"url": "javascript:alert(1)"}}, "", True),
        ({"type": "image", "payload": {"url": "file:///etc/passwd"}}, "", True),
        ({"type": "image", "payload": {"url": "http://[bad"}}, "", True),
        ({"type": None, "payload": []}, "", True),
        ({}, "", True),
    ],
)
def test_other_attachments(told, url, is_unsupported):
    one = message(attachments=[told])
    assert (one.parts[0].url, one.is_unsupported) == (url, is_unsupported)


def test_templates_and_products_say_their_words():
    template = {
        "template_type": "generic",
        "elements": [{"title": "Halo", "subtitle": "€90", "buttons": [{"title": "Buy"}]}],
    }
    assert attachment(type="template", payload=template).lines == ("Halo", "€90", "Buy")
    button = {"template_type": "button", "text": "Which?", "buttons": [{"title": "Red"}]}
    assert attachment(type="template", payload=button).lines == ("Which?", "Red")
    product = {"product": {"elements": [{"id": "1", "title": "Onde", "subtitle": "€120"}]}}
    assert attachment(type="template", payload=product).lines == ("Onde", "€120")


@pytest.mark.parametrize(
    "attachments", [{}, {"type": "image", "payload": {"url": PNG}}, "x", 3, [None, 1, []]]
)
def test_attachments_of_a_wrong_shape(attachments):
    one = message(text="words", attachments=attachments)
    assert one.text == "words"


def test_echo():
    told = {"mid": "m_e", "is_echo": True, "app_id": 1517776481860111, "metadata": "parley:x", "text": "hi"}
    [one] = said({"sender": {"id": "PAGE"}, "recipient": {"id": "PSID"}, "timestamp": AT, "message": told})
    assert (one.kind, one.user_id, one.page_id) == ("echo", "PSID", "PAGE")
    assert (one.app_id, one.metadata) == ("1517776481860111", "parley:x")


def test_standby_and_messaging_of_one_entry():
    first, second = event(message={"mid": "a", "text": "1"}), event(message={"mid": "b", "text": "2"})
    found = said(first, standby=[second])
    assert [(one.mid, one.is_standby) for one in found] == [("a", False), ("b", True)]


def test_a_guest_of_the_chat_plugin_has_a_reference_only():
    [one] = said(event(sender={"user_ref": "guest-1"}, message={"mid": "m", "text": "t"}))
    assert (one.user_id, one.user_ref) == ("", "guest-1")


# ── Everything else ─────────────────────────────────────────────────────────────────────────────────────────────


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
