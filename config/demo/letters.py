"""Read the captured mail back from its folder."""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings

MOST = 50
NAME = re.compile(r"[0-9]+-[0-9a-f]{6}")
CID = re.compile(r'src="cid:([^"]+)"')


@dataclass(frozen=True)
class Letter:
    """A captured mail, as it is shown. `name` is that of its file."""

    name: str
    subject: str
    sender: str
    recipient: str
    sent_at: datetime
    body: str
    has_html: bool
    headers: str
    files: list[str]


def newest_letters() -> list[Letter]:
    """At most fifty, newest first. The names of the files begin with their time."""
    files = sorted(_folder().glob("[0-9]*.eml"), reverse=True)
    return [_read(file) for file in files[:MOST]]


def html_of(name: str) -> str | None:
    """The HTML of the mail with that name, its own pictures within it; None when there is none."""
    file = _folder() / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        return None
    mail = _parsed(file.read_bytes())
    part = mail.get_body(preferencelist=("html",))
    if part is None:
        return None
    pictures = {
        str(inner["Content-ID"]).strip("<>"): inner
        for inner in mail.walk()
        if inner.get("Content-ID") is not None
    }
    return CID.sub(lambda found: f'src="{_data(pictures.get(found[1]))}"', _text(part))


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _parsed(raw: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(raw)


def _read(file: Path) -> Letter:
    raw = file.read_bytes()
    mail = _parsed(raw)
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    plain = mail.get_body(preferencelist=("plain",))
    return Letter(
        name=file.stem,
        subject=str(mail.get("Subject", "")),
        sender=str(mail.get("From", "")),
        recipient=", ".join(str(mail[name]) for name in ("To", "Cc", "X-Captured-Bcc") if mail[name]),
        sent_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        body=_text(plain).strip() if plain is not None else "",
        has_html=mail.get_body(preferencelist=("html",)) is not None,
        headers=head.decode(errors="replace").replace("\r", ""),
        files=[part.get_filename() or part.get_content_type() for part in mail.iter_attachments()],
    )


def _text(part: EmailMessage) -> str:
    """A part in a charset that Python does not know is read as well as can be."""
    try:
        return part.get_content()
    except LookupError:
        raw = part.get_payload(decode=True)
        return raw.decode("latin-1") if isinstance(raw, bytes) else ""


def _data(part: EmailMessage | None) -> str:
    if part is None or part.get_content_maintype() != "image":
        return ""
    content = part.get_payload(decode=True)
    return f"data:{part.get_content_type()};base64,{base64.b64encode(content).decode()}"
