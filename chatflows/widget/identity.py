"""Who a visitor is, when the customer's own server says so and signs it (TR-5).

The token is a JWT: HS256 and nothing else, for one channel, for at most twelve hours. One that does not hold leaves the
visitor anonymous. It tells who somebody is; it signs nobody in anywhere.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatflows.models import IdentitySecret
from chatflows.widget import limits
from chatflows.widget.door import TOKEN_HEADER, Call, Turned, for_visitors, text
from contacts.actions import find_or_create_contact
from contacts.models import Contact, Visitor
from conversations.actions import set_contact
from conversations.models import Conversation
from inboxes.models import Channel
from workspaces.models import Member, hash_token
from workspaces.refusals import Refused
from workspaces.sealed import Unreadable, seal, unseal

GOOD_FOR = timedelta(hours=12)
LEEWAY = 60  # seconds between two clocks
LONGEST = 2000
MOST_SECRETS = 2
IDENTIFY_BY_ADDRESS = limits.Rate("identify-ip", 30, limits.MINUTE, 15)


class TwoSecrets(Refused):
    message = _("Two secrets are in use. Revoke one before you make another.")


@dataclass(frozen=True)
class Claim:
    """What a valid token says of a person."""

    email: str
    name: str


# ── Secrets: two at once, so that a site can change them without a gap ──


def live_secrets(channel: Channel):
    return IdentitySecret.objects.filter(channel=channel, revoked_at=None).order_by("-pk")


@transaction.atomic
def make_secret(channel: Channel, *, by: Member) -> str:
    """A new secret, shown this once. Raises Refused while two are live."""
    Channel.objects.select_for_update().get(pk=channel.pk)
    if live_secrets(channel).count() >= MOST_SECRETS:
        raise TwoSecrets
    plain = secrets.token_urlsafe(32)
    IdentitySecret.objects.create(channel=channel, sealed=seal(plain, about=_about(channel)), created_by=by)
    return plain


def revoke_secret(secret: IdentitySecret) -> None:
    """Tokens that it signed are worth nothing from now on; who was known by them stays known."""
    secret.revoked_at = timezone.now()
    secret.save(update_fields=["revoked_at"])


def _about(channel: Channel) -> str:
    return f"identity:{channel.workspace_id}:{channel.pk}"


# ── Tokens ──


def read_token(channel: Channel, token: str, email: str) -> Claim | None:
    """What a token proves of this address; None for one that is wrong, old, too long-lived or another channel's."""
    if not token or len(token) > LONGEST:
        return None
    for secret in live_secrets(channel):
        claims = _claims(channel, secret, token)
        if claims and str(claims["email"]).strip().lower() == email.strip().lower():
            return _claim(claims)
    return None


def _claims(channel: Channel, secret: IdentitySecret, token: str) -> dict | None:
    try:
        claims = jwt.decode(
            token,
            unseal(secret.sealed, about=_about(channel)),
            algorithms=["HS256"],
            audience=channel.identifier,
            leeway=LEEWAY,
            options={"require": ["exp", "aud", "email"]},
        )
    except (jwt.InvalidTokenError, Unreadable):
        return None
    lasts = claims["exp"] - timezone.now().timestamp()
    return claims if lasts <= GOOD_FOR.total_seconds() + LEEWAY else None


def _claim(claims: dict) -> Claim | None:
    email = str(claims["email"]).strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return None
    names = (claims.get("first_name"), claims.get("last_name"))
    return Claim(email[:254], " ".join(str(name).strip() for name in names if name)[:200])


# ── The visitor ──


@for_visitors
def identify(call: Call) -> JsonResponse:
    limits.take(IDENTIFY_BY_ADDRESS, limits.block_of(call.request.META.get("REMOTE_ADDR", "")))
    claim = read_token(call.channel, text(call.sent, "token", LONGEST + 1), text(call.sent, "email", 254))
    if claim is None:
        raise Turned(403, "identity")
    changed = identify_as(call.channel, call.request.headers.get(TOKEN_HEADER, ""), claim)
    return JsonResponse({"ok": True, "changed": changed})


@transaction.atomic
def identify_as(channel: Channel, token: str, claim: Claim) -> bool:
    """This browser is that person's: it sees the chats of their other browsers here, and they see its (TR-7).

    Returns whether something changed. A browser that was somebody else's keeps nothing of theirs.
    """
    browser = Visitor.objects.select_for_update(of=("self",)).get(token_hash=hash_token(token))
    # A name is written only for a contact who is new (TR-5).
    contact = find_or_create_contact(
        kind="email", address=claim.email, name=claim.name, language=browser.language, proven=True
    )
    known = browser.same_as or browser
    if known.identified_at and known.contact_id == contact.pk:
        return False
    main = _main(channel, contact, browser)
    if _is_nobodys(browser, contact):
        if main is None:
            _become(browser, contact, claim)
            return True
        _bring_along(browser, main, contact)
    browser.same_as = main or _new_main(channel, contact, claim, browser)
    browser.save(update_fields=["same_as"])
    return True


@transaction.atomic
def join(channel: Channel, token: str, into: Visitor) -> bool:
    """The session of `token` was this visitor's too, as their own browser says by showing both: its chats come along.

    Not when either of them is somebody else by what the site or the team said.
    """
    hashed = hash_token(token) if token else ""
    rows = Visitor.objects.select_for_update(of=("self",)).filter(channel_id=channel.pk, revoked_at=None)
    browser = rows.filter(token_hash=hashed, same_as=None, identified_at=None, blocked_at=None).first()
    if browser is None or browser.pk == into.pk or browser.contact_id not in (None, into.contact_id):
        return False
    if into.contact:
        _bring_along(browser, into, into.contact)
    else:
        Conversation.objects.filter(visitor=browser).update(visitor=into)
    Visitor.objects.filter(Q(pk=browser.pk) | Q(same_as=browser)).update(same_as=into)
    return True


def _main(channel: Channel, contact: Contact, browser: Visitor) -> Visitor | None:
    theirs = Visitor.objects.filter(channel_id=channel.pk, contact=contact, same_as=None, revoked_at=None)
    return theirs.exclude(identified_at=None).exclude(pk=browser.pk).order_by("pk").first()


def _is_nobodys(browser: Visitor, contact: Contact) -> bool:
    """Nobody was ever named by it, or somebody of the team said it is this contact's."""
    if browser.same_as_id or browser.identified_at:
        return False
    return browser.contact_id in (None, contact.pk)


def _become(browser: Visitor, contact: Contact, claim: Claim) -> None:
    browser.contact, browser.identified_at, browser.claimed_email = contact, timezone.now(), claim.email
    browser.save(update_fields=["contact", "identified_at", "claimed_email"])
    for conversation in Conversation.objects.filter(visitor=browser, contact=None):
        set_contact(conversation, contact, by=None)


def _bring_along(browser: Visitor, main: Visitor, contact: Contact) -> None:
    for conversation in Conversation.objects.filter(visitor=browser, contact=None):
        set_contact(conversation, contact, by=None)
    Conversation.objects.filter(visitor=browser).update(visitor=main)


def _new_main(channel: Channel, contact: Contact, claim: Claim, browser: Visitor) -> Visitor:
    return Visitor.objects.create(
        channel_id=channel.pk,
        token_hash=hash_token(secrets.token_urlsafe(32)),
        contact=contact,
        identified_at=timezone.now(),
        claimed_email=claim.email,
        language=browser.language,
        page_url=browser.page_url,
    )
