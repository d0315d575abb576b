"""OpenID Connect, the code flow alone: discovery, state, nonce, PKCE, and an id token that is checked in full.

The library's own provider checks neither nonce nor signature after the exchange, and calls servers without our walls;
what it does well (sessions, second steps, signals) still does the signing in (sso/views/doors.py).
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
from django.core.cache import cache

from sso.asking import Unreachable, ask, is_address

# Signatures of a key pair: "none" and shared secrets are no choice of the token's own.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
KEPT_SECONDS = 300
LEEWAY = 60
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Refused(Exception):
    """The provider's answer does not prove who somebody is; the text is for the log, never for a page."""


@dataclass(frozen=True)
class Client:
    """What a workspace agreed on with its provider."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Visit:
    """A visit to the provider; all but the address is kept in the session until the person comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Claims:
    issuer: str
    subject: str
    email: str
    name: str
    proved_at: int


def metadata_of(issuer: str, *, fresh: bool = False) -> dict:
    """What the provider publishes of itself. Raises Unreachable, or Refused when it speaks for somebody else."""
    found = _kept(issuer.rstrip("/") + "/.well-known/openid-configuration", fresh)
    if found.get("issuer") != issuer:
        raise Refused("it is published for another issuer")
    if not all(is_address(found.get(name)) for name in NEEDED):
        raise Refused("an address is missing")
    return found


def begin(client: Client, *, hint: str = "", again: bool = False) -> Visit:
    """A visit; with `again` the person must type their password there, whatever session they have."""
    address = metadata_of(client.issuer)["authorization_endpoint"]
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "scope": "openid email profile",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if hint:
        query["login_hint"] = hint
    if again:
        query |= {"prompt": "login", "max_age": "0"}
    sign = "&" if urlsplit(address).query else "?"
    return Visit(f"{address}{sign}{urlencode(query)}", state, nonce, verifier)


def claims_for(client: Client, *, code: str, nonce: str, verifier: str) -> Claims:
    """Who came back with this code. Raises Refused or Unreachable."""
    told = metadata_of(client.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": verifier,
    }
    who, authorization = _credentials(client, told.get("token_endpoint_auth_methods_supported"))
    answer = ask(told["token_endpoint"], form=form | who, authorization=authorization)
    claims = _verified(answer.get("id_token"), client, told["jwks_uri"], nonce)
    if not claims.get("email") and is_address(told.get("userinfo_endpoint")):
        claims = _completed(claims, _details(told, answer))
    return _plain(claims)


def _credentials(client: Client, ways: object) -> tuple[dict[str, str], str]:
    """(fields, header) that say who we are, the way the provider likes it; unsaid, it is the header (RFC 6749)."""
    if isinstance(ways, list) and "client_secret_post" in ways:
        return {"client_id": client.client_id, "client_secret": client.secret}, ""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
    return {}, "Basic " + base64.b64encode(pair.encode()).decode()


def _details(told: dict, answer: dict) -> dict:
    return ask(told["userinfo_endpoint"], authorization=f"Bearer {answer.get('access_token', '')}")


def _verified(token: object, client: Client, keys_at: str, nonce: str) -> dict:
    try:
        header = jwt.get_unverified_header(str(token))
        if header.get("alg") not in ALGORITHMS:
            raise Refused("a signature that proves nothing")
        claims = jwt.decode(
            str(token),
            _key(keys_at, header),
            algorithms=[header["alg"]],
            audience=client.client_id,
            issuer=client.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Refused(type(error).__name__) from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused("the nonce of another visit")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client.client_id) != client.client_id:
        raise Refused("made for another client")
    return claims


def _key(keys_at: str, header: dict):
    """The key that a token names. One that is not known yet is looked for once more: providers change them."""
    for fresh in (False, True):
        found = _kept(keys_at, fresh).get("keys")
        keys = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
        fitting = [
            key for key in keys if key.get("kid") == header.get("kid") and key.get("use", "sig") == "sig"
        ]
        if len(fitting) == 1:
            return jwt.PyJWK(fitting[0], algorithm=header["alg"])
    raise Refused("an unknown key")


def _kept(url: str, fresh: bool) -> dict:
    key = "sso:" + hashlib.sha256(url.encode()).hexdigest()
    found = None if fresh else cache.get(key)
    if found is None:
        found = ask(url)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _completed(claims: dict, told: dict) -> dict:
    """What the page of the person adds: it must speak of the same one, and overrules nothing that was signed."""
    if told.get("sub") != claims["sub"]:
        raise Refused("the details of somebody else")
    return told | claims


def _plain(claims: dict) -> Claims:
    email = claims.get("email")
    # Microsoft says it by a name of its own: the domain's owner vouches for the address.
    vouched = claims.get("email_verified") in (True, "true") or claims.get("xms_edov") in (
        True,
        "true",
        "1",
        1,
    )
    if not isinstance(email, str) or "@" not in email or not vouched:
        raise Refused("no verified address")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise Refused("no subject")
    name = claims.get("name")
    proved = claims.get("auth_time")
    return Claims(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=email.strip().lower(),
        name=name.strip()[:100] if isinstance(name, str) else "",
        proved_at=proved if isinstance(proved, int) else 0,
    )


def is_recent(claims: Claims) -> bool:
    """Whether they typed their password there just now, as `again` asked."""
    return time.time() - claims.proved_at < KEPT_SECONDS


__all__ = [
    "Claims",
    "Client",
    "Refused",
    "Unreachable",
    "Visit",
    "begin",
    "claims_for",
    "is_recent",
    "metadata_of",
]
