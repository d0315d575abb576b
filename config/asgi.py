"""The ASGI application: pages through Django, the two sockets straight to realtime."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from realtime.sockets import member_socket, visitor_socket  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": URLRouter([path("live/agent/", member_socket), path("live/visitor/", visitor_socket)]),
    }
)
