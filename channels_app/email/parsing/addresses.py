"""Mailboxes out of a header, read as mail programs read them rather than as the grammar would."""

import re

from .headers import decode_words
from .limits import MOST_ADDRESSES, MOST_VALUE
from .mail import Address

TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*+)(?:"|(\Z))|\(((?:[^()\\]|\\.)*)\)|<([^<>]*)>|([,;])|([^"(<,;]+|.)', re.DOTALL
)
SPEC = re.compile(r"[^\s<>()\[\],;:\"@]{1,200}@(?:\[[0-9A-Fa-f.:]+\]|[^\s<>()\[\],;:\"@]{1,250})")
QUOTED_SPEC = re.compile(r'("[^"@<>]{1,60}")@([^\s<>()\[\],;:"@]{1,250})')
MOST_NAME_WORDS = 8
SPACES = re.compile(r"\s+")


def mailboxes(value: str) -> list[Address]:
    """Every mailbox of an address header, in order. Group names and what has no address are passed over."""
    value = value[:MOST_VALUE]
    found = _read(value)
    if not found and "=?" in value:  # the whole header was encoded, address and all
        found = _read(decode_words(value))
    return found


def first(value: str) -> Address | None:
    found = mailboxes(value)
    return found[0] if found else None


def _read(value: str) -> list[Address]:
    found: list[Address] = []
    words: list[str] = []  # of the mailbox that is being read
    comment = spec = ""
    for match in TOKEN.finditer(value + ","):
        quoted, _, remark, angle, stop, text = match.groups(default="")
        if match[2] is not None:
            # A quote that nobody closed: read what follows it as if it were not there.
            return found + _read("".join(words) + value[match.start() :].replace('"', "").rstrip(","))
        if stop:
            address = _mailbox(words, spec, comment)
            if address:
                found.append(address)
            # `Doe, John <john@x>`: a comma inside an unquoted name
            if address or stop == ";" or not words or len(words) > MOST_NAME_WORDS:
                words, comment, spec = [], "", ""
            else:
                words.append(",")
            if len(found) >= MOST_ADDRESSES:
                break
        elif angle:
            spec = angle if "@" in angle or not spec else spec
        elif remark:
            comment = remark
        elif quoted:
            words.append(f'"{quoted}"')
        elif text.strip():
            words.append(text)
    return found


def _mailbox(words: list[str], spec: str, comment: str) -> Address | None:
    text = "".join(words)
    if not spec and ":" in text:  # the name of a group, or mailto:
        text = text.rpartition(":")[2]
    if spec:
        email, name = _spec(spec), text
    else:
        email = _spec(text)
        name = ""
        for one in words:
            if one.startswith('"') and "@" not in one:
                name = one
        if email.startswith('"'):
            name = ""
        if not name:
            name = SPEC.sub("", text).strip(' "\t<>,') if not comment and " " in text.strip() else ""
    if not email:
        return None
    if spec and ":" in name and not name.lstrip().startswith('"'):
        name = name.rpartition(":")[2] if "@" not in name.rpartition(":")[0] else name
    return Address(_name(name or comment), email)


def _spec(text: str) -> str:
    """The address inside, its domain in lower case; "" when there is none."""
    text = decode_words(text).strip()
    quoted = QUOTED_SPEC.search(text)
    if quoted:
        return f"{quoted[1]}@{quoted[2].lower()}"
    text = text.replace(" ", "") if text.count("@") == 1 and " @" in text or "@ " in text else text
    match = SPEC.search(text.rpartition(":")[2] if text.startswith("@") else text)
    if not match:
        return ""
    local, _, domain = match[0].rpartition("@")
    local, domain = local.strip("'"), domain.strip("'.").lower()
    return f"{local}@{domain}" if local and domain else ""


def _name(raw: str) -> str:
    """A display name without its quotes, escapes and encoded words."""
    raw = raw.strip().strip(",").strip()
    raw = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda quoted: re.sub(r"\\(.)", r"\1", quoted[1]), raw)
    name = SPACES.sub(" ", decode_words(raw)).strip().strip('"').strip()
    if len(name) > 1 and name[0] == "'" == name[-1]:
        name = name[1:-1]
    return name.strip()
