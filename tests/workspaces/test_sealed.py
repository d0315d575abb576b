"""Credentials at rest."""

import base64

import pytest

from config.env import sealing_keys
from workspaces.sealed import Unreadable, is_current, seal, unseal

K1, K2 = bytes(range(32)), bytes(range(100, 132))


def test_what_is_sealed_is_read_again_and_shows_nothing():
    sealed = seal("pass word", about="mailbox:1:2")
    assert "pass" not in sealed
    assert unseal(sealed, about="mailbox:1:2") == "pass word"
    assert seal("pass word", about="mailbox:1:2") != sealed


def test_it_is_bound_to_its_channel_and_workspace():
    sealed = seal("x", about="mailbox:1:2")
    for other in ("mailbox:1:3", "mailbox:2:2", ""):
        with pytest.raises(Unreadable):
            unseal(sealed, about=other)


@pytest.mark.parametrize(
    "bad", ["", "plain", "s1:own", "s1:own:!!!", "s2:own:AAAA", "s1:gone:AAAA", "s1:own:AAAA"]
)
def test_rubbish_is_unreadable_and_nothing_worse(bad):
    with pytest.raises(Unreadable):
        unseal(bad, about="x")


def test_an_older_key_still_opens(settings):
    settings.SECRETS_KEYS = [("k1", K1)]
    old = seal("x", about="a")
    settings.SECRETS_KEYS = [("k2", K2), ("k1", K1)]
    assert unseal(old, about="a") == "x"
    assert not is_current(old, about="a")
    assert is_current(seal("x", about="a"), about="a")


def test_a_changed_secret_key_still_opens_while_the_old_one_is_named(settings):
    old = seal("x", about="a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(old, about="a") == "x"
    assert not is_current(old, about="a")


def key(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def test_keys_are_read_newest_first():
    assert sealing_keys(f"k2:{key(K2)}, k1:{key(K1)}") == [("k2", K2), ("k1", K1)]


@pytest.mark.parametrize(
    "bad", ["k1", f"k1:{key(K1[:16])}", f"k1:{key(b'0' * 32)}", f"k1:{key(K1)},k1:{key(K2)}", "k1:changeme"]
)
def test_short_and_sample_keys_are_refused_at_the_start(bad):
    with pytest.raises(ValueError):
        sealing_keys(bad)
