"""The loader's bytes, compressed once: it is the one file that every page view of every customer asks for."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation

NAME = "dist/widget.js"


@dataclass(frozen=True)
class Variant:
    """The script in one encoding, with the name of its content."""

    encoding: str
    content: bytes
    digest: str


_kept: tuple[tuple[str, int], dict[str, Variant]] | None = None


def choose(accepted: str) -> Variant | None:
    """The smallest form of the script that a browser takes; None when it has not been built."""
    variants = _variants()
    for encoding in ("br", "gzip"):
        if encoding in variants and encoding in accepted:
            return variants[encoding]
    return variants.get("")


def _variants() -> dict[str, Variant]:
    """Read again when the file changed, so that a new build needs no restart."""
    global _kept
    path = find(NAME)
    if path is None:
        return {}
    stamp = (str(path), path.stat().st_mtime_ns)
    if _kept is None or _kept[0] != stamp:
        _kept = (stamp, _read(path))
    return _kept[1]


def find(name: str) -> Path | None:
    """What was collected for serving, else what the build left."""
    try:
        collected = Path(staticfiles_storage.path(name))
    except (NotImplementedError, SuspiciousFileOperation):
        collected = None
    if collected and collected.is_file():
        return collected
    built = finders.find(name)
    return Path(built) if built else None


def _read(path: Path) -> dict[str, Variant]:
    plain = path.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:16]
    variants = {
        "": Variant("", plain, digest),
        "gzip": Variant("gzip", gzip.compress(plain, 9, mtime=0), f"{digest}-gz"),
    }
    brotli = path.with_name(path.name + ".br")  # collectstatic leaves one where it can
    if brotli.is_file() and brotli.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        variants["br"] = Variant("br", brotli.read_bytes(), f"{digest}-br")
    return variants
