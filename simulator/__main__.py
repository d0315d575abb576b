"""`./parley messenger-simulator [--port N] [--hook URL] [--page ID --name NAME --token TOKEN]`"""

import argparse
import os
import signal
import threading

from simulator.server import Simulator
from simulator.world import World

PORT, PAGE, NAME, TOKEN = 8020, "demo-lumen-page", "Atelier Lumen", "simulator-page-token"


def main() -> None:
    told = argparse.ArgumentParser(prog="./parley messenger-simulator", description=__doc__)
    site = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
    told.add_argument("--port", type=int, default=PORT)
    told.add_argument("--hook", default=f"{site}/live/messenger/", help="where it posts to")
    told.add_argument("--page", default=PAGE, help="the id of the page it plays")
    told.add_argument("--name", default=NAME)
    told.add_argument("--token", default=TOKEN, help="the token with which the page is connected")
    secret = os.environ.get("MESSENGER_APP_SECRET", "simulator-secret")
    told.add_argument("--app-secret", default=secret, help="with which it signs: MESSENGER_APP_SECRET")
    told.add_argument("--quiet", action="store_true")
    asked = told.parse_args()
    world = World(app_secret=asked.app_secret, hook=asked.hook)
    page = world.add_page(asked.page, asked.name, asked.token)
    world.person(page, "700000001", "Camille Durand")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with Simulator(world, port=asked.port) as simulator:
        if not asked.quiet:
            print(f"Messenger simulator: {simulator.address}/ posts to {asked.hook}", flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
