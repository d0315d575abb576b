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

    `drop` is "before_250" or "after_250": the line breaks there. `hold_at` names a command at which it falls silent
    until `go_on` is set; `came` tells that it got there.
    """

    def __init__(self):
        self.letters: list[bytes] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refuse: dict[str, str] = {}
        self.after_data = ""
        self.drop = ""
        self.came = threading.Event()
        self.hold_at = ""
        self.go_on = threading.Event()

    async def held(self, command: str) -> None:
        if command == self.hold_at:
            self.came.set()
            while not self.go_on.is_set():
                await asyncio.sleep(0.01)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        await self.held("EHLO")
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self.held("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        await self.held("QUIT")
        return "221 Bye"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self.held("RCPT")
        answer = self.refuse.get(address) or self.refuse.get("")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await self.held("DATA")
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
