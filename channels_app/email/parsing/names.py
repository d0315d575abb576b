"""Names of attached files: what a person may be shown, and never more than a name."""

import mimetypes
import re
import unicodedata

from .headers import decode_words
from .limits import MOST_NAME

ENDINGS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rtf": ".rtf",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/octet-stream": ".bin",
}
FIXED = {
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "application/ms-tnef": "winmail.dat",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.asc",
}
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def named(given: str, kind: str, title: str = "") -> str:
    """A clean name: the given one, else the title of an enclosed mail, else one made from the type."""
    name = clean(decode_words(given))
    if name:
        return name
    if kind == "message/rfc822":
        return (clean(title.replace("/", "-").replace("\\", "-")) or "message")[: MOST_NAME - 4] + ".eml"
    return FIXED.get(kind) or ("image" if kind.startswith("image/") else "attachment") + ending(kind)


def clean(name: str) -> str:
    """No folders, no control, direction or invisible characters, NFC, of a length every disk takes."""
    name = "".join(one for one in name if unicodedata.category(one) not in UNSEEN)
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = " ".join(name.split())
    if not name.strip("."):
        return ""
    if len(name) > MOST_NAME:
        stem, dot, tail = name.rpartition(".")
        name = f"{stem[: MOST_NAME - 1 - len(tail)]}.{tail}" if dot and len(tail) <= 10 else name[:MOST_NAME]
    return name


def ending(kind: str) -> str:
    return ENDINGS.get(kind) or mimetypes.guess_extension(kind, strict=False) or ".bin"
