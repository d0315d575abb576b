"""In development nothing leaves the machine: mail is kept in a folder and shown on a page."""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class CapturedMail(BaseEmailBackend):
    """Write each mail as one .eml file, newest name last, so that people and tests can read it."""

    def send_messages(self, email_messages):
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns()}-{secrets.token_hex(3)}.eml"
            part = folder / f".{name}"
            part.write_bytes(_with_hidden(message))
            part.rename(folder / name)
        return len(email_messages)


def _with_hidden(message) -> bytes:
    """The mail as it would travel; whom it hides is noted above it, since no server keeps it for us."""
    raw = message.message().as_bytes()
    hidden = ", ".join(" ".join(person.split()) for person in message.bcc)
    return f"X-Captured-Bcc: {hidden}\r\n".encode() + raw if hidden else raw
