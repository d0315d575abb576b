"""Read settings from the environment; a bad value is refused by the name of its variable."""

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Knob:
    """One environment variable, as the table of docs/configuration.md shows it."""

    name: str
    default: str | None
    meaning: str


KNOBS: dict[str, Knob] = {}


def read(name: str, default: str | None, meaning: str, convert: Callable = str):
    """Return the converted value of a variable. Raise ImproperlyConfigured, naming it, when it is missing or bad."""
    KNOBS[name] = Knob(name, default, meaning)
    raw = os.environ.get(name, "").strip() or default
    if raw is None:
        raise ImproperlyConfigured(f"{name} is not set: {meaning}")
    try:
        return convert(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not valid: {error}. {meaning}") from None


def boolean(raw: str) -> bool:
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ValueError("say true or false")


def words(raw: str) -> list[str]:
    return [word.strip() for word in raw.split(",") if word.strip()]


def between(low: int, high: int) -> Callable[[str], int]:
    def convert(raw: str) -> int:
        number = int(raw)
        if not low <= number <= high:
            raise ValueError(f"it must lie between {low} and {high}")
        return number

    return convert


def site_url(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("it must look like https://parley.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def database(raw: str) -> dict:
    """Turn postgresql://user:password@host:port/name?host=/socket/folder into Django's settings."""
    parts = urlsplit(raw)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("it must look like postgresql://user:password@host:5432/name")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }


def redis_url(raw: str) -> str:
    if urlsplit(raw).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("it must begin with redis://, rediss:// or unix://")
    return raw


def sealing_keys(raw: str) -> list[tuple[str, bytes]]:
    """Read name:key pairs, newest first; short ones and those of an example are refused."""
    keys = []
    for word in words(raw):
        name, _colon, encoded = word.partition(":")
        try:
            key = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except ValueError:
            key = b""
        if not name.isalnum() or len(key) != 32:
            raise ValueError("each must look like k1: and 32 bytes in base64")
        if len(set(key)) < 16:
            raise ValueError(f"the key {name} is not random")
        keys.append((name, key))
    if len({name for name, _key in keys}) != len(keys):
        raise ValueError("two keys bear one name")
    return keys


def celery_url(redis: str) -> str:
    """Celery's spelling of a Redis URL: its own scheme for unix sockets, certificate checks for TLS."""
    parts = urlsplit(redis)
    if parts.scheme == "unix":
        number = parse_qs(parts.query).get("db", ["0"])[-1]
        return f"redis+socket://{parts.path}?virtual_host={number}"
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in parts.query:
        return redis + ("&" if parts.query else "?") + "ssl_cert_reqs=required"
    return redis
