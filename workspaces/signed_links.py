"""Links for people outside, signed by us: each sort has a salt of its own and carries a workspace and a row of it."""

from django.conf import settings
from django.core import signing
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

LONGEST = 200


def sign(salt: str, row) -> str:
    return signing.Signer(salt=salt).sign(f"{row.workspace_id}.{row.pk}")


def address_of(salt: str, row, page: str) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(page, args=[sign(salt, row)])


def read(salt: str, signed: str) -> tuple[int, int] | None:
    """(workspace, row), or None for what we did not write."""
    if len(signed) > LONGEST:
        return None
    try:
        workspace, pk = map(int, signing.Signer(salt=salt).unsign(signed).split("."))
    except (signing.BadSignature, ValueError):
        return None
    return workspace, pk


def show(request, template: str, context: dict, status: int = 200):
    """A page behind such a link, in the language that is on; the link itself is told to no other site."""
    language = translation.get_language()
    direction = "rtl" if translation.get_language_bidi() else "ltr"
    context = context | {"language": language, "direction": direction}
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["Content-Language"] = language
    return response
