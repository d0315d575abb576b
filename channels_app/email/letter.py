"""A mail ready to leave: everything it needs, gathered inside the scope, sent outside any transaction."""

from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from channels_app.adapter import Result
from channels_app.email import letter_mime
from channels_app.email.mailbox.sent import keep_copy
from channels_app.email.outgoing import hand_over
from conversations.envelope import Person

log = structlog.get_logger(__name__)

# On what a machine of ours wrote, and on nothing else (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


def marks(*, automatic: bool = False) -> dict[str, str]:
    """By the first, another Parley, or this one, knows its own kind."""
    return {"X-Parley-Instance": settings.MAIL_DOMAIN} | (AUTOMATIC if automatic else {})


@dataclass(frozen=True)
class Enclosed:
    """A file to go with a letter; its bytes are read when the letter leaves. With a `cid` it is shown in the text."""

    name: str
    kind: str
    path: str
    cid: str = ""

    def read(self) -> bytes:
        with default_storage.open(self.path, "rb") as opened:
            return opened.read()


@dataclass(frozen=True)
class Letter:
    """One mail. Its Message-ID and date are the same at every try (P7)."""

    sender: Person
    to: tuple[Person, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    connection: BaseEmailBackend
    cc: tuple[Person, ...] = ()
    bcc: tuple[Person, ...] = ()
    html: str = ""
    reply_to: tuple[Person, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[Enclosed, ...] = ()
    marks: dict[str, str] = field(default_factory=marks)
    # Who took it at an earlier try, when only some did.
    accepted: frozenset[str] = frozenset()
    # The team address that cannot send now, when another sends for it (FB-5).
    instead_of: str = ""

    @property
    def is_automatic(self) -> bool:
        return "Auto-Submitted" in self.marks

    @property
    def envelope_sender(self) -> str:
        """Nobody hears of what a machine could not deliver: automatic mail has the null sender (RFC 3834)."""
        return "" if self.is_automatic else letter_mime.wire_address(self.sender.address)

    @property
    def recipients(self) -> list[str]:
        everyone = (letter_mime.wire_address(person.address) for person in (*self.to, *self.cc, *self.bcc))
        return [address for address in dict.fromkeys(everyone) if address not in self.accepted]

    @property
    def needs_utf8(self) -> bool:
        return letter_mime.needs_utf8(self.sender, *self.to, *self.cc, *self.bcc, *self.reply_to)

    def send(self) -> Result:
        """Hand it to the server. Raises Unreachable when another try may help."""
        try:
            mime = letter_mime.build(self)
            letter_mime.check_addresses(mime.as_bytes(), self)
        except FileNotFoundError:
            return Result("failed", _("A file of this message is no longer there."))
        except ValueError as error:
            log.warning("letter_refused", message_id=self.message_id, error=str(error))
            return Result("failed", _("A name or address of this message cannot be written into a mail."))
        return hand_over(self, mime)

    def file_copy(self) -> bool:
        """After it left: where the mailbox wants a copy among its own sent mail, it gets one (EM-2b)."""
        account = getattr(self.connection, "account", None)
        if account is None or not account.sent_folder:
            return False
        return keep_copy(account, letter_mime.build(self).as_bytes(), self.date)
