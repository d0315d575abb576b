"""From a row to its open thread, as a person has it: a real Chromium at a real server, over a database of a scale.

`./parley bench pages --thread [--scale 1m] [--rounds 40]`. Two ways to press: at once, as a key does it, which waits for
the server; and by hand, where the pointer rests on the row a quarter of a second before, so that it is fetched ahead.
Needs Playwright of the development packages.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.data.place import SCALES, environment_of, exists, migrate
from bench.live.processes import Server, cpu_of, free_port, services, uvicorn
from bench.report import Figures, timed
from config.embedded import paths

BUDGET = 150
HAND = 250  # ms between arriving on a row and pressing
WARM = 5

# From the press to the second frame after the thread stands there: it is painted then.
PRESS = """async (row) => {
  const began = performance.now();
  const open = new Promise((done) => document.addEventListener("conversation:opened", done, {once: true}));
  row.click();
  await open;
  const placed = performance.now();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [performance.now() - began, placed - began];
}"""


def run(arguments: list[str]) -> int:
    """1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="./parley bench pages --thread", description=__doc__)
    parser.add_argument("--thread", action="store_true")
    parser.add_argument("--scale", default="1m", choices=SCALES)
    parser.add_argument("--rounds", type=int, default=40, help="rows to press, half of them by hand")
    asked = parser.parse_args(arguments)
    return 1 if measure(asked.scale, asked.rounds) else 0


def measure(scale: str, rounds: int) -> int:
    """How many goals were missed."""
    if not exists(scale):
        raise SystemExit(f"parley: load it first: ./parley bench data load --scale {scale}")
    migrate(scale)
    told = scene_of(scale)
    figures = Figures(f"pages thread {scale}")
    figures.add("conversations", "rows", told["conversations"])
    figures.add("conversations of the workspace", "rows", told["own"])
    postmaster = services().get("postgres", 0)
    with serving(scale) as server, browsing(server, told) as (page, tasks):
        for number in range(-WARM, rounds):
            way = "at once" if number % 2 else "by hand"
            measured = one(page, tasks, server, postmaster, way)
            if number >= 0:
                for label, value in measured.items():
                    figures.add(f"{label}, {way}", "ms", value)
            figures.add("the machine: ms that 10 ms of work take", "ms", busy())
    for way in ("at once", "by hand"):
        samples = sorted(figures.rows[(f"press to paint, {way}", "ms")])
        third = samples[(len(samples) * 3 - 1) // 4]
        figures.goal("row to thread", f"p75 in ms, {way}, {scale}", third, BUDGET)
    return figures.tell()


def one(page, tasks, server: Server, postmaster: int, way: str) -> dict[str, float]:
    """Presses a row nobody pressed yet; what the page, the server and the database did for it."""
    row = page.locator(".rowbox:not([data-pressed]) > .crow").first
    if not row.count():
        page.locator("#older a").click()
        row.wait_for()
    row.scroll_into_view_if_needed()
    row.evaluate("(row) => row.closest('.rowbox').setAttribute('data-pressed', '')")
    page.mouse.move(0, 0)
    page.wait_for_timeout(150)
    before = (server.cpu(), cpu_of(postmaster), tasks())
    if way == "by hand":
        row.hover()
        page.wait_for_timeout(HAND)
    painted, placed = row.evaluate(PRESS)
    page.wait_for_timeout(250)  # what it tells the server afterwards belongs to it
    after = (server.cpu(), cpu_of(postmaster), tasks())
    server_cpu, database_cpu, page_cpu = (
        (later - earlier) * 1000 for earlier, later in zip(before, after, strict=True)
    )
    return {
        "press to paint": painted,
        "press to placed": placed,
        "CPU of the server": server_cpu,
        "CPU of the database": database_cpu,
        "CPU of the page": page_cpu,
    }


def busy() -> float:
    """How long 10 ms of work take here now: 10 on a machine of one's own."""
    until = time.process_time() + 0.01

    def work() -> None:
        while time.process_time() < until:
            pass

    wall, _cpu = timed(work)
    return wall * 1000


@contextmanager
def serving(scale: str) -> Iterator[Server]:
    """As in production: without DEBUG, and over TLS, for which a browser gives its cookies away."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        files = certificate(Path(folder))
        server = Server(
            "web", [*uvicorn("config.asgi:application", port), *files], port, served_as(scale, port)
        )
        try:
            yield server
        finally:
            server.end()


def certificate(folder: Path) -> list[str]:
    """One that nobody vouches for, and the options that serve it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    return ["--ssl-keyfile", str(folder / "key.pem"), "--ssl-certfile", str(folder / "certificate.pem")]


def served_as(scale: str, port: int) -> dict[str, str]:
    """As in production, so that templates are compiled once; workspaces of the scale keep to keys of their own."""
    return environment_of(scale) | {
        "DEBUG": "false",
        "SITE_URL": f"https://localhost:{port}",
        "TRUSTED_PROXY_COUNT": "1",
        "KEY_PREFIX": "bench",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


@contextmanager
def browsing(server: Server, told: dict) -> Iterator[tuple]:
    """A signed-in window with the list before it, and a question for the seconds its page has worked."""
    from playwright.sync_api import sync_playwright

    from tools import browser

    path, more = browser.find()
    site = f"https://localhost:{server.port}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=browser.FLAGS, env={**os.environ, **more}
        )
        window = chromium.new_context(
            viewport={"width": 1440, "height": 900},
            ignore_https_errors=True,
            extra_http_headers={"X-Forwarded-Proto": "https"},
        )
        window.add_cookies([{"name": told["cookie"], "value": told["session"], "url": site, "secure": True}])
        page = window.new_page()
        metrics = window.new_cdp_session(page)
        metrics.send("Performance.enable")

        def tasks() -> float:
            found = metrics.send("Performance.getMetrics")["metrics"]
            return next(one["value"] for one in found if one["name"] == "TaskDuration")

        page.goto(f"{site}/w/{told['slug']}/inbox/open/")
        page.locator(".rowbox > .crow").first.wait_for()
        page.wait_for_timeout(1500)
        try:
            yield page, tasks
        finally:
            chromium.close()


def scene_of(scale: str) -> dict:
    """Asked of the scale in a process of its own: this one's Django serves from another database."""
    command = [sys.executable, "-m", "bench.opening"]
    environment = served_as(scale, 443)
    done = subprocess.run(
        command, env=environment, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def sign_in() -> dict:
    """A session of the biggest workspace's owner, and how many conversations there are."""
    from django.conf import settings
    from django.test import Client

    from bench.data.ask import BIGGEST
    from bench.data.questions import member
    from conversations.models import Conversation
    from workspaces.models import Workspace
    from workspaces.scope import workspace_scope

    client, ada = Client(SERVER_NAME="localhost"), member()
    client.force_login(ada.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    with workspace_scope(BIGGEST):
        own = Conversation.objects.count()
        newest = Conversation.objects.order_by("-pk").values_list("pk", flat=True).first()
    return {
        "cookie": settings.SESSION_COOKIE_NAME,
        "session": client.session.session_key,
        "slug": Workspace.objects.get(pk=BIGGEST).slug,
        "conversations": newest,
        "own": own,
    }


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(sign_in()))
