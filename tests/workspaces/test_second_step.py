"""The second step: an authenticator app from switching on to the day the phone is lost."""

import base64
import hmac
import re
import struct
import time

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD


def totp(secret: str) -> str:
    """RFC 6238, as an app computes it."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def prove(client: Client) -> None:
    """Type the password once more, as pages about signing in ask."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})


@pytest.fixture
def protected(ada, sign_in, after_commit, settings):
    """Ada switched the app on: her client, the secret."""
    # The half minute may turn between computing a code and checking it.
    settings.MFA_TOTP_TOLERANCE = 1
    client, _ = sign_in("ada@acme.example")
    prove(client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="secret">([A-Z2-7]+)<', page).group(1)
    assert 'src="data:image/svg+xml' in page
    with after_commit():
        assert client.post("/account/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
    # A code is good for one use; the tests do not wait half a minute for the next.
    cache.clear()
    return client, secret


def is_in(client: Client) -> bool:
    return client.get("/w/acme/settings/profile/").status_code == 200


def test_password_alone_is_no_longer_enough(protected, sign_in):
    client, answer = sign_in("ada@acme.example")
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert not is_in(client)
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    done = client.post("/account/2fa/authenticate/", {"code": totp(protected[1])})
    assert done.status_code == 302 and is_in(client)


def test_a_code_works_once(protected, sign_in):
    code = totp(protected[1])
    first, _ = sign_in("ada@acme.example")
    first.post("/account/2fa/authenticate/", {"code": code})
    second, _ = sign_in("ada@acme.example")
    second.post("/account/2fa/authenticate/", {"code": code})
    assert is_in(first) and not is_in(second)


def test_session_key_changes_at_the_second_step(protected, sign_in):
    """T028."""
    client, _ = sign_in("ada@acme.example")
    before = client.cookies["parley"].value
    client.post("/account/2fa/authenticate/", {"code": totp(protected[1])})
    assert client.cookies["parley"].value != before


def test_recovery_code_when_the_phone_is_lost(protected, sign_in):
    client, _secret = protected
    page = client.get("/account/2fa/recovery-codes/").content.decode()
    codes = re.search(r'id="recovery-codes">([^<]+)<', page).group(1).split()
    assert len(codes) == 10
    lost, _ = sign_in("ada@acme.example")
    lost.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert is_in(lost)
    again, _ = sign_in("ada@acme.example")
    again.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert not is_in(again)


def test_switching_on_ends_the_other_sessions(ada, sign_in, request):
    """T029."""
    there, _ = sign_in("ada@acme.example")
    here, _secret = request.getfixturevalue("protected")
    assert is_in(here) and not is_in(there)


def test_switching_off_asks_who_it_is(protected, client_of, ada):
    """A session that somebody left open cannot take the second step away."""
    stolen = client_of(ada)
    assert "/reauthenticate/" in stolen.get("/account/2fa/totp/deactivate/")["Location"]
    stolen.post("/account/2fa/totp/deactivate/")
    assert ada.user.authenticator_set.filter(type="totp").exists()


def test_switching_off(protected, ada, sign_in):
    protected[0].post("/account/2fa/totp/deactivate/")
    client, _ = sign_in("ada@acme.example")
    assert is_in(client)


def test_codes_by_mail_do_not_pass_the_second_step(protected, mailoutbox):
    from tests.workspaces.mails import code_in

    client = Client()
    client.post("/account/login/code/", {"email": "ada@acme.example"})
    done = client.post("/account/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    assert done["Location"].startswith("/account/2fa/authenticate/") and not is_in(client)


def test_passkey_pages_carry_their_scripts_from_here(ada, sign_in):
    client, _ = sign_in("ada@acme.example")
    prove(client)
    for address in ("/account/2fa/webauthn/add/", "/account/2fa/webauthn/"):
        assert client.get(address).status_code == 200
    page = client.get("/account/2fa/webauthn/add/").content.decode()
    assert "mfa/js/webauthn.js" in page and 'data-allauth-onload="allauth.webauthn.forms.addForm"' in page
    # Under `script-src 'self'` only blocks of data may stand in the page itself.
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert inline and all('type="application/json"' in attributes for attributes in inline)


def test_pages_about_signing_in_ask_for_the_password_again(ada, sign_in):
    client, _ = sign_in("ada@acme.example")
    target = client.get("/account/2fa/totp/activate/")["Location"]
    assert client.get(target).status_code == 200
    done = client.post(target, {"password": PASSWORD})
    assert done.status_code == 302
    assert client.get("/account/2fa/totp/activate/").status_code == 200
