"""Keys for programs: made, looked up, let go of. `authenticate` is the one door of the public API.

A key is "parley_<workspace id>_<random>": the id opens the scope in which its hash can be looked up.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps

from django.db import transaction
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from workspaces.access import Access
from workspaces.audit import note
from workspaces.models import ApiToken, Member, hash_token
from workspaces.permissions import Permission
from workspaces.refusals import NotAllowed, TooManyTokens
from workspaces.scope import workspace_scope
from workspaces.signals import token_used

SHAPE = re.compile(r"parley_([1-9][0-9]{0,17})_[A-Za-z0-9_-]{43}")
SHOWN = 8  # characters of the random part that a list shows
MOST_TOKENS = 50
NOTED_EVERY = timedelta(minutes=1)


class Refusal(Exception):
    """Why a request of a program is not answered."""

    def __init__(self, status: int, reason: str, seconds: int = 0):
        super().__init__(reason)
        self.status, self.reason, self.seconds = status, reason, seconds


@transaction.atomic
def make_token(member: Member, *, name: str, scopes: Iterable[str], days: int | None) -> tuple[ApiToken, str]:
    """Returns the row and the key, which nobody can read again. Inside the workspace's scope."""
    scopes = [scope for scope in Permission.values if scope in set(scopes)]
    if not member.may(Permission.USE_API) or not set(scopes) <= member.granted():
        raise NotAllowed
    if ApiToken.objects.usable().filter(member=member).count() >= MOST_TOKENS:
        raise TooManyTokens
    key = f"parley_{member.workspace_id}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        member=member,
        name=name,
        prefix=key[: key.index("_", 7) + 1 + SHOWN],
        token_hash=hash_token(key),
        scopes=scopes,
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    note(
        "token.created",
        token,
        after={"name": name, "scopes": scopes, "expires": token.expires_at},
        member=member,
    )
    return token, key


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Member) -> None:
    """From this moment on the key opens nothing."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        note("token.removed", token, before={"name": token.name, "of": token.member}, member=by)


@contextmanager
def authenticate(request):
    """Yields the key of a request, inside its workspace's scope. Raises Refusal: 401 for every key that opens nothing."""
    key = _key_of(request)
    shape = SHAPE.fullmatch(key)
    if shape is None:
        raise Refusal(401, "unknown_token")
    with workspace_scope(int(shape.group(1))):
        token = _find(key)
        if token is None:
            raise Refusal(401, "unknown_token")
        _count(token)
        _note_use(token)
        yield token


def _key_of(request) -> str:
    """Only a header: addresses end up in logs."""
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def _find(key: str) -> ApiToken | None:
    rows = ApiToken.objects.usable().select_related("member__user", "member__workspace")
    token = rows.filter(token_hash=hash_token(key)).first()
    if token is None:
        return None
    member = token.member
    here = member.deactivated_at is None and member.user.is_active and member.workspace.suspended_at is None
    return token if here and member.may(Permission.USE_API) else None


def _count(token: ApiToken) -> None:
    """Whoever counts says how many seconds a key has to wait, if it has to."""
    for _receiver, seconds in token_used.send(ApiToken, token=token):
        if seconds:
            raise Refusal(429, "too_many_requests", seconds=seconds)


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def with_token(permission: str = "") -> Callable:
    """A view of the public API: entered with a key alone, whose scopes hold the permission. It runs inside the scope."""

    def decorate(view: Callable) -> Callable:
        @csrf_exempt
        @wraps(view)
        def guarded(request, *args, **kwargs):
            try:
                with authenticate(request) as token:
                    if permission and not token.may(permission):
                        raise Refusal(403, "scope_missing")
                    # What is noted of a change names who made it: the person whose key it is.
                    request.token, request.member = token, token.member
                    response = view(request, *args, **kwargs)
            except Refusal as refusal:
                response = _refused(refusal)
            finally:
                request.__dict__.pop("member", None)
            response["Cache-Control"] = "private, no-store"
            return response

        guarded.access = Access("token", permission)
        return guarded

    return decorate


def _refused(refusal: Refusal) -> JsonResponse:
    response = JsonResponse({"error": refusal.reason}, status=refusal.status)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if refusal.seconds:
        response["Retry-After"] = str(refusal.seconds)
    return response
