"""A simulator that Acme's page is connected to, in place of Meta's servers."""

import pytest
from django.db import connections

from simulator.server import Simulator
from simulator.world import World
from tests.channels_app.messenger.posts import PAGE, SECRET, connected


@pytest.fixture
def meta(acme, settings):
    """The simulator; it posts nothing until a test gives it an address to post to."""
    world = World(app_secret=SECRET)
    world.add_page(PAGE, "Acme", "page-token")
    with Simulator(world) as simulator:
        settings.MESSENGER_API = simulator.api
        settings.MESSENGER_APP_ID, settings.MESSENGER_APP_SECRET = world.app_id, SECRET
        settings.EGRESS_ALLOWED = [simulator.address.removeprefix("http://")]
        connected(acme)
        yield simulator


@pytest.fixture
def knocks(meta, monkeypatch):
    """Its posts come in through the site's own view, without a port of its own."""
    from tests.channels_app.messenger.posts import post

    def knock(body: bytes) -> bool:
        try:
            return post(body).status_code == 200
        finally:
            connections.close_all()

    monkeypatch.setattr(meta.hooks, "_post", knock)
    meta.world.hook = "http://the-site-itself/"
    return meta
