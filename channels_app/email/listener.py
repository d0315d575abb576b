"""The door for mail that a server brings: SMTP, or LMTP behind a mail server of one's own.

It answers 250 only after the bytes are committed. It relays nothing: a recipient that is not ours is refused at RCPT.
Who a mail is for is said by the envelope, never by its headers (EM-15).
"""

import asyncio
import logging
import re
import signal
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import connections, transaction

from channels_app.email import tokens
from channels_app.email.listener_limits import BY_ADDRESS, BY_SENDER, within
from channels_app.email.payloads import keep, print_of
from inboxes.addresses import channel_for, own_addresses
from inboxes.models import Channel, PublicAddress
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)
# The library tells of every command, addresses included; those belong in no log.
logging.getLogger("mail.log").setLevel(logging.WARNING)

# What a peer may announce, above EM-13's 25 MB of files: base64 adds a third. Larger files are refused later, with a
# note beside the words; larger mails are refused here.
LARGEST = 50 * 1024 * 1024
MOST_RECIPIENTS = 100
MOST_SESSIONS = 200
MOST_OF_ONE = 60  # sessions of one address; a mail server of one's own opens twenty
THREADS = 8
# A dot between bare line ends looks like the end of a mail to some servers and not to others (SMTP smuggling). After a
# whole line end the dot is gone when we see it (RFC 5321 4.5.2): what is left is a line that begins with a bare one.
SMUGGLED = re.compile(rb"(?<!\r)\n\.(?:\r\n|\r|\n)|\r\n(?:\n|\r(?![\r\n]))|\r(?!\n)\.(?:\r|\n)")


@dataclass(frozen=True)
class Target:
    workspace_id: int
    channel_id: int


class Refusal(Exception):
    """What the peer is told; 4xx asks it to come again, 5xx to tell its sender."""


UNKNOWN = Refusal("550 5.1.1 No such address here")
PAUSED = Refusal("450 4.2.1 This address takes in nothing at the moment")
BUSY = Refusal("451 4.7.1 Too much mail in this hour, try again later")
FAILED = Refusal("451 4.3.0 Could not be kept, try again later")


class Door:
    """aiosmtpd's handler. What touches the database runs in threads; each gives its connection back at once."""

    def __init__(self, *, each_answers: bool = False):
        self.each_answers = each_answers  # LMTP: one answer for each recipient
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="mail")

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from, envelope.mail_options = address, [*envelope.mail_options, *options]
        envelope.targets = {}
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            target = await self._in_thread(target_of, address)
        except Refusal as refusal:
            return str(refusal)
        envelope.targets[address] = target
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        said = await self._take(session, envelope)
        return "\r\n".join([said] * len(envelope.rcpt_tos)) if self.each_answers else said

    async def handle_exception(self, error):
        log.error("mail_session_failed", error=type(error).__name__)
        return str(FAILED)

    async def _take(self, session, envelope) -> str:
        raw = envelope.original_content
        if SMUGGLED.search(raw):
            return "554 5.6.0 Bare line ends around a dot"
        peer = str(session.peer[0]) if isinstance(session.peer, tuple) else "local"
        told = {"from": envelope.mail_from or "", "peer": peer, "helo": str(session.host_name or "")[:255]}
        try:
            await self._in_thread(store, raw, dict(envelope.targets), told)
        except Refusal as refusal:
            return str(refusal)
        return "250 2.0.0 Kept"

    async def _in_thread(self, work: Callable, *arguments):
        def run():
            try:
                return work(*arguments)
            except Refusal:
                raise
            except Exception as error:
                log.exception("mail_not_kept")
                raise FAILED from error
            finally:
                connections.close_all()

        return await asyncio.get_running_loop().run_in_executor(self.pool, run)


def target_of(address: str) -> Target:
    """Whose mail it is. Raises Refusal."""
    found = _directory(address)
    if found is None:
        raise UNKNOWN
    with workspace_scope(found.workspace_id):
        channel = Channel.objects.filter(pk=found.channel_id).first()
        if channel is None or channel.disconnected_at:
            raise UNKNOWN
        if channel.paused_at:
            raise PAUSED
    return found


def _directory(address: str) -> Target | None:
    if borne := tokens.find(address):
        row = PublicAddress.objects.filter(kind="reply", value=borne[1], workspace__suspended_at=None)
        ids = row.values_list("workspace_id", "channel_id").first()
    else:
        ids = channel_for(address)
    return Target(*ids) if ids else None


def store(raw: bytes, targets: dict[str, Target], told: dict) -> None:
    """Commit a mail for every channel it is for: one payload a channel, all or none. Raises Refusal."""
    addresses: dict[Target, list[str]] = {}
    for address, target in targets.items():
        addresses.setdefault(target, []).append(address)
    for target in addresses:
        _count(target, told["from"])
    # As the last hop does: who answered for it, on top (RFC 5321 4.4). An older one below is not believed.
    sender = re.sub(r"[\r\n<>]", "", told["from"])
    traced = f"Return-Path: <{sender}>\r\n".encode(errors="replace") + raw
    mark = print_of(raw)
    with transaction.atomic():
        for target, named in sorted(
            addresses.items(), key=lambda row: (row[0].workspace_id, row[0].channel_id)
        ):
            with workspace_scope(target.workspace_id):
                channel = Channel.objects.get(pk=target.channel_id)
                keep(channel, source="smtp", external_id=mark, raw=traced, headers=told | {"to": named})


