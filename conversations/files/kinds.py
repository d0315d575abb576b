"""What a file is, by its bytes. What its sender declares is never believed."""

import codecs

import puremagic

from conversations.files.names import LONGEST, RUNS, extension_of
from conversations.files.refusal import FileRefused

UNKNOWN = "application/octet-stream"
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
# Shown in a page; everything else is downloaded, SVG, HTML and PDF among it.
INLINE = frozenset(PICTURES)
OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
# Zip by their bytes, office by their names: we never unpack one to find out.
ZIPPED = {
    ".docx": f"{OPEN_XML}.wordprocessingml.document",
    ".xlsx": f"{OPEN_XML}.spreadsheetml.sheet",
    ".pptx": f"{OPEN_XML}.presentationml.presentation",
    ".odt": f"{OPEN_DOCUMENT}.text",
    ".ods": f"{OPEN_DOCUMENT}.spreadsheet",
    ".odp": f"{OPEN_DOCUMENT}.presentation",
    ".zip": "application/zip",
}
COMPOUND = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
TEXT = {
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".log": "text/plain",
    ".md": "text/plain",
    ".tsv": "text/plain",
}
EXTENSIONS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "application/rtf": (".rtf",),
    "text/plain": (".txt", ".log", ".md", ".tsv"),
    **{kind: (extension,) for extension, kind in (ZIPPED | COMPOUND | {".csv": "text/csv"}).items()},
}
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\x00asm",
    b"dex\n",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
)
PROGRAM_EXTENSIONS = {
    ".exe",
    ".dll",
    ".class",
    ".AppImage",
    ".lnk",
    ".msi",
    ".deb",
    ".rpm",
    ".cab",
    ".dmg",
    ".swf",
}
MARKUP = {
    "text/html",
    "application/xml",
    "text/xml",
    "image/svg+xml",
    "application/xhtml+xml",
    "message/rfc822",
}
# By their first bytes these may be documents or programs: there the name decides.
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTAINERS = (ZIP, OLE)
HEAD = 64 * 1024


def kind_of(head: bytes, name: str) -> str:
    """The type of a file that begins with `head`; UNKNOWN for what is not accepted from strangers. Raises FileRefused."""
    extension = extension_of(name)
    if extension in RUNS or head.startswith(PROGRAMS):
        raise FileRefused("executable")
    found = _matches(head)
    if not head.startswith(CONTAINERS) and _is_program(found, head):
        raise FileRefused("executable")
    types = {match.mime_type for match in found}
    for picture in PICTURES:
        if picture in types:
            return picture
    if head.startswith(ZIP):
        return ZIPPED.get(extension, "application/zip")
    if head.startswith(OLE):
        return COMPOUND.get(extension, UNKNOWN)
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"{\\rtf"):
        return "application/rtf"
    if extension in TEXT and _is_plain(head) and not types & MARKUP:
        return TEXT[extension]
    return UNKNOWN


def _matches(head: bytes) -> list:
    try:
        return puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []


def _is_program(found: list, head: bytes) -> bool:
    beginnings = (match for match in found if match.byte_match and head.startswith(match.byte_match))
    return any(match.extension in PROGRAM_EXTENSIONS for match in beginnings)


def _is_plain(head: bytes) -> bool:
    """Text as people write it: decodable, without control characters, and no markup to begin with."""
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        # Old spreadsheets write Latin letters in one byte each.
        text = head.decode("cp1252", errors="replace")
    controls = any(ord(character) < 32 and character not in "\t\n\r\f" for character in text)
    return not controls and not text.lstrip().startswith("<")


def name_for(kind: str, name: str) -> str:
    """The name with an extension that tells the truth: a picture called `.html` is saved as a picture."""
    if kind == UNKNOWN or extension_of(name) in EXTENSIONS[kind]:
        return name
    own = EXTENSIONS[kind][0]
    return name[: LONGEST - len(own)] + own
