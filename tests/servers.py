"""Fixtures that run the real thing: the site on a port, a Celery worker, a browser."""

import asyncio
import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from config.embedded.processes import stop
from tools import browser as chromium

_stuck: list[threading.Thread] = []


@pytest.fixture
def live(transactional_db, settings) -> Iterator[str]:
    """The site with its websockets at an address of this test's own, sharing settings and test database."""
    import uvicorn

    from config.asgi import application

    # Two at once would share the hub, whose sockets belong to one loop: uvloop dies of that, and the worker with it.
    assert not any(thread.is_alive() for thread in _stuck), "the live server of an earlier test still runs"
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings.SITE_URL, settings.CSRF_TRUSTED_ORIGINS = address, [address]
    # The same websocket code as in production, see config/commands.py.
    options = {"ws": "websockets-sansio", "ws_per_message_deflate": False, "proxy_headers": False}
    config = uvicorn.Config(
        application, lifespan="off", log_level="warning", timeout_graceful_shutdown=2, **options
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "the live server")
    yield address
    loop = server.servers[0].get_loop()
    server.should_exit = True
    thread.join(30)  # what it still does needs the database
    if thread.is_alive():
        held_by = insist(thread, loop)
        _stuck.append(thread)
        pytest.fail(f"the live server did not stop by itself; what it waited for:\n{held_by}", pytrace=False)


def insist(thread: threading.Thread, loop: asyncio.AbstractEventLoop) -> str:
    """Cancel what holds a server up until it gives in; return where it stood."""
    stood = io.StringIO()
    for task in asyncio.all_tasks(loop):
        task.print_stack(file=stood)
    for _ in range(40):
        for task in asyncio.all_tasks(loop):
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(task.cancel)
        thread.join(0.25)
        if not thread.is_alive():
            break
    return stood.getvalue()


@pytest.fixture
def worker(transactional_db) -> Iterator[subprocess.Popen]:
    """A real Celery worker on this test's database and queue."""
    from config.celery import app

    command = [sys.executable, "-m", "celery", "-A", "config.celery:app", "--quiet", "worker"]
    options = ["--pool", "solo", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen([*command, *options], env=os.environ | urls_of_the_test_database())
    wait_until(lambda: app.control.ping(timeout=0.2), "the worker", seconds=90)
    yield process
    stop(process, signal.SIGTERM, seconds=10)
    app.control.purge()


def urls_of_the_test_database() -> dict[str, str]:
    """The three roles' URLs, naming the test database."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL")
    path = "/" + connection.settings_dict["NAME"]
    return {name: urlunsplit(urlsplit(os.environ[name])._replace(path=path)) for name in names}


def wait_until(ready, what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"{what} did not start in {seconds} s"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the run. Its driver leaves an event loop running: mark the test `browser`."""
    from playwright.sync_api import expect, sync_playwright

    # Long enough for two cores that do ten things at once; what is there at once is not waited for.
    expect.set_options(timeout=30_000)
    path, variables = chromium.find()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=chromium.FLAGS, env={**os.environ, **variables}
        )
        yield running
        running.close()


@pytest.fixture
def page(browser):
    """A fresh visitor's window. A script that throws fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="UTC")
    window = context.new_page()
    thrown: list[str] = []
    window.on("pageerror", lambda error: thrown.append(str(error)))
    yield window
    context.close()
    assert thrown == [], f"scripts threw: {thrown}"