def _count(target: Target, sender: str) -> None:
    """A server that forwards in its own name brings the mail of many: only the address's own limit holds for it."""
    with workspace_scope(target.workspace_id):
        is_forwarder = not sender or sender.lower() in own_addresses()
    if not within(BY_ADDRESS, str(target.channel_id)):
        raise BUSY
    if not is_forwarder and not within(BY_SENDER, f"{target.workspace_id}:{sender}"):
        raise BUSY


# ── The process ──


class Guests:
    """Who is connected, so that nobody keeps the others out."""

    def __init__(self) -> None:
        self.by_peer: Counter[str] = Counter()

    def enter(self, peer: str) -> bool:
        is_full = self.by_peer.total() >= MOST_SESSIONS
        if is_full or (peer and self.by_peer[peer] >= MOST_OF_ONE):
            return False
        self.by_peer[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        self.by_peer[peer] -= 1
        self.by_peer += Counter()  # drops what is zero


class _Session:
    """Mail has longer lines than its standard allows, and is read all the same. One session too many is told so."""

    line_length_limit = 1_000_000

    def __init__(self, *arguments, guests: Guests, **options):
        super().__init__(*arguments, **options)
        self.guests = guests
        self.guest: str | None = None

    def connection_made(self, transport):
        if self.guest is None:  # STARTTLS comes here a second time
            name = transport.get_extra_info("peername")
            peer = str(name[0]) if isinstance(name, tuple) else ""  # a unix socket has no address
            if not self.guests.enter(peer):
                transport.write(b"421 4.7.0 Too many connections, come back later\r\n")
                transport.close()
                return
            self.guest = peer
        super().connection_made(transport)

    def connection_lost(self, error):
        if self.guest is not None:
            self.guests.leave(self.guest)
            super().connection_lost(error)


class Smtp(_Session, SMTP):
    pass


class Lmtp(_Session, LMTP):
    pass


class Certificate:
    """What STARTTLS shows. A renewed file is taken up by the next session, without a restart."""

    def __init__(self, chain: str, key: str):
        self.chain, self.key, self.read_at = chain, key or None, 0.0
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(self.chain, self.key)
        self.read_at = Path(chain).stat().st_mtime

    def current(self) -> ssl.SSLContext:
        try:
            changed = Path(self.chain).stat().st_mtime
            if changed != self.read_at:
                self.context.load_cert_chain(self.chain, self.key)
                self.read_at = changed
        except OSError as error:  # half written: the one of before goes on
            log.warning("mail_certificate_unreadable", error=str(error))
        return self.context


@dataclass(frozen=True)
class Listen:
    """Where to listen: a host and port, or the path of a unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""
    is_lmtp: bool = False


def where(raw: str, web_port: str) -> Listen | None:
    """Read MAIL_LISTEN: `host:port`, `lmtp:host:port`, `lmtp:/path`, `off`. Raises ValueError."""
    if raw == "off":
        return None
    if not raw:  # beside the site, so that two installations on one machine do not meet
        web = int(web_port) if web_port.isdigit() else 8000
        return Listen("127.0.0.1", 2525 + max(0, web - 8000) % 20_000)
    is_lmtp, rest = raw.startswith("lmtp:"), raw.removeprefix("lmtp:")
    if rest.startswith("/"):
        return Listen(path=rest, is_lmtp=is_lmtp)
    host, _colon, port = rest.rpartition(":")
    return Listen(host.strip("[]") or "127.0.0.1", int(port), is_lmtp=is_lmtp)


async def serve(
    listen: Listen, *, stopping: asyncio.Event, started: Callable[[int], None] | None = None
) -> None:
    """Take mail until told to stop. Raises OSError when the address is taken."""
    loop, door = asyncio.get_running_loop(), Door(each_answers=listen.is_lmtp)
    kind, guests = Lmtp if listen.is_lmtp else Smtp, Guests()
    certificate = (
        Certificate(settings.MAIL_TLS_CERT, settings.MAIL_TLS_KEY) if settings.MAIL_TLS_CERT else None
    )
    options = {"data_size_limit": LARGEST, "enable_SMTPUTF8": True, "hostname": settings.MAIL_DOMAIN}
    options |= {"ident": "Parley", "timeout": 120, "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}

    def session():
        context = certificate.current() if certificate else None
        return kind(door, loop=loop, guests=guests, tls_context=context, **options)

    if listen.path:
        Path(listen.path).unlink(missing_ok=True)
        server = await loop.create_unix_server(session, listen.path, backlog=MOST_SESSIONS)
    else:
        server = await loop.create_server(session, listen.host, listen.port, backlog=MOST_SESSIONS)
    if started:
        bound = server.sockets[0]
        started(0 if bound.family == socket.AF_UNIX else bound.getsockname()[1])
    async with server:
        await stopping.wait()
    door.pool.shutdown(wait=True)


async def run(listen: Listen) -> None:
    """Serve until a signal comes. A port that is taken is waited for: the rest of the site goes on."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    said = False
    while not stopping.is_set():
        try:
            await serve(listen, stopping=stopping)
        except OSError as error:
            if not said:
                log.error(
                    "mail_port_taken", host=listen.host, port=listen.port, path=listen.path, error=str(error)
                )
                said = True
            await _pause(stopping, 5)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
