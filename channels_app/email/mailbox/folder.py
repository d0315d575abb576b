"""One folder on an IMAP server: what lies in it, and the bytes of one mail. Nothing is marked, nothing is deleted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from imap_tools.errors import MailboxFetchError
from imap_tools.utils import check_command_status
from imap_tools.utils import encode_folder as encoded

from channels_app.email.mailbox.dial import Box
from channels_app.email.mailbox.trouble import Trouble

SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
# What a stub may not repeat: it has one plain text and nothing else.
BODY_HEADERS = re.compile(rb"^(?:content-[\w-]+|mime-version):.*\r?\n(?:[ \t].*\r?\n)*", re.I | re.M)


@dataclass(frozen=True)
class State:
    """What choosing a folder told: mails below `uid_next` are there already."""

    validity: int
    uid_next: int


@dataclass(frozen=True)
class Measured:
    uid: int
    size: int
    arrived_at: datetime | None


def choose(box: Box, folder: str, *, readonly: bool) -> State:
    """Raises imap-tools' MailboxFolderSelectError when there is no such folder."""
    box.folder.set(folder, readonly=readonly)
    validity, uid_next = _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")
    if validity is None:
        raise Trouble("protocol")  # without it no mail can be told from another
    if uid_next is None:
        uid_next = max(uids(box, "ALL"), default=0) + 1
    return State(validity, uid_next)


def _number(box: Box, name: str) -> int | None:
    _name, values = box.client.response(name)
    return int(values[-1]) if values and values[-1] else None


def uids(box: Box, criteria: str) -> list[int]:
    return sorted(int(uid) for uid in box.uids(criteria, charset=None))


def uids_above(box: Box, last: int) -> list[int]:
    """`*` names the newest mail even when it is older than asked for."""
    return [uid for uid in uids(box, f"UID {last + 1}:*") if uid > last]


def measure(box: Box, many: Sequence[int]) -> dict[int, Measured]:
    """Sizes and arrival of the mails that are still there."""
    found = {}
    answered = box.client.uid("FETCH", ",".join(map(str, many)), "(UID RFC822.SIZE INTERNALDATE)")
    check_command_status(answered, MailboxFetchError)
    for row in answered[1]:
        line = row[0] if isinstance(row, tuple) else row
        uid, size = re.search(rb"UID (\d+)", line or b""), SIZE.search(line or b"")
        if uid and size:
            found[int(uid[1])] = Measured(int(uid[1]), int(size[1]), _time(line))
    return found


def _time(line: bytes) -> datetime | None:
    found = DATE.search(line)
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        return None


def whole(box: Box, uid: int) -> bytes | None:
    return _literal(box, uid, "BODY.PEEK[]")


def head(box: Box, uid: int) -> bytes:
    return _literal(box, uid, "BODY.PEEK[HEADER]") or b""


def _literal(box: Box, uid: int, part: str) -> bytes | None:
    answered = box.client.uid("FETCH", str(uid), f"({part})")
    check_command_status(answered, MailboxFetchError)
    for row in answered[1]:
        if isinstance(row, tuple) and b"BODY[" in row[0].upper():
            return row[1]
    return None


def stub(header: bytes, words: str) -> bytes:
    """A mail of the same sender and subject that says why its own words are not here."""
    kept = BODY_HEADERS.sub(b"", header.replace(b"\r\n", b"\n")).strip(b"\n")
    own = b"\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return (kept + own + words.encode() + b"\n").replace(b"\n", b"\r\n")


def file_away(box: Box, uid: int, *, seen: bool, move_to: str) -> None:
    """Mark a mail as read or move it, after it was committed here."""
    if seen:
        box.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
    if move_to:
        if "MOVE" in box.client.capabilities:
            answered = box.client.uid("MOVE", str(uid), encoded(move_to))
            if answered[0] != "OK":
                raise Trouble("folder")
        else:
            box.move(str(uid), move_to)


def imap_day(when: datetime) -> str:
    """A date as IMAP's SEARCH takes it, whatever the language of the machine."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day = when.astimezone(UTC)
    return f"{day.day:02d}-{months[day.month - 1]}-{day.year}"
