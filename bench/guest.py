"""What a customer's page pays for the widget: the same page with and without it, in a real Chromium, one round after the other.

`./parley bench widget --host [--rounds N]`. Each round looks twice at each of the two: as a telephone on a slow line would
(four times slower, 1.6 Mbit/s, 150 ms each way), for what is painted, moved and waited for; and unthrottled, for the thread's
own time, which what else this machine does cannot change. Needs Playwright of the development packages.
"""

import os
import struct
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.live.processes import Server as Process
from bench.live.processes import free_port, uvicorn
from bench.opening import certificate
from bench.report import Figures
from bench.scene import scene
from chatflows import actions
from inboxes.models import Channel
from workspaces.scope import workspace_scope

SLOWER = 4
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
SETTLES = 4000  # ms after the page is loaded: the launcher has come, and the greeting after it
MOST = 20  # ms of the main thread at a quarter of its speed (W1)

WATCH = """
window.told = { moved: 0, waited: 0, largest: 0 };
const on = (type, heard) => new PerformanceObserver((list) => list.getEntries().forEach(heard)).observe({ type, buffered: true });
on("layout-shift", (one) => one.hadRecentInput || (told.moved += one.value));
on("longtask", (one) => (told.waited += Math.max(0, one.duration - 50)));
on("largest-contentful-paint", (one) => (told.largest = one.startTime));
"""
READ = """() => ({ ...told, first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0 })"""

SHOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shop</title><link rel="stylesheet" href="/shop.css"></head><body><header><b>Shop</b></header><main>
<h1>Light that stays out of the way</h1><img src="/hero.png" width="960" height="400" alt="">
<ul>{cards}</ul></main><script src="/shop.js"></script>{widget}</body></html>"""
CARD = '<li><img src="/lamp-{n}.png" width="240" height="180" alt=""><h2>Lamp {n}</h2><p>Linen, brass and a warm light.</p></li>'
STYLE = """body { margin: 0 auto; max-width: 60rem; font: 16px/1.5 sans-serif } img { max-width: 100%; height: auto; display: block }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1rem; padding: 0; list-style: none }"""
SCRIPT = "for (const one of document.querySelectorAll('li')) one.addEventListener('click', () => one.classList.toggle('on'));"


def run(rounds: int) -> int:
    """Returns how many goals were missed."""
    figures = Figures("widget host")
    with scene(0) as (member, _none), shop() as page, house() as server:
        key = channel_on(member, page.origin)
        page.script = (
            f'<script async src="https://localhost:{server.port}/live/w.js" data-key="{key}"></script>'
        )
        with browser() as look:
            look(page.origin + "/with")  # the server's first answers are nobody's
            for _round in range(rounds):
                for name in ("without", "with"):
                    for (label, unit), value in look(f"{page.origin}/{name}").items():
                        figures.add(f"{label}, {name}", unit, value)
    _judge(figures)
    return figures.tell()


def _judge(figures: Figures) -> None:
    moved = max(figures.rows[("layout shift, with", "CLS")]) - max(
        figures.rows[("layout shift, without", "CLS")]
    )
    figures.goal("W1", "layout shift that the widget adds", moved, 0)
    spent = [
        min(figures.rows[(f"main thread in its own time, {name}", "ms")]) for name in ("with", "without")
    ]
    figures.goal("W1", f"ms of main thread at {SLOWER}x slowdown", SLOWER * (spent[0] - spent[1]), MOST)


def channel_on(member, origin: str) -> str:
    """The scene's channel with its live chat, shown on the shop."""
    with workspace_scope(member.workspace):
        channel = Channel.objects.get(kind="chat")
        channel.config = {**channel.config, "sites": [origin]}
        channel.save(update_fields=["config"])
        actions.default_flow(channel)
    return channel.identifier


@contextmanager
def house() -> Iterator[Process]:
    """Our own web process as in production, with nothing in front of it."""
    port = free_port()
    told = {
        "DEBUG": "false",
        "SITE_URL": f"https://localhost:{port}",
        "TRUSTED_PROXY_COUNT": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    with tempfile.TemporaryDirectory() as folder:
        command = [*uvicorn("config.asgi:application", port), *certificate(Path(folder))]
        server = Process("web", command, port, told)
        try:
            yield server
        finally:
            server.end()


@contextmanager
def browser() -> Iterator:
    """A function that opens an address in a window of its own and gives what it cost."""
    from playwright.sync_api import sync_playwright

    from tools import browser as chromium

    path, more = chromium.find()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path,
            args=[*chromium.FLAGS, "--ignore-certificate-errors"],
            env={**os.environ, **more},
        )
        yield lambda address: painted(running, address) | worked(running, address)
        running.close()


def painted(running, address: str) -> dict[tuple[str, str], float]:
    """As on a telephone: what is seen when, what moves, how long the page does not answer, and what it fetches."""
    window = running.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True
    )
    page = window.new_page()
    session = window.new_cdp_session(page)
    fetched: list[float] = []
    session.on("Network.loadingFinished", lambda event: fetched.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_timeout(SETTLES)
    if address.endswith("/with"):
        page.locator("parley-chat .launch").wait_for()
    told = page.evaluate(READ)
    window.close()
    return {
        ("first paint", "ms FCP"): told["first"],
        ("largest paint", "ms LCP"): told["largest"],
        ("layout shift", "CLS"): told["moved"],
        ("not answering", "ms TBT"): told["waited"],
        ("fetched", "KB"): sum(fetched) / 1024,
        ("fetched", "files"): len(fetched),
    }


def worked(running, address: str) -> dict[tuple[str, str], float]:
    """Script, style and layout in the thread's own time, with the files in the browser's store."""
    window = running.new_context(viewport={"width": 1280, "height": 800})
    window.new_page().goto(address, wait_until="networkidle")
    page = window.new_page()
    session = window.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    if address.endswith("/with"):
        page.locator("parley-chat .launch").wait_for()
    page.wait_for_timeout(500)
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    window.close()
    parts = ("Script", "Layout", "RecalcStyle")
    return {("main thread in its own time", "ms"): 1000 * sum(metrics[f"{part}Duration"] for part in parts)}


# ── The page ──


class Shop:
    """A customer's page of some weight; `script` is the line that they were told to put there."""

    def __init__(self):
        self.script = ""
        shop = self
        drawn = {"/hero.png": picture(960, 400), "/lamp.png": picture(240, 180)}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body, kind = shop.answer(self.path, drawn)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "max-age=600")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, drawn: dict[str, bytes]) -> tuple[bytes, str]:
        if path.endswith(".png"):
            return drawn["/hero.png" if "hero" in path else "/lamp.png"], "image/png"
        if path.endswith(".css"):
            return STYLE.encode(), "text/css"
        if path.endswith(".js"):
            return SCRIPT.encode(), "text/javascript"
        cards = "".join(CARD.format(n=n) for n in range(24))
        page = SHOP.format(cards=cards, widget=self.script if path == "/with" else "")
        return page.encode(), "text/html; charset=utf-8"


@contextmanager
def shop() -> Iterator[Shop]:
    made = Shop()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()


def picture(width: int, height: int) -> bytes:
    """A PNG that does not compress away: grain in one colour."""
    rows = b"".join(b"\0" + bytes((x * y * 7919) >> 3 & 31 for x in range(width)) for y in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
