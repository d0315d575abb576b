"""The code that proves an address the first time: mailed once, good for ten minutes and five tries."""

import hmac
import secrets
import time

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from sso.protocol import Claims
from workspaces.mail import letter
from workspaces.models import Workspace

SECONDS = 600
TRIES = 5
MAILS_AN_HOUR = 5
SIGNS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels, nothing that looks like something else


class TooMany(Exception):
    """Tries or mails; which of the two is nobody's business."""


def send(workspace: Workspace, claims: Claims) -> dict:
    """Mail a code; returns what the session keeps of it. Raises TooMany."""
    if _count(f"sso-mails:{claims.email}", 3600) > MAILS_AN_HOUR:
        raise TooMany
    code = "".join(secrets.choice(SIGNS) for _ in range(8))
    words = {"workspace": workspace.name, "code": f"{code[:4]}-{code[4:]}"}
    subject = render_to_string("mail/sso_code_subject.txt", words)
    letter(to=claims.email, subject=subject, text=render_to_string("mail/sso_code.txt", words)).send()
    number = secrets.token_urlsafe(16)
    return {"number": number, "seal": _seal(number, code), "until": time.time() + SECONDS}


def is_right(kept: dict, typed: str) -> bool:
    """Raises TooMany. The tries are counted outside the session, where many at once cannot overwrite each other."""
    if time.time() > kept["until"] or _count(f"sso-tries:{kept['number']}", SECONDS) > TRIES:
        raise TooMany
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    return hmac.compare_digest(_seal(kept["number"], code), kept["seal"])


def spend(kept: dict) -> None:
    """A code opens once."""
    cache.set(f"sso-tries:{kept['number']}", TRIES + 1, SECONDS)


def _seal(number: str, code: str) -> str:
    return salted_hmac("parley.sso.code", f"{number}:{code}", algorithm="sha256").hexdigest()


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    return cache.incr(key)
