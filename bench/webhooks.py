"""`./parley bench webhooks`: a Messenger post is acknowledged within a second at 100 a second, and none is lost (P10).

The site runs as in production on the first core; what posts shares the other. Each post is another message; every one that
was answered with 200 must lie in the database, whatever the worker does meanwhile.
"""

import argparse
import http.client
import json
import threading
import time
import uuid
from queue import Empty, Queue

from bench.live.processes import Server, free_port, uvicorn
from bench.report import Figures
from channels_app.messenger.account import sealed
from channels_app.messenger.signature import sign
from channels_app.models import InboundPayload, MessengerPage
from config.demo.build import remove
from inboxes.models import Channel, Inbox, PublicAddress
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

RATE, SECONDS, SENDERS = 100, 15, 24
SECRET = "bench-secret-of-the-app"
LIMIT = 1.0


def run(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="./parley bench webhooks")
    asked.add_argument("--rate", type=int, default=RATE)
    asked.add_argument("--seconds", type=int, default=SECONDS)
    told = asked.parse_args(arguments)
    page = f"bench-{uuid.uuid4().hex[:8]}"
    workspace, channel = _connected(page)
    port = free_port()
    environment = {"MESSENGER_APP_SECRET": SECRET, "DEBUG": "false", "SITE_URL": f"https://localhost:{port}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "TRUSTED_PROXY_COUNT": "1"}
    server = Server("site", uvicorn("config.asgi:application", port), port, environment)
    try:
        _post(port, page, told.rate, 1)  # what is imported and opened first is no post's price
        before = server.cpu()
        waits, refused = _post(port, page, told.rate, told.seconds)
        cpu = server.cpu() - before
    finally:
        server.end()
    with workspace_scope(workspace):
        kept = InboundPayload.objects.filter(channel=channel).count()
    remove(workspace)
    return _report(waits, refused, kept - told.rate, told.rate * told.seconds, cpu)


def _connected(page: str):
    workspace = Workspace.objects.create(name="Bench", slug=page, is_demo=True)
    with workspace_scope(workspace):
        # By hand and not by their actions: the audit log would not let this workspace go again.
        inbox = Inbox.objects.create(name="Bench")
        channel = Channel.objects.create(inbox=inbox, kind="messenger", name="Bench", identifier=page)
        PublicAddress.objects.create(kind="messenger", value=page, workspace=workspace, channel=channel)
        MessengerPage.objects.create(channel=channel, secret=sealed(channel, token="none"))
    return workspace, channel


def _post(port: int, page: str, rate: int, seconds: int) -> tuple[list[float], int]:
    """Seconds from when each was due to its 200: a queue of ours counts as theirs, so that nothing is hidden."""
    due: Queue[float] = Queue()
    waits: list[float] = []
    refused: list[int] = []
    began = time.monotonic() + 0.5
    for number in range(rate * seconds):
        due.put(began + number / rate)

    def send() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while True:
            try:
                at = due.get_nowait()
            except Empty:
                return line.close()
            time.sleep(max(0.0, at - time.monotonic()))
            body = _body(page)
            headers = {
                "Content-Type": "application/json",
                "X-Hub-Signature-256": sign(body, SECRET),
                "Host": f"localhost:{port}",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "198.51.100.7",
            }
            line.request("POST", "/live/messenger/", body, headers)
            answer = line.getresponse()
            answer.read()
            (waits if answer.status == 200 else refused).append(
                time.monotonic() - at if answer.status == 200 else answer.status
            )

    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    [sender.start() for sender in senders]
    [sender.join() for sender in senders]
    return sorted(waits), len(refused)


def _body(page: str) -> bytes:
    now, person = int(time.time() * 1000), str(uuid.uuid4().int)[:16]
    message = {"mid": f"m_{uuid.uuid4().hex}", "text": "Is Halo in stock?"}
    event = {"sender": {"id": person}, "recipient": {"id": page}, "timestamp": now, "message": message}
    return json.dumps({"object": "page", "entry": [{"id": page, "time": now, "messaging": [event]}]}).encode()


def _report(waits: list[float], refused: int, kept: int, sent: int, cpu: float) -> int:
    figures = Figures("webhooks")
    figures.add("site's processor, each post", "ms", 1000 * cpu / sent)
    figures.add("posts, middle", "ms", 1000 * waits[len(waits) // 2])
    figures.add("posts, 99 of 100", "ms", 1000 * waits[int(len(waits) * 0.99)])
    figures.add("posts, slowest", "ms", 1000 * waits[-1])
    figures.goal("P10", "slowest 200, seconds", waits[-1], LIMIT)
    figures.goal("P10", "posts refused", refused, 0)
    figures.goal("P10", "of those answered, lost", len(waits) - kept, 0)
    print(f"{sent} posts, {len(waits)} answered, {kept} kept")
    return figures.tell()
