"""Header values: encoded words, parameters, ids, dates."""

import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from .charsets import codec_of, decode
from .limits import MOST_REFERENCES, MOST_VALUE
from .transfer import base64

WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?(.{0,2000}?)\?=", re.DOTALL)
ID = re.compile(r"<([^<>]{1,998})>")
BARE_ID = re.compile(r"[^\s<>()@,;]{1,300}@[^\s<>()@,;]{1,300}")
SPACES = re.compile(r"\s+")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
COMMENT = re.compile(r"\([^()]*\)")


def text_of(raw: bytes, hint: str = "") -> str:
    """The value as text without line breaks and controls; raw 8-bit bytes are read as `hint` at worst."""
    return CONTROLS.sub(" ", decode(raw[:MOST_VALUE], "", hint)).strip()


def unstructured(raw: bytes, hint: str = "") -> str:
    """Subject, list names, file names: the words decoded, spaces joined."""
    return SPACES.sub(" ", decode_words(text_of(raw, hint))).strip()


def decode_words(value: str) -> str:
    """Encoded words made readable. Neighbours are joined as bytes: many mailers split inside a letter."""
    if "=?" not in value:
        return value
    out: list[str] = []
    at, pending, charset = 0, b"", ""
    for word in WORD.finditer(value):
        between = value[at : word.start()]
        apart = bool(between.strip())
        if pending and (apart or codec_of(word[1]) != codec_of(charset)):
            out.append(decode(pending, charset))
            pending = b""
        if apart or not at:
            out.append(between)
        charset = word[1]
        pending += _word(word[2].lower(), word[3])
        at = word.end()
    if pending:
        out.append(decode(pending, charset))
    out.append(value[at:])
    return CONTROLS.sub(" ", "".join(out))


def _word(kind: str, body: str) -> bytes:
    data = body.encode("utf-8", "replace")
    if kind == "b":
        return base64(data)
    return binascii.a2b_qp(data, header=True)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="x"; name*0*=...` as its first word in lower case and its parameters (RFC 2231)."""
    first = COMMENT.sub("", value.partition(";")[0]).strip().lower()
    if ";" not in value:
        return first, {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, given in PARAMETER.findall(value[value.index(";") : 16_384]):
        name, given = name.lower(), _unquoted(given.strip(), name)
        if "*" not in name:
            plain.setdefault(name, given)
            continue
        base, _, rest = name.partition("*")
        number, extended = rest.rstrip("*"), name.endswith("*")
        pieces.setdefault(base, {}).setdefault(int(number) if number.isdecimal() else 0, (given, extended))
    for base, found in pieces.items():
        plain[base] = _joined(found)
    return first, plain


def _unquoted(given: str, name: str) -> str:
    if len(given) > 1 and given[0] == '"' == given[-1]:
        given = given[1:-1]
        # A Windows path keeps its backslashes here, so that its folders can be cut off later.
        return re.sub(r'\\(["\\])' if "name" in name else r"\\(.)", r"\1", given)
    return given.strip('"').strip()


def _joined(found: dict[int, tuple[str, bool]]) -> str:
    """The pieces of one RFC 2231 value, decoded together since a letter may be split between two."""
    data, charset = b"", ""
    for place, number in enumerate(sorted(found)):
        given, extended = found[number]
        if place == 0 and extended and given.count("'") >= 2:
            charset, _, given = given.split("'", 2)
        data += unquote_to_bytes(given) if extended else given.encode("utf-8", "replace")
    return decode(data, charset or "utf-8")


def ids(value: str) -> list[str]:
    """Message ids in the order given, each once; folding inside one is undone."""
    found = (f"<{SPACES.sub('', one)}>" for one in ID.findall(value))
    return [one for one in dict.fromkeys(found) if len(one) > 2][-MOST_REFERENCES:]


def first_id(value: str) -> str:
    """The first id; one without its angle brackets gets them."""
    found = ids(value)
    if found:
        return found[0]
    bare = BARE_ID.search(value)
    return f"<{bare[0]}>" if bare else ""


def date_of(value: str) -> datetime | None:
    """The moment, in UTC when no zone was given; None when it is no date."""
    if not value:
        return None
    try:
        found = parsedate_to_datetime(value[:200])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return found if 1970 <= found.year <= 2200 else None
