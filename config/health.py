"""/healthz: this process answers. /readyz: what it needs answers too, worker and beat included (P14)."""

import time

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import JsonResponse

from config import lateness
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
    """200 when everything answers, 503 with the name of what does not. What is late is told and changes nothing:
    a process that is taken out of service would not be faster."""
    checks = {"database": _database(), "valkey": _valkey()}
    checks |= {name: is_alive(name) for name in ("worker", "beat")}
    ready = all(checks.values())
    told = _lateness() if checks["database"] else {}
    return JsonResponse({"ready": ready, **checks, **told}, status=200 if ready else 503)


def _lateness() -> dict:
    try:
        ages = lateness.oldest()
    except DatabaseError:
        return {}
    return {"late": lateness.late(ages), "oldest_seconds": ages}


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


def is_alive(name: str) -> bool:
    try:
        seen = valkey().get(beat_key(name))
    except redis.RedisError:
        return False
    return seen is not None and time.time() - float(seen) < STALE
