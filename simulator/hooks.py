"""Posting to the webhook as Meta does: signed, one after the other, again and again until it says 200."""

import hashlib
import hmac
import json
import queue
import threading
import urllib.error
import urllib.request

from simulator.world import Page, Person, World

DELAYS = (0.5, 1, 2, 5, 10, 30)
SECONDS = 20


class Hooks:
    """A queue and a thread. `wait()` returns when everything was taken."""

    def __init__(self, world: World):
        self.world = world
        self.waiting: queue.Queue[tuple[bytes, int] | None] = queue.Queue()
        self.held: list[dict] = []
        self.refusals = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def tell(self, page: Page, person: Person, *, handover: bool = False, **told) -> None:
        """One event of a person for a page; as standby while another app has them, but for what is said of that."""
        event = {
            "sender": {"id": person.id},
            "recipient": {"id": page.id},
            "timestamp": int(self.world.now() * 1000),
            **told,
        }
        self._tell(page, event, name="standby" if person.with_app and not handover else "messaging")

    def echo(self, page: Page, person: Person, message: dict) -> None:
        event = {
            "sender": {"id": page.id},
            "recipient": {"id": person.id},
            "timestamp": int(self.world.now() * 1000),
            "message": {"is_echo": True, "app_id": self.world.app_id} | message,
        }
        self._tell(page, event)

    def _tell(self, page: Page, event: dict, name: str = "messaging") -> None:
        if not page.subscribed or not self.world.hook:
            return
        post = {
            "object": "page",
            "entry": [{"id": page.id, "time": int(self.world.now() * 1000), name: [event]}],
        }
        if self.world.due("reorder"):
            self.held.append(post)  # comes after the next one
            return
        copies = 3 if self.world.due("duplicate") else 1
        for one in [*[post] * copies, *self.held]:
            self.waiting.put((json.dumps(one).encode(), 0))
        self.held.clear()

    def _run(self) -> None:
        while (item := self.waiting.get()) is not None:
            body, tries = item
            while not self.stopping.is_set() and not self._post(body):
                self.refusals += 1
                self.stopping.wait(DELAYS[min(tries, len(DELAYS) - 1)])
                tries += 1
            self.waiting.task_done()
        self.waiting.task_done()

    def _post(self, body: bytes) -> bool:
        made = hmac.new(self.world.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={made}"}
        asked = urllib.request.Request(self.world.hook, body, headers)  # noqa: S310 - the address is the operator's own
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
                return answer.status == 200
        except (OSError, urllib.error.HTTPError):
            return False

    def wait(self) -> None:
        self.waiting.join()

    def stop(self) -> None:
        self.stopping.set()
        self.waiting.put(None)
        self.thread.join(SECONDS + 5)
