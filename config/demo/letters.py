"""Read the captured mail back from its folder."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings

MOST = 50


@dataclass(frozen=True)
class Letter:
    """A captured mail, as it is shown."""

    subject: str
    sender: str
    recipient: str
    sent_at: datetime
    body: str


def newest_letters() -> list[Letter]:
    """At most fifty, newest first. The names of the files begin with their time."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("[0-9]*.eml"), reverse=True)
    return [_read(file) for file in files[:MOST]]


def _read(file: Path) -> Letter:
    mail: EmailMessage = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    return Letter(
        subject=str(mail.get("Subject", "")),
        sender=str(mail.get("From", "")),
        recipient=str(mail.get("To", "")),
        sent_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        body=_text_of(mail),
    )


def _text_of(mail: EmailMessage) -> str:
    """The plain text. A part in a charset that Python does not know is read as well as can be."""
    part = mail.get_body(preferencelist=("plain",))
    if part is None:
        return ""
    try:
        return part.get_content().strip()
    except LookupError:
        raw = part.get_payload(decode=True)
        return raw.decode("latin-1").strip() if isinstance(raw, bytes) else ""
