"""Parley on a telephone: the manifest, its pictures, and the page without a network."""

import struct
from pathlib import Path

from django.contrib.staticfiles import finders


def test_the_manifest_names_pictures_of_the_size_they_have(client, db):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "/", "/")
    for picture in told["icons"]:
        found = finders.find(picture["src"].removeprefix("/static/"))
        with Path(found).open("rb") as file:
            head = file.read(24)
        width, height = struct.unpack(">II", head[16:24])
        assert picture["sizes"] == f"{width}x{height}"
    assert {"any", "maskable"} == {picture["purpose"] for picture in told["icons"]}


def test_the_page_without_a_network_holds_nothing_of_anybody(ada, client_of):
    page = client_of(ada).get("/offline/").content.decode()
    assert "You are offline" in page
    for theirs in ("ada@acme.example", "Ada Owner", "acme", "csrf"):
        assert theirs not in page


def test_every_page_says_where_the_manifest_is(client, db):
    assert 'rel="manifest" href="/manifest.webmanifest"' in client.get("/account/login/").content.decode()
