"""Posts of Meta as tests write them, signed, and what is read out of them."""

import json
from datetime import UTC, datetime

from channels_app.messenger import Inbound, parse
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
