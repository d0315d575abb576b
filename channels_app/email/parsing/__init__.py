"""Understanding mail: bytes in, a ParsedMail out. Pure: no settings, no database, no network."""

from .mail import Address, Attachment, Bounce, Forwarded, ParsedMail, Verdicts
from .parse import parse
from .sanitise import block_remote, sanitise

__all__ = [
    "Address",
    "Attachment",
    "Bounce",
    "Forwarded",
    "ParsedMail",
    "Verdicts",
    "block_remote",
    "parse",
    "sanitise",
]
