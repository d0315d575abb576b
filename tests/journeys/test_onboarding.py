"""From nothing to an answered message by plain requests: every step is found on the page before it (IN-1, IN-2)."""

import re

import pytest
from django.core import mail as outbox
from django.test import Client

from tests.factories import make_user


def way(page: str, ending: str) -> str:
    return re.search(rf'(?:action|href)="([^"]*{ending})"', page).group(1)


@pytest.mark.django_db
def test_from_a_name_to_an_answered_test_message(client, django_capture_on_commit_callbacks):
    zoe = Client()
    zoe.force_login(make_user("zoe@x.example", "Zoe Marsh"))
    kinds = zoe.post("/welcome/", {"name": "Atelier Lumen", "inbox_name": "Boutique"}, follow=True)
    chat = zoe.post(way(kinds.content.decode(), "/welcome/"), {"kind": "chat"}, follow=True).content.decode()
    name = re.search(r'name="name" value="([^"]+)"', chat).group(1)
    step = zoe.post(way(chat, r"/welcome/\d+/"), {"name": name, "sites": "lumen.example"}, follow=True)
    snippet = step.content.decode()
    key = re.search(r"data-key=&quot;([^&]+)&quot;", snippet).group(1)
    with django_capture_on_commit_callbacks(execute=True):
        zoe.post(way(snippet, "/developer/"), {"address": "dev@agency.example"})
    assert key in outbox.outbox[-1].body

    test = zoe.get(way(snippet, "/test/")).content.decode()
    waits = re.search(r'data-poll="([^"]+)"', test).group(1)
    assert "data-arrived" not in zoe.get(waits).content.decode()
    session = client.post(
        "/live/session/",
        {"key": key, "language": "en", "page_url": "https://lumen.example/"},
        content_type="application/json",
        headers={"X-Parley-Key": key},
    ).json()
    client.post(
        "/live/messages/",
        {"client_id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "body": "Is anybody there?"},
        content_type="application/json",
        headers={"X-Parley-Key": key, "X-Parley-Visitor": session["token"]},
    )
    found = zoe.get(waits).content.decode()
    assert "data-arrived" in found
    opened = zoe.get(way(found, r"/inbox/open/\d+/")).content.decode()
    assert "Is anybody there?" in opened
    zoe.post(way(opened, "/replies/"), {"body": "We are."})
    steps = zoe.get("/w/atelier-lumen/welcome/steps/").content.decode()
    assert "Invite your team" in steps and steps.count("step--now") == 1
