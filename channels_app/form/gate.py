"""Who may send a form in, and how much: origins, limits, the signed time of the page, and a proof of work.

No cookie counts here and nobody is signed in, so there is nothing that another site could borrow: what is asked of a
browser is only where it comes from and that a person had the time to write.
"""

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from altcha import ChallengeOptionsV1, create_challenge_v1, verify_solution_v1
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.buckets import HOUR, MINUTE, Limited, Rate, ask, block_of, take
from inboxes.models import Channel
from inboxes.origins import is_origin, sites_of

BY_ADDRESS = Rate("form-ip", 5, MINUTE, 5)
BY_ADDRESS_LONG = Rate("form-ip-hour", 30, HOUR, 30)
BY_FORM = Rate("form-day", 2000, 24 * HOUR, 2000)
LOOKS = Rate("form-look", 120, MINUTE, 60)
SOONEST, LATEST = 2, 24 * HOUR  # seconds between the page and what comes of it
HARDNESS = 50_000  # hashes of a proof: about a second in a browser
GOOD_FOR = timedelta(minutes=10)
SALT = "channels_app.form"
NEVER, BUSY, ALWAYS = "never", "busy", "always"
USED = gettext_lazy("This page was sent already. Open the form again to send something else.")


class Turned(Exception):
    """A submission that is not taken: the status, a word for programs, a sentence for people."""

    def __init__(self, status: int, error: str, words: str, retry_after: int | None = None):
        super().__init__(error)
        self.status, self.error, self.words, self.retry_after = status, error, words, retry_after


@dataclass(frozen=True)
class Token:
    """What the page brought along: a number of its own, by which the second click is told, and when it was made."""

    nonce: uuid.UUID
    age: float


# ── Where it comes from ─────────────────────────────────────────────────────────────────────────────────────────


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of this installation sends it."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.get_host()


def allowed_origin(request: HttpRequest, channel: Channel) -> str:
    """The listed origin that a browser names; "" for our own page and for what is no browser. Raises Turned."""
    origin = request.headers.get("Origin", "")
    if not origin or is_ours(request):
        return ""
    if any(matches(site, origin) for site in sites_of(channel)):
        return origin
    raise Turned(403, "origin", _("This form cannot be sent from this page."))


def matches(site: str, origin: str) -> bool:
    """`https://*.shop.example` names every host below shop.example, and not itself."""
    if "://*." not in site:
        return site == origin
    scheme, host = site.split("://*.")
    return (
        origin.startswith(f"{scheme}://")
        and origin.endswith(f".{host}")
        and is_origin(origin)
        and "*" not in origin
    )


# ── How much ────────────────────────────────────────────────────────────────────────────────────────────────────


def look(request: HttpRequest) -> None:
    """Count whatever is posted, also what has to be mended. Raises Turned."""
    _take(request, LOOKS)


def count(request: HttpRequest, channel: Channel) -> bool:
    """Count a submission. Raises Turned for an address that sends too many; returns whether the form is busy today."""
    _take(request, BY_ADDRESS, BY_ADDRESS_LONG)
    return ask(BY_FORM, [channel.pk])[0] > 0


def _take(request: HttpRequest, *rates: Rate) -> None:
    address = block_of(request.META.get("REMOTE_ADDR", ""))
    try:
        for rate in rates:
            take(rate, address)
    except Limited as limited:
        words = _("Too many at once. Try again in %(seconds)s seconds.") % {"seconds": limited.retry_after}
        raise Turned(429, "limited", words, limited.retry_after) from None


# ── How long ────────────────────────────────────────────────────────────────────────────────────────────────────


def new_token(channel: Channel) -> str:
    return signing.TimestampSigner(salt=SALT).sign_object([channel.pk, uuid.uuid4().hex])


def read_token(text: str, channel: Channel) -> Token:
    """Raises Turned for one that is forged, of another form, or older than a day (T073)."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        pk, nonce = signer.unsign_object(text[:500], max_age=LATEST)
        made = signing.b62_decode(text.rsplit(":", 2)[1])
    except signing.SignatureExpired:
        raise Turned(400, "expired", _("This page was open for a long time. Send it once more.")) from None
    except (signing.BadSignature, ValueError, TypeError):
        raise _not_from_here() from None
    if pk != channel.pk:
        raise _not_from_here()
    return Token(uuid.UUID(nonce), timezone.now().timestamp() - made)


def _not_from_here() -> Turned:
    return Turned(400, "token", _("This page is not the one we made. Send it once more."))


def not_too_soon(token: Token) -> None:
    if token.age < SOONEST:
        raise Turned(429, "too_soon", _("That was very fast. Send it once more."), SOONEST)


# ── A proof of work ─────────────────────────────────────────────────────────────────────────────────────────────


def wants_proof(channel: Channel, busy: bool) -> bool:
    """Above its daily limit every form asks for one; its maker may ask for it always."""
    wish = channel.config.get("challenge", BUSY)
    return wish == ALWAYS or (busy and wish != NEVER)


def over_the_day(channel: Channel, busy: bool) -> None:
    """A form that never asks for a proof is closed above its limit."""
    if busy and channel.config.get("challenge") == NEVER:
        raise Turned(429, "limited", _("This form was sent very often today. Try again later."), HOUR)


def challenge(channel: Channel) -> dict:
    """What a browser has to work out; the ALTCHA shape, so that other pages may use its widget."""
    options = ChallengeOptionsV1(
        algorithm="SHA-256",
        hmac_key=_key(),
        max_number=HARDNESS,
        expires=timezone.now() + GOOD_FOR,
        params={"form": str(channel.pk)},
    )
    made = create_challenge_v1(options)
    return made.to_dict()


def check_proof(text: str, channel: Channel) -> None:
    """Raises Turned for one that is missing, wrong, old, of another form, or used before."""
    try:
        proof = json.loads(base64.b64decode(text[:4000], validate=True))
        good = verify_solution_v1(proof, _key(), check_expires=True)[0]
        salt = str(proof["salt"]).rstrip("&")  # with it and without it is one salt
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        good, salt = False, ""
    if not good or f"form={channel.pk}" not in salt.partition("?")[2].split("&"):
        raise Turned(
            403, "proof", _("Your browser has to prove first that it is no machine. Send it once more.")
        )
    if not cache.add(f"form-proof:{salt}", 1, timeout=int(GOOD_FOR.total_seconds()) + 60):
        raise Turned(403, "proof", _("This proof was used before. Send it once more."))


def _key() -> str:
    return salted_hmac("parley.form.proof", "", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
