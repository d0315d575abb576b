"""A ticket opens one socket within a minute: the socket itself is never trusted with the session cookie alone."""

import json
import secrets

from django.conf import settings

from events.dispatch import valkey
from realtime.readers import Reader
from workspaces.access import zone_of
from workspaces.models import Member
from workspaces.scope import workspace_scope

SECONDS = 60


def _key(ticket: str) -> str:
    return f"{settings.KEY_PREFIX}:ticket:{ticket}"


def issue(member: Member, session_key: str, language: str) -> str:
    """Return a single-use ticket for this member. Raises redis.RedisError: the page then polls."""
    ticket = secrets.token_urlsafe(32)
    holder = {"member": member.pk, "session": session_key, "language": language}
    valkey().set(_key(ticket), json.dumps(holder), ex=SECONDS)
    return ticket


def redeem(ticket: str) -> Reader | None:
    """Whose ticket this is, or None: used, expired or never issued."""
    raw = valkey().getdel(_key(ticket)) if isinstance(ticket, str) and len(ticket) < 100 else None
    if raw is None:
        return None
    holder = json.loads(raw)
    member = Member.objects.active().select_related("user", "workspace").filter(pk=holder["member"]).first()
    return reader_of(member, holder["session"], holder["language"]) if member else None


def reader_of(member: Member, session_key: str, language: str) -> Reader:
    reader = Reader(
        member_id=member.pk,
        workspace_id=member.workspace_id,
        slug=member.workspace.slug,
        access_version=member.access_version,
        language=language,
        zone=zone_of(member).key,
        session_key=session_key,
        auth_hash=member.user.get_session_auth_hash(),
    )
    with workspace_scope(member.workspace_id):
        reader.look_again(member)
    return reader
