"""Reading values that somebody else wrote: any shape in, the expected type out, never an exception."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

LONGEST = 20_000  # characters of one text: ten times what Messenger takes
LONGEST_ID = 500
# PostgreSQL holds neither NUL nor half a surrogate pair.
UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")


def dict_of(value) -> dict:
    return value if isinstance(value, dict) else {}


def dicts_of(value) -> list[dict]:
    """A list's dicts; one alone where a list was expected is a list of one."""
    if isinstance(value, dict):
        inner = value.get("data")
        return dicts_of(inner) if isinstance(inner, list) else [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value, most: int = LONGEST) -> str:
    """A text as it stands; a number as its digits; anything else is no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, int) and value.bit_length() > 4096:
        return ""
    return UNHOLDABLE.sub("", _whole(str(value))[:most])


def _whole(text: str) -> str:
    """Two halves of a surrogate pair, escaped one by one, become the sign that they are."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return text


def id_of(value) -> str:
    """An id: a text or a whole number. Zero, true and 1.5 are none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    told = text_of(value, LONGEST_ID).strip()
    return "" if told in ("", "0") else told


def yes(value) -> bool:
    """A flag: true, and what some write for it."""
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in ("true", "1"))


def payload_of(value) -> str:
    """What the maker of a button wrote behind it: a text, or any JSON as text."""
    if isinstance(value, dict | list):
        return text_of(json.dumps(value, ensure_ascii=False, sort_keys=True), 2000)
    return text_of(value, 2000)


def url_of(value) -> str:
    """An address of the web, or nothing: no other scheme is ever shown or fetched."""
    told = text_of(value, 4000).strip()
    try:
        parts = urlsplit(told)
        is_web = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return told if is_web else ""


def moment_of(*values) -> datetime | None:
    """The first that is a time: seconds, milliseconds or microseconds since 1970, as a number or its digits."""
    for value in values:
        number = _number(value)
        if number is None or number <= 0:
            continue
        for least, unit in ((1e14, 1e6), (1e11, 1e3)):
            if number >= least:
                number /= unit
                break
        try:
            return datetime.fromtimestamp(number, UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def degrees_of(value, most: float) -> float | None:
    number = _number(value)
    return number if number is not None and -most <= number <= most else None


def _number(value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if number == number and abs(number) != float("inf") else None


def count_of(value) -> int:
    number = _number(value)
    return int(min(max(number, 0), 1_000_000)) if number is not None else 0
