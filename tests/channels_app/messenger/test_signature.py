"""Whom we believe: the signature, and what is no JSON. Two named errors leave, or what it says."""

import hashlib
import hmac
import json

import pytest

from channels_app.messenger import BadSignature, MalformedPayload, parse
from channels_app.messenger.signature import sign
from tests.channels_app.messenger.posted import SECRET, event, signed

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
