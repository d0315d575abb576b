"""Mailboxes by consent: Google and Microsoft 365 let us in with a token that their owner can withdraw at any time."""

import base64
import hashlib
import json
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from channels_app.email.mailbox.account import Account, store_secret
from channels_app.email.mailbox.trouble import Trouble
from workspaces.mail import on_site

EARLY_SECONDS = 120  # a token is renewed this long before it ends
LARGEST_ANSWER = 64 * 1024


class Declined(Exception):
    """The provider answered no; `reason` is its short code, such as access_denied or invalid_grant."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Consent:
    """A visit to the provider's consent page; kept in the session until the person comes back."""

    url: str
    state: str
    verifier: str


def is_offered(provider: str) -> bool:
    known = settings.MAIL_PROVIDERS.get(provider)
    return bool(known and known["client_id"])


def redirect_uri(provider: str) -> str:
    """The exact address that is registered with the provider: one for the whole installation."""
    return on_site(reverse("mail_consent", args=[provider]))


def begin(provider: str, *, hint: str = "") -> Consent:
    """A consent page's address with state and PKCE (RFC 7636)."""
    known = settings.MAIL_PROVIDERS[provider]
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": known["client_id"],
        "redirect_uri": redirect_uri(provider),
        "scope": known["scope"],
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **known["ask"],
    }
    if hint:
        query["login_hint"] = hint
    return Consent(f"{known['authorize']}?{urlencode(query)}", state, verifier)


def exchange(provider: str, *, code: str, verifier: str) -> tuple[str, dict]:
    """Turn the code into (the mailbox's address, its secret). Raises Declined, or OSError when nobody answers."""
    answer = _ask(
        provider,
        grant_type="authorization_code",
        code=code,
        redirect_uri=redirect_uri(provider),
        code_verifier=verifier,
    )
    secret = _secret(answer, refresh="")
    if not secret["refresh"]:
        raise Declined("no_refresh_token")
    return _address(answer.get("id_token", "")), secret


def access_token(account: Account, *, renew: bool = False) -> str:
    """A token that is good for two minutes at least. Raises Trouble("revoked") when the permission is gone."""
    secret = account.secret
    if not renew and secret.get("expires_at", 0) - time.time() > EARLY_SECONDS:
        return secret["access"]
    try:
        answer = _ask(account.provider, grant_type="refresh_token", refresh_token=secret["refresh"])
    except Declined as declined:
        raise Trouble("revoked" if declined.reason == "invalid_grant" else "login") from None
    fresh = _secret(answer, refresh=secret["refresh"])
    # The caller's copy learns it too: the next connection of this process asks nobody.
    secret.update(fresh)
    if account.channel_id:
        store_secret(account)
    return fresh["access"]


def revoke(account: Account) -> None:
    """Give the permission back; a provider that does not answer keeps a token that nobody here holds any more."""
    address = settings.MAIL_PROVIDERS.get(account.provider, {}).get("revoke")
    if not address:
        return
    try:
        _post(address, {"token": account.secret["refresh"]})
    except (Declined, OSError):
        return


def _secret(answer: dict, *, refresh: str) -> dict:
    return {
        "access": answer["access_token"],
        "refresh": answer.get("refresh_token") or refresh,
        "expires_at": time.time() + float(answer.get("expires_in", 300)),
    }


def _address(id_token: str) -> str:
    """The address in an id token. It came straight from the token endpoint over TLS, so its signature adds nothing."""
    try:
        middle = id_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return ""
    found = claims.get("email") or claims.get("preferred_username") or ""
    return found if isinstance(found, str) else ""


def _ask(provider: str, **fields: str) -> dict:
    known = settings.MAIL_PROVIDERS[provider]
    client = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
    answer = _post(known["token"], fields | client)
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise Declined("no_token")
    return answer


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


def _post(address: str, fields: dict[str, str]) -> dict:
    """POST a form to an address of the operator's settings; a secret is never carried on to another host."""
    request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
        address, data=urlencode(fields).encode(), headers={"Accept": "application/json"}
    )
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=10) as answer:
            return json.loads(answer.read(LARGEST_ANSWER) or b"{}")
    except urllib.error.HTTPError as error:
        raise Declined(_reason(error)) from None
    except ValueError:
        raise Declined("no_answer") from None


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        said = json.loads(error.read(LARGEST_ANSWER))
        return str(said["error"])[:80]
    except (ValueError, KeyError, TypeError):
        return f"http_{error.code}"
