"""Addresses of pages as rules see them: without scheme and fragment, the host in small letters (TG-3)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote

LONGEST = 2000
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_USUAL_PORT = re.compile(r":(?:80|443)?$")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
# What may stand in an address as it is, besides letters and digits; the wildcard is a star.
_SAFE = "%/:?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: host and path, never with a slash at the end, and its query with the question mark."""

    host: str
    path: str
    query: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def bare(self) -> str:
        return self.host + self.path

    @property
    def whole(self) -> str:
        return self.host + self.path + self.query

    @property
    def forms(self) -> tuple[str, str]:
        """With its query, without and with a slash at the end of its path: a rule may have either in mind."""
        return self.whole, f"{self.host}{self.path}/{self.query}"


def page_of(address: str) -> Page:
    """Read the address of a page, or what somebody typed as one. Nothing raises: odd input is an odd page."""
    host, path, query = _parts(address)
    parameters = tuple(parse_qsl(query[1:], keep_blank_values=True))
    return Page(host, path.removesuffix("/"), query if query != "?" else "", parameters)


@lru_cache(maxsize=5000)
def page_of_rule(value: str) -> Page:
    """The same of a rule: there are few of them, and each is asked on every page view."""
    return page_of(value)


def _parts(address: str) -> tuple[str, str, str]:
    text = same_escapes(_SCHEME.sub("", address[:LONGEST].strip()).split("#", 1)[0])
    front, mark, query = text.partition("?")
    host, slash, path = front.partition("/")
    return _host(host), slash + path, mark + query


def _host(text: str) -> str:
    host = _USUAL_PORT.sub("", text.rpartition("@")[2].lower())
    if "%" not in host:
        return host
    return _in_ascii(host) or host


@lru_cache(maxsize=500)
def _in_ascii(host: str) -> str:
    """`xn--…` for a name in other letters; "" when it is no name."""
    try:
        return unquote(host, errors="strict").encode("idna").decode("ascii").lower()
    except (UnicodeError, ValueError):
        return ""


def same_escapes(text: str) -> str:
    """One spelling for what can be spelt in several ways: `é` and `%c3%a9`, `%7E` and `~`."""
    return _ESCAPE.sub(_escape, quote(text, safe=_SAFE, errors="replace"))


def _escape(found: re.Match) -> str:
    letter = chr(int(found[0][1:], 16))
    return letter if letter in _PLAIN else found[0].upper()


@lru_cache(maxsize=5000)
def like_host(text: str) -> str:
    """What was typed as a part of an address, its host, should it begin with one, in small letters."""
    at = min((place for place in (text.find("/"), text.find("?")) if place >= 0), default=len(text))
    return _host(text[:at]) + text[at:]


@lru_cache(maxsize=5000)
def spellings(text: str) -> frozenset[str]:
    """What a part of an address may stand for: as it was typed, and with its beginning read as a host if it looks like one."""
    plain = typed(text)
    return frozenset((plain, like_host(plain) if "." in re.split(r"[/?]", plain, maxsplit=1)[0] else plain))


def asks_for_query(text: str) -> bool:
    return "?" in text.split("#", 1)[0]


@lru_cache(maxsize=5000)
def typed(text: str) -> str:
    """A part of an address as it was typed, brought into the spelling of pages."""
    return same_escapes(_SCHEME.sub("", text[:LONGEST].strip()).split("#", 1)[0])


def matches_stars(pattern: str, text: str) -> bool:
    """Whether the whole text is the pattern, in which `*` stands for anything. Linear: no expression can run away."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(rest[-1]) and text.endswith(rest[-1])
