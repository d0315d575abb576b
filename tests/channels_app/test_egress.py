"""Where workspaces may make us call: the public internet, on mail's own ports."""

import contextlib
import socket
import threading

import pytest

from channels_app import egress


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2002:a00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "::ffff:0:127.0.0.1", "2001:db8::1",
        "nonsense",
    ],
)  # fmt: skip
def test_private_addresses_in_every_disguise(address):
    assert not egress.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses(address):
    assert egress.is_public(address)


def resolves(monkeypatch, *addresses: str) -> list:
    asked = []

    def look_up(name, port, **_options):
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch):
    resolves(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(egress.NotAllowed):
        egress.vetted("mail.pine.example", 993)


@pytest.mark.parametrize("port", [22, 80, 443, 3306, 5432, 6379, 8080])
def test_other_ports_are_not_even_looked_up(monkeypatch, port):
    asked = resolves(monkeypatch, "8.8.8.8")
    with pytest.raises(egress.NotAllowed):
        egress.vetted("mail.pine.example", port)
    assert asked == []


def test_the_vetted_address_is_the_one_that_is_dialled(monkeypatch, settings):
    """A second look-up could answer something else (rebinding)."""
    asked = resolves(monkeypatch, "8.8.8.8")
    dialled = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, where: dialled.append(where))
    egress.connect("mail.pine.example", 993).close()
    assert dialled == [("8.8.8.8", 993)]
    assert asked == ["mail.pine.example"]


def test_the_operator_may_allow_one_private_server(monkeypatch, settings):
    settings.EGRESS_ALLOWED = ["mail.lan:1143"]
    resolves(monkeypatch, "10.0.0.1")
    assert egress.vetted("Mail.LAN.", 1143)
    for host, port in (("mail.lan", 143), ("other.lan", 1143), ("10.0.0.1", 1143)):
        with pytest.raises(egress.NotAllowed):
            egress.vetted(host, port)


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "a/b", "user@host", "host:25", "a\r\nb", "x" * 64 + ".example"]
)
def test_what_is_no_name_is_refused(host):
    with pytest.raises(OSError):
        egress.vetted(host, 993)


def test_who_drips_is_cut_off_in_time():
    """T103: a byte now and then never lets the socket's own time-out end."""
    here, there = socket.socketpair()
    stop = threading.Event()

    def drip():
        with contextlib.suppress(OSError):
            while not stop.wait(0.02):
                there.send(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    here.settimeout(30)
    with pytest.raises(TimeoutError), egress.cut_after(here, 0.2):
        while here.recv(1):
            pass
    stop.set()
    dripping.join()
    # In time, nothing is noticed of it.
    left, right = socket.socketpair()
    with egress.cut_after(left, 30):
        right.send(b"y")
        assert left.recv(1) == b"y"
    right.send(b"z")
    assert left.recv(1) == b"z"
    for one in (here, there, left, right):
        one.close()
