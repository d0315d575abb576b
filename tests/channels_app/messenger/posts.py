"""Posts as Meta makes them, and a page of Acme's that is connected."""

import json
import time
from itertools import count

from django.test import Client

from channels_app.messenger.account import sealed
from channels_app.messenger.signature import sign
from channels_app.models import MessengerPage

SECRET = "app-secret-of-the-tests"
PAGE, PERSON = "acme-messenger", "7700112233"
_numbers = count(1)


def connected(house, **fields) -> MessengerPage:
    with house.scope():
        secret = sealed(house.messenger, token="page-token", app_secret=fields.pop("app_secret", ""))
        return MessengerPage.objects.create(channel=house.messenger, secret=secret, **fields)


def event(page=PAGE, person=PERSON, at=None, **told) -> dict:
    at = at or int(time.time() * 1000)
    return {"sender": {"id": person}, "recipient": {"id": page}, "timestamp": at, **told}


def text(words="Is the lamp in stock?", mid="", **fields) -> dict:
    return event(message={"mid": mid or f"m_{next(_numbers)}", "text": words}, **fields)


def echo(page=PAGE, person=PERSON, at=None, **message) -> dict:
    told = {"mid": f"m_{next(_numbers)}", "is_echo": True, "app_id": 1} | message
    return event(page=person, person=page, at=at, message=told)


def post_of(*events, page=PAGE, name="messaging") -> bytes:
    return json.dumps({"object": "page", "entry": [{"id": page, "time": 1, name: list(events)}]}).encode()


def post(body: bytes, secret=SECRET, path="/live/messenger/", client=None):
    headers = {"X-Hub-Signature-256": sign(body, secret)} if secret else {}
    return (client or Client()).post(path, body, content_type="application/json", headers=headers)
