"""A mail server that keeps what it takes, and answers as it is told."""

import asyncio
import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Post:
    """`refuse` maps a recipient (or "" for all) to the line that answers it; `after_data` to the one that answers the mail.

    `drop` is "before_250" or "after_250": the line breaks there. `hold` keeps it back before the 250 until it is set.
    """

    def __init__(self):
        self.letters: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refuse: dict[str, str] = {}
        self.after_data = ""
        self.drop = ""
        self.came = threading.Event()
        self.hold: threading.Event | None = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.refuse.get(address) or self.refuse.get("")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.came.set()
        while self.hold and not self.hold.is_set():
            await asyncio.sleep(0.01)
        if self.drop == "before_250":
            server.transport.abort()
            return "451 gone"
        if self.after_data:
            return self.after_data
        self.letters.append(envelope.content)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        if self.drop == "after_250":
            server.transport.abort()
        return "250 taken"

    @property
    def read(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.letters]

    def only(self) -> EmailMessage:
        [letter] = self.read
        return letter


class Office(Controller):
    def factory(self):
        return SMTP(
            self.handler, enable_SMTPUTF8=self.utf8, hostname="post.example", data_size_limit=50_000_000
        )

    utf8 = True


@contextmanager
def post_office(settings, *, utf8: bool = True):
    """Runs on a port of its own; the installation's mail goes to it."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    office = Office(post, hostname="127.0.0.1", port=port)
    office.utf8 = utf8
    office.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    post.port = port
    try:
        yield post
    finally:
        office.stop()
