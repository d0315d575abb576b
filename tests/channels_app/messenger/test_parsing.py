"""What a message says, as Meta documents it and as it really comes."""

import pytest

from tests.channels_app.messenger.posted import AT, PNG, WHEN, attachment, event, message, said, signed


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
    """FM-5."""
    [one] = said(event(sender={"user_ref": "guest-1"}, message={"mid": "m", "text": "t"}))
    assert (one.user_id, one.user_ref) == ("", "guest-1")
