"""What a mail says, once understood: plain values, safe to show and to store."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox as written: the name may be empty, the address holds exactly one @."""

    name: str
    email: str

    def __iter__(self):
        return iter((self.name, self.email))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the mail. The name is only a name: no folders, no control or direction characters."""

    filename: str
    content_type: str
    content: bytes = field(repr=False, default=b"")
    content_id: str = ""
    is_inline: bool = False
    is_refused: bool = False  # beyond the limits: named, but its bytes are not here

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery report says about one failed message."""

    recipient: str = ""
    status: str = ""
    action: str = ""
    diagnostic: str = ""
    original_message_id: str = ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """SPF, DKIM and DMARC as the trusted server saw them; "unknown" when it said nothing."""

    spf: str = "unknown"
    dkim: str = "unknown"
    dmarc: str = "unknown"


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The head of a mail that was forwarded by hand inside this one."""

    name: str = ""
    email: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A whole mail. Every text is valid Unicode without NUL; header values hold no line breaks."""

    from_email: str = ""
    from_name: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    new_text: str = ""
    new_html: str = ""
    attachments: tuple[Attachment, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    is_auto: bool = False
    auto_reason: str = ""
    is_bounce: bool = False
    bounce: Bounce | None = None
    list_id: str = ""
    has_unsubscribe: bool = False
    auth: Verdicts = Verdicts()
    forwarder: str = ""  # who handed it on, when from_email was found elsewhere than in From
    forwarded: Forwarded | None = None
    is_calendar: bool = False
    is_encrypted: bool = False
    has_remote_images: bool = False
    defects: tuple[str, ...] = ()
