"""Bytes to text, whatever the label says."""

import codecs
import re
from functools import lru_cache

# Labels mean what the mailers that write them send: a superset, mostly Microsoft's.
SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "iso2022_jp_2": "iso2022_jp_2",
}
NAMES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf_7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "x-windows-949": "cp949",
    "cp50220": "iso2022_jp_ext",
    "cp51932": "euc_jp",
}
# Python knows these as text encodings; no mail means them, and two take quadratic time.
REFUSED = {
    "idna",
    "punycode",
    "unicode-escape",
    "unicode_escape",
    "raw-unicode-escape",
    "raw_unicode_escape",
    "undefined",
}
SEVERAL_BYTES = re.compile(r"utf|gb|big5|jp|jis|kr|cp9|hz|johab")
JAPANESE = re.compile(rb"\x1b\$[@B]")


@lru_cache(maxsize=512)
def codec_of(label: str) -> str:
    """Python's name of a charset label, "" when nobody knows it."""
    label = label.strip().strip("\"'").strip().lower().split("*")[0]
    if not label or len(label) > 40 or not label.isascii():
        return ""
    label = NAMES.get(label, label)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    if info.name in REFUSED or not getattr(info, "_is_text_encoding", True):
        return ""
    return SUPERSETS.get(info.name, info.name)


def decode(data: bytes, label: str = "", hint: str = "") -> str:
    """The text of these bytes. A label that cannot be true is not believed; nothing is ever lost or raised."""
    if data.isascii() and b"\x1b" not in data:
        codec = codec_of(label)
        if codec not in {
            "utf_7",
            "utf-7",
            "hz",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "utf-32",
            "cp037",
            "cp500",
        }:
            return data.decode("ascii")
        return _tried(data, codec) or data.decode("ascii")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) and len(data) % 2 == 0:
        return data.decode("utf-16", "replace").lstrip("\ufeff")
    codec = codec_of(label)
    if not codec or not SEVERAL_BYTES.search(codec):
        found = _unlabelled(data, weak=codec in {"", "cp1252"})
        if found is not None:
            return found
    for name in (codec, codec_of(hint)):
        if name and name != "utf-8":
            found = _tried(data, name)
            if found is not None:
                return found
    return _mended(data, codec)


def _unlabelled(data: bytes, *, weak: bool) -> str | None:
    """UTF-8 under another label is common, the reverse accident next to impossible."""
    if weak and JAPANESE.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _tried(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _mended(data: bytes, codec: str) -> str:
    """Nothing fits whole: a few bad bytes among good ones keep the charset, else it is Windows'."""
    if codec and codec not in {"utf-8", "cp1252"} and SEVERAL_BYTES.search(codec):
        return data.decode(codec, "replace")
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text[:20_000] if character > "\x7f" and character != "\ufffd")
    if bad <= good:
        return text.lstrip("\ufeff")
    text = data.decode("cp1252", "replace")
    return text if "\ufffd" not in text else data.decode("latin-1")
