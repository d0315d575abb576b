"""The ASGI application: pages through Django, the sockets and what waits like them straight to realtime."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from config.body import at_most  # noqa: E402
from realtime import posts  # noqa: E402
from realtime.sockets import member_socket, visitor_socket  # noqa: E402
from realtime.waiting import wait  # noqa: E402


async def requests(scope, receive, send) -> None:
    """Everything goes through Django, except what waits, and what comes a hundred times a second: its middleware would
    hold a thread meanwhile."""
    if scope["path"] == "/live/wait/":
        return await wait(scope, receive, send)
    await (posts.take if posts.is_ours(scope) else pages)(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": at_most(requests),
        "websocket": URLRouter([path("live/agent/", member_socket), path("live/visitor/", visitor_socket)]),
    }
)
