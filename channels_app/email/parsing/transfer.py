"""Content-Transfer-Encoding undone, also where it was done badly."""

import binascii
import re

NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
ALL_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*")
UU_BEGIN = re.compile(rb"(?:\A|\n)begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,200})\r*\n")
UU_END = re.compile(rb"\n`?[ \t]*\r*\nend[ \t]*\r*(?=\n|\Z)|\nend[ \t]*\r*(?=\n|\Z)")


def undo(data: bytes, encoding: str) -> bytes:
    """The bytes as they were before transport; what cannot be undone is returned as it came."""
    if encoding == "base64":
        return base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        begin = UU_BEGIN.search(data)
        return uu(data[begin.end() :] if begin else data)
    return data


def base64(data: bytes) -> bytes:
    """A lenient reading: junk is passed over, concatenated pieces follow each other, a list's footer ends it."""
    end = data.find(b"=")
    if end != -1:
        tail = data[end:].lstrip(b"=")
        if tail.strip() and ALL_BASE64.fullmatch(tail) and len(tail.strip()) % 4 == 0:
            return _piece(data[:end]) + b"".join(_piece(one) for one in tail.split(b"=") if one.strip())
        return _piece(data[:end])
    return _piece(data)


def _piece(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(
            data + b"=="
        )  # passes over junk by itself, and over padding it does not need
    except binascii.Error:
        pass
    clean = NOT_BASE64.sub(b"", data)
    left = len(clean) % 4
    if left == 1:  # one letter carries six bits: no byte
        clean, left = clean[:-1], 0
    return binascii.a2b_base64(clean + b"=" * (-left % 4))


def uu(data: bytes) -> bytes:
    out = []
    for line in data.split(b"\n"):
        line = line.rstrip(b"\r")
        if line in (b"end", b"`", b""):
            if line == b"end":
                break
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # some encoders count a line wrong
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return b"".join(out)


def uu_files(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The text without the uuencoded files in it, and those files as (name, content)."""
    files: list[tuple[bytes, bytes]] = []
    kept, at = [], 0
    while len(files) < 50:
        begin = UU_BEGIN.search(data, at)
        end = UU_END.search(data, begin.end() - 1) if begin else None
        if not begin or not end:
            break
        content = uu(data[begin.end() : end.end()])
        if content:
            files.append((begin[1].strip(), content))
            kept.append(data[at : begin.start()].rstrip(b"\r\n"))
        else:
            kept.append(data[at : end.end()])
        at = end.end()
    kept.append(data[at:])
    return b"".join(kept), files
