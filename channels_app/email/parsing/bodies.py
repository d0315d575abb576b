"""From the tree to what is read and what is attached."""

import html as entities
import re
from dataclasses import dataclass, field

from .charsets import decode
from .flowed import unflow
from .headers import text_of, unstructured
from .limits import MOST_DECODED, MOST_HTML, MOST_TEXT
from .mail import Attachment
from .names import named
from .transfer import uu_files
from .tree import Part

META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LOOKS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>]|<body[\s>])", re.IGNORECASE)
# Shown by their siblings already, or meant for one program alone.
NEVER_SHOWN = {"text/x-amp-html", "text/watch-html", "text/x-watch-html"}
REPORTS = {
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/feedback-report",
}
READ = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown"}
MAIL = {"message/rfc822", "message/global"}


@dataclass(slots=True)
class Shown:
    """One stretch of what a person reads: as text, as HTML, or as both when they are alternatives."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Bodies:
    """What was collected on the way through the tree."""

    hint: str = ""  # the charset to suspect in raw bytes
    attachments: list[Attachment] = field(default_factory=list)
    statuses: list[bytes] = field(default_factory=list)  # delivery reports, for the bounce to be read from
    returned: list[bytes] = field(default_factory=list)  # the heads of mails that came back
    defects: list[str] = field(default_factory=list)
    is_calendar: bool = False
    is_encrypted: bool = False
    decoded: int = 0

    def collect(self, part: Part) -> list[Shown]:
        """The readable stretches below this part, in order; its files go to `attachments`."""
        if part.children:
            return self._container(part)
        if part.kind.startswith("multipart/"):
            return []
        return self._leaf(part, first=True, root=True)

    def _container(self, part: Part) -> list[Shown]:
        if part.kind == "multipart/encrypted":
            self.is_encrypted = True
            for child in part.children:
                self._attach(child)
            return []
        if part.kind == "multipart/alternative":
            return self._alternative(part)
        if part.kind == "multipart/signed":
            for child in part.children[1:]:
                self._attach(child)
            return self._below(part.children[0], first=True, root=True)
        shown: list[Shown] = []
        related = part.kind == "multipart/related"
        root = _root(part) if related else None
        for child in part.children:
            first = not shown if not related else child is root
            shown += self._below(child, first=first, root=not related or first)
        return shown

    def _below(self, part: Part, *, first: bool, root: bool) -> list[Shown]:
        if part.children:
            return self._container(part)
        return self._leaf(part, first=first, root=root)

    def _alternative(self, part: Part) -> list[Shown]:
        """One stretch: the plainest text beside the richest HTML of the same thing."""
        texts, htmls = [], []
        for child in part.children:
            if child.kind in NEVER_SHOWN:
                continue
            shown = self._below(child, first=True, root=True)
            if any(one.html is not None for one in shown):
                htmls.append(shown)
            elif shown:
                texts.append(shown)
        rich = htmls[-1] if htmls else None
        plain = next((one for one in texts if any((each.text or "").strip() for each in one)), None)
        text = joined_text(plain) if plain else None
        if rich is None:
            return [Shown(text=text)] if text is not None else []
        if text is None and all(one.text is not None for one in rich):
            text = joined_text(rich)
        return [Shown(text=text, html=joined_html(rich))]

    def _leaf(self, part: Part, *, first: bool, root: bool) -> list[Shown]:
        if part.kind in REPORTS:
            self._report(part)
            return []
        if part.kind in READ and root and self._is_body(part, first=first):
            return self._body(part)
        self._attach(part)
        return []

    def _is_body(self, part: Part, *, first: bool) -> bool:
        if part.disposition == "attachment":
            return False
        return first or not _given_name(part)

    def _body(self, part: Part) -> list[Shown]:
        data = self._within(part.decoded())
        if part.kind == "text/html":
            label = part.params.get("charset", "")
            if not label:
                meta = META.search(data[:4096])
                label = meta[1].decode("ascii") if meta else ""
            return [Shown(html=_clean(decode(data[: MOST_HTML * 4], label, self.hint), MOST_HTML))]
        data, files = uu_files(data) if b"begin" in data else (data, [])
        for name, content in files:
            self.attachments.append(
                Attachment(
                    named(text_of(name), "application/octet-stream"), "application/octet-stream", content
                )
            )
        text = _clean(decode(data[: MOST_TEXT * 4], part.params.get("charset", ""), self.hint), MOST_TEXT)
        if part.kind in {"text/enriched", "text/richtext"}:
            text = re.sub(r"<[^<>]{1,200}>", "", text)
        if LOOKS_HTML.match(text):
            return [Shown(html=text)]
        if part.params.get("format", "").lower() == "flowed":
            text = unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
        return [Shown(text=text)]

    def _within(self, data: bytes) -> bytes:
        self.decoded += len(data)
        if self.decoded > MOST_DECODED:
            self._defect("too_large")
            return b""
        return data

    def _report(self, part: Part) -> None:
        data = part.decoded()[: 256 * 1024]
        if part.kind == "text/rfc822-headers":
            self.returned.append(data)
        else:
            self.statuses.append(data)

    def _attach(self, part: Part) -> None:
        if part.children and part.kind.startswith("multipart/"):
            for child in part.children:
                self._attach(child)
            return
        given = _given_name(part)
        kind = part.kind
        if kind == "text/calendar" or (kind == "application/ics" or given.lower().endswith(".ics")):
            self.is_calendar = True
        if (
            kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}
            and part.params.get("smime-type") != "signed-data"
        ):
            self.is_encrypted = True
        refused = self.decoded + len(part.body) * 3 // 4 > MOST_DECODED
        content = b"" if refused else self._within(part.decoded())
        if refused:
            self._defect("too_large")
        title = ""
        if kind in MAIL:
            title = _title(content)
            self.returned.append(content[: 256 * 1024])
        content_id = text_of(part.first("content-id")).strip("<> ")
        inline = part.disposition == "inline" or (bool(content_id) and part.disposition != "attachment")
        self.attachments.append(
            Attachment(
                named(given, kind, title),
                kind,
                content,
                content_id[:500],
                is_inline=inline and kind.startswith("image/"),
                is_refused=refused,
            )
        )

    def _defect(self, name: str) -> None:
        if name not in self.defects:
            self.defects.append(name)


def _root(part: Part) -> Part:
    """The part of a multipart/related that is read; the others belong to it."""
    start = part.params.get("start", "").strip("<> ")
    for child in part.children:
        if start and text_of(child.first("content-id")).strip("<> ") == start:
            return child
    for child in part.children:
        if child.children or child.kind in {"text/html", "text/plain"}:
            return child
    return part.children[0]


def _given_name(part: Part) -> str:
    return (
        part.disposition_params.get("filename")
        or part.params.get("name")
        or part.disposition_params.get("name")
        or part.params.get("filename")
        or ""
    )


def _title(content: bytes) -> str:
    """The subject of an enclosed mail, found without reading the mail."""
    match = re.search(
        rb"(?im)^subject[ \t]*:([^\r\n]{0,500}(?:\r?\n[ \t]+[^\r\n]{0,500}){0,3})", content[:65_536]
    )
    return unstructured(match[1]) if match else ""


def _clean(text: str, most: int) -> str:
    text = text[:most].replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub("", text).removeprefix("\ufeff")


def joined_text(shown: list[Shown]) -> str:
    return "\n\n".join(one.text.strip("\n") for one in shown if one.text and one.text.strip())


def joined_html(shown: list[Shown]) -> str:
    """The stretches as one HTML; one that came as text alone is escaped."""
    return "\n".join(one.html if one.html is not None else as_html(one.text or "") for one in shown)


def as_html(text: str) -> str:
    return (
        '<div style="white-space:pre-wrap">' + entities.escape(text.strip("\n")) + "</div>"
        if text.strip()
        else ""
    )
