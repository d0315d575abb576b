"""A mail as a tree of parts.

The standard library's reader goes line by line, one generator inside the other for every level, and gives up on
a lost boundary; this one cuts bytes at boundaries, bounded in depth and number, and guesses what was lost.
"""

import re
from dataclasses import dataclass, field

from .headers import parameters, text_of
from .limits import MOST_DEPTH, MOST_HEADER_BYTES, MOST_HEADERS, MOST_PARTS
from .transfer import undo

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
KNOWN = re.compile(
    rb"(?im)^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|reply-to|return-path)[ \t]*:"
)
HEAD_END = re.compile(rb"\n[ \t]*\r*\n")
GUESS = re.compile(rb"(?:\A|\n)--([^\s][^\r\n]{0,200}?)[ \t]*\r*\n(?=content-)", re.IGNORECASE)
REST = re.compile(rb"(--)?[ \t]*\r*(?:\n|\Z)")
ENCODING = re.compile(r"[a-z0-9-]+")
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Part:
    """One node: its fields in order, its type, and either children or a body."""

    fields: list[tuple[str, bytes]]
    body: bytes
    kind: str = "text/plain"
    params: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_params: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    children: list["Part"] = field(default_factory=list)
    named: dict[str, list[bytes]] = field(default_factory=dict)

    def __post_init__(self):
        for name, value in self.fields:
            self.named.setdefault(name, []).append(value)

    def first(self, name: str) -> bytes:
        """The first field of that name with something in it: a second Subject or From is a forgery's."""
        return next(filter(None, self.named.get(name, ())), b"")

    def all(self, name: str) -> list[bytes]:
        return self.named.get(name, [])

    def has(self, name: str) -> bool:
        return name in self.named

    def decoded(self) -> bytes:
        return undo(self.body, self.encoding)

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


class Reader:
    """Reads one mail; collects what was wrong with it."""

    def __init__(self):
        self.defects: list[str] = []
        self.parts = 0

    def read(self, raw: bytes) -> Part:
        return self._part(self._tidied(raw), "text/plain", 0)

    def _tidied(self, raw: bytes) -> bytes:
        if raw.startswith(BOMS):
            raw = raw[3:] if raw.startswith(BOMS[0]) else raw.decode("utf-16", "replace").encode()
            self._defect("bom")
        if b"\n" not in raw[:MOST_HEADER_BYTES] and b"\r" in raw:
            raw = raw.replace(b"\r", b"\n")
            self._defect("bare_cr")
        raw = raw.lstrip(b"\r\n \t") if raw[:1] in b"\r\n \t" else raw
        if raw.startswith((b"From ", b">From ")) and b":" not in raw[:80].split(b" ")[0]:
            raw = raw.partition(b"\n")[2]
        return raw

    def _part(self, raw: bytes, default: str, depth: int) -> Part:
        self.parts += 1
        fields, body = self._head(raw, top=depth == 0)
        part = Part(fields, body, kind=default)
        self._describe(part, default)
        if part.kind.startswith("multipart/"):
            self._split(part, depth)
        return part

    def _describe(self, part: Part, default: str) -> None:
        given = part.first("content-type")
        if given:
            kind, part.params = parameters(text_of(given))
            kind = kind.split()[0] if kind else ""
            part.kind = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else _shorthand(kind, default)
        given = part.first("content-disposition")
        if given:
            part.disposition, part.disposition_params = parameters(text_of(given))
        given = part.first("content-transfer-encoding")
        found = ENCODING.search(text_of(given).lower()) if given else None
        part.encoding = found[0] if found else ""

    def _head(self, raw: bytes, *, top: bool) -> tuple[list[tuple[str, bytes]], bytes]:
        """The fields, and what follows the first empty line."""
        if raw[:1] == b"\n" or raw[:2] == b"\r\n":
            return [], raw[raw.index(b"\n") + 1 :]
        end = HEAD_END.search(raw, 0, MOST_HEADER_BYTES)
        head, body = (
            (raw[: end.start()], raw[end.end() :])
            if end
            else (raw[:MOST_HEADER_BYTES], raw[MOST_HEADER_BYTES:])
        )
        lines = head.split(b"\n")
        if not FIELD.fullmatch(lines[0].rstrip(b"\r")):
            if top:
                self._defect("no_headers")
            if not KNOWN.search(head):
                return [], raw
        return self._fields(lines, body)

    def _fields(self, lines: list[bytes], body: bytes) -> tuple[list[tuple[str, bytes]], bytes]:
        fields: list[tuple[str, list[bytes]]] = []
        for number, line in enumerate(lines):
            line = line.rstrip(b"\r")
            match = None if line[:1] in b" \t" else FIELD.fullmatch(line)
            if match and len(fields) < MOST_HEADERS:
                fields.append((match[1].decode("ascii").lower(), [match[2]]))
            elif match:
                self._defect("too_many_headers")
            elif line[:1] in b" \t" and fields:
                fields[-1][1].append(line)
            elif line.strip():
                rest = b"\n".join(lines[number:])
                self._defect("broken_header")
                if not KNOWN.search(rest):  # the empty line was forgotten: this is the body
                    body = rest + b"\n\n" + body
                    break
                if fields:
                    fields[-1][1].append(b" " + line)
        return [
            (name, b" ".join(value).strip() if len(value) > 1 else value[0].strip()) for name, value in fields
        ], body

    def _split(self, part: Part, depth: int) -> None:
        """Give the part its children; without any boundary it is plain text."""
        body = part.body
        if part.encoding in {"base64", "quoted-printable"} and b"\n--" not in body and body[:2] != b"--":
            body = part.decoded()
        pieces = self._pieces(body, part.params.get("boundary", ""))
        if not pieces:
            self._defect("no_boundary")
            part.kind = "text/plain"
            return
        if depth >= MOST_DEPTH:
            self._defect("too_deep")
            return
        default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
        for piece in pieces:
            if self.parts >= MOST_PARTS:
                self._defect("too_many_parts")
                break
            part.children.append(self._part(piece, default, depth + 1))

    def _pieces(self, body: bytes, boundary: str) -> list[bytes]:
        marks = _marks(body, boundary.encode("utf-8", "replace")) if boundary else []
        if not marks:
            guess = GUESS.search(body)
            marks = _marks(body, guess[1]) if guess else []
            if marks:
                self._defect("wrong_boundary")
        pieces = []
        for number, (_, start, closing) in enumerate(marks):
            if closing:
                break
            if number + 1 < len(marks):
                pieces.append(body[start : marks[number + 1][0]])
            else:
                self._defect("no_end")
                pieces.append(body[start:])
        return pieces

    def _defect(self, name: str) -> None:
        if name not in self.defects:
            self.defects.append(name)


def _marks(body: bytes, boundary: bytes) -> list[tuple[int, int, bool]]:
    """Where each boundary line starts and ends, and whether it closes. Bounded: a mail of nothing else is hostile."""
    dashes = b"--" + boundary.rstrip()
    found: list[tuple[int, int, bool]] = []
    at = body.find(dashes)
    while at != -1 and len(found) <= MOST_PARTS + 1:
        rest = REST.match(body, at + len(dashes)) if at == 0 or body[at - 1] == 10 else None
        if rest:
            start = at - 2 if body[at - 2 : at] == b"\r\n" else max(at - 1, 0)
            found.append((start, rest.end(), bool(rest[1])))
            if rest[1]:
                break
        at = body.find(dashes, at + len(dashes))
    return found


def _shorthand(kind: str, default: str) -> str:
    """`Content-Type: text` and the like, from the years before MIME was kept to."""
    return {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}.get(kind, default)
