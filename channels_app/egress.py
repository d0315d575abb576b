"""The only way out to servers that a workspace names: no private network, no unusual port, TLS or nothing."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

MAIL_PORTS = frozenset({25, 110, 143, 465, 587, 993, 995})
HTTP_PORTS = frozenset({80, 443})
CONNECT_SECONDS = 5
# Prefixes that carry an IPv4 address inside: what counts is the address at the other end.
NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
SIIT = ipaddress.ip_network("::ffff:0:0:0/96")
COMPATIBLE = ipaddress.ip_network("::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(OSError):
    """The name, the port or one of the addresses behind it is not for workspaces."""


def connect(host: str, port: int, *, ports: frozenset[int] = MAIL_PORTS) -> socket.socket:
    """Return a socket to a vetted address of the host. Raises NotAllowed, or OSError when nobody answers."""
    last: OSError = OSError("no address")
    deadline = time.monotonic() + 2 * CONNECT_SECONDS
    for family, address in vetted(host, port, ports=ports):
        wait = min(CONNECT_SECONDS, deadline - time.monotonic())
        if wait <= 0:
            break
        made = socket.socket(family, socket.SOCK_STREAM)
        made.settimeout(wait)
        try:
            # The vetted address itself is dialled: a second look-up might answer something else.
            made.connect((address, port))
        except OSError as error:
            made.close()
            last = error
        else:
            return made
    raise last


@contextmanager
def cut_after(line: socket.socket, seconds: float) -> Iterator[None]:
    """Nothing in here lasts longer, however slowly the other side drips: a socket's own time-out begins anew with each byte
    (T103). Raises TimeoutError. The socket may be wrapped in TLS meanwhile: what is cut is a twin of it."""
    twin, late = line.dup(), threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            raise TimeoutError("too slow") from error
        raise
    finally:
        timer.cancel()
        timer.join()
        twin.close()
    if late.is_set():
        raise TimeoutError("too slow")


def vetted(host: str, port: int, *, ports: frozenset[int] = MAIL_PORTS) -> list[tuple[int, str]]:
    """Every address of the host as (family, address). One that is not public refuses them all."""
    name = ascii_name(host)
    free = f"{name}:{port}" in {entry.lower() for entry in settings.EGRESS_ALLOWED}
    if not free and port not in ports:
        raise NotAllowed(f"port {port}")
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses: list[tuple[int, str]] = list(
        dict.fromkeys((int(family), str(where[0])) for family, _t, _p, _c, where in found)
    )
    if not free and not all(is_public(address) for _family, address in addresses):
        raise NotAllowed(name)
    return addresses


def ascii_name(host: str) -> str:
    """The host as the network knows it (A-label). Raises NotAllowed for what is no host."""
    try:
        name = host.strip().rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        raise NotAllowed("name") from None
    if not name or any(sign in name for sign in " /\\@?#%\0\r\n"):
        raise NotAllowed("name")
    return name


def is_public(text: str) -> bool:
    """Whether an address is reachable by all the world, also after what it carries inside was unwrapped."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    carried = inner(address)
    if carried is not None:
        return is_public(str(carried))
    return address.is_global and not address.is_multicast and not address.is_reserved


def inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, compatible, 6to4, Teredo, NAT64, SIIT."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in SIIT or any(address in net for net in NAT64):
        return low
    return low if address in COMPATIBLE and int(address) > 1 else None


def tls_context() -> ssl.SSLContext:
    """TLS 1.2 or newer, with the name verified."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.EGRESS_CA:
        context.load_verify_locations(settings.EGRESS_CA)
    return context
