"""A file that came in is looked at before anything is kept. Needs no scope and no database."""

import tempfile
from dataclasses import dataclass
from typing import IO

from conversations.files.kinds import HEAD, PICTURES, UNKNOWN, kind_of, name_for
from conversations.files.names import clean_name
from conversations.files.pictures import thumbnail
from conversations.files.refusal import FileRefused

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one kind of sender may send. `only_known`: nothing outside the list of accepted kinds."""

    size: int
    only_known: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept. `content` is an open file, read to no particular place."""

    name: str
    kind: str
    size: int
    content: IO[bytes]
    thumb: bytes | None = None


def inspect(upload, limits: Limits) -> Checked:
    """Measure, name, sniff and, for a picture, draw small. `upload` is an UploadedFile or None. Raises FileRefused."""
    if upload is None:
        raise FileRefused("empty")
    copied, size = _measured(upload, limits.size)
    copied.seek(0)
    name = clean_name(upload.name or "")
    kind = kind_of(copied.read(HEAD), name)
    if kind == UNKNOWN and limits.only_known:
        raise FileRefused("kind")
    thumb = None
    if kind in PICTURES:
        copied.seek(0)
        thumb = thumbnail(copied, kind)
    return Checked(name_for(kind, name), kind, size, copied, thumb)


def _measured(upload, most: int) -> tuple[IO[bytes], int]:
    """Count while reading, and stop at the limit: what a request says of its size is its sender's word."""
    copied = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115  closed when it is kept
    size = 0
    for chunk in upload.chunks(CHUNK):
        size += len(chunk)
        if size > most:
            raise FileRefused("too_large")
        copied.write(chunk)
    if not size:
        raise FileRefused("empty")
    return copied, size
