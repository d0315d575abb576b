"""The cache counts attempts to sign in. Without Valkey each process counts for itself: never "unlimited" (P3)."""

import time

import redis
import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger(__name__)

SILENCE = 5.0  # seconds without asking again a Valkey that did not answer


class SteadyCache(RedisCache):
    """Django's Redis cache; while Valkey does not answer, this process's own memory stands in for it."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._own = LocMemCache("steady", {**params, "OPTIONS": {}})
        self._silent_until = 0.0

    def _steadily(self, name: str, *args, **kwargs):
        if time.monotonic() >= self._silent_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
                self._silent_until = time.monotonic() + SILENCE
                log.warning("valkey_unreachable", error=str(error))
        return getattr(self._own, name)(*args, **kwargs)

    def add(self, *args, **kwargs):
        return self._steadily("add", *args, **kwargs)

    def get(self, *args, **kwargs):
        return self._steadily("get", *args, **kwargs)

    def set(self, *args, **kwargs):
        return self._steadily("set", *args, **kwargs)

    def touch(self, *args, **kwargs):
        return self._steadily("touch", *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._steadily("delete", *args, **kwargs)

    def get_many(self, *args, **kwargs):
        return self._steadily("get_many", *args, **kwargs)

    def has_key(self, *args, **kwargs):
        return self._steadily("has_key", *args, **kwargs)

    def incr(self, *args, **kwargs):
        return self._steadily("incr", *args, **kwargs)

    def set_many(self, *args, **kwargs):
        return self._steadily("set_many", *args, **kwargs)

    def delete_many(self, *args, **kwargs):
        return self._steadily("delete_many", *args, **kwargs)
