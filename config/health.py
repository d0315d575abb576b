"""/healthz: this process answers. /readyz: what it needs answers too, worker and beat included (P14)."""

import time

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import JsonResponse

from events.dispatch import valkey
from workspaces.access import public

STALE = 45  # seconds without a sign of life


def beat_key(name: str) -> str:
    return f"{settings.KEY_PREFIX}:alive:{name}"


@public
def healthz(request):
    return JsonResponse({"ok": True})


@public
def readyz(request):
    """200 when everything answers, 503 with the name of what does not."""
    checks = {"database": _database(), "valkey": _valkey()}
    checks |= {name: _alive(name) for name in ("worker", "beat")}
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("select 1")
        return True
    except DatabaseError:
        return False


def _valkey() -> bool:
    try:
        return bool(valkey().ping())
    except redis.RedisError:
        return False


def _alive(name: str) -> bool:
    try:
        seen = valkey().get(beat_key(name))
    except redis.RedisError:
        return False
    return seen is not None and time.time() - float(seen) < STALE
