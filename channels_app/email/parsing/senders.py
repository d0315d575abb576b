"""Who wrote the mail: From, or whom a forwarding account stands in front of (EM-4)."""

import re
from collections.abc import Collection

from . import phrases
from .addresses import first, mailboxes
from .headers import decode_words, text_of
from .mail import Address, Forwarded
from .tree import Part

FALLBACKS = ("sender", "reply-to", "x-original-from", "x-original-sender", "return-path")
ORIGINALS = ("x-forwarded-for", "x-original-from", "x-original-sender", "reply-to")


def sender_of(root: Part, hint: str) -> Address:
    """The first mailbox of From; without one the next best header names somebody."""
    for raw in root.all("from"):
        found = first(text_of(raw, hint))
        if found:
            return found
    shown = decode_words(text_of(root.first("from"), hint))
    shown = "" if "@" in shown else shown.strip('"<> ')[:200]
    for name in FALLBACKS:
        found = first(text_of(root.first(name), hint))
        if found:
            return Address(found.name or shown, found.email)
    return Address(shown, "")


def original_of(
    root: Part, sender: Address, own: Collection[str], inline: Forwarded | None, hint: str
) -> Address:
    """The writer behind a forwarding account of ours; the sender itself when nobody is named."""
    ours = {one.lower() for one in own}
    if sender.email.lower() not in ours:
        return sender
    for name in ORIGINALS:
        for address in mailboxes(
            text_of(root.first(name), hint).replace(" ", ", " if name == "x-forwarded-for" else " ")
        ):
            if address.email.lower() not in ours:
                return address
    if inline and inline.email and inline.email.lower() not in ours:
        return Address(inline.name, inline.email)
    return sender


def forwarded_in(text: str) -> Forwarded | None:
    """The head of a mail forwarded by hand: a line that says so, or Outlook's block, and From: below it."""
    lines = text[:20_000].split("\n")
    for at, line in enumerate(lines):
        bare = line.lstrip("> ")
        if len(bare) < 300 and (phrases.FORWARD.fullmatch(bare) or phrases.SEPARATOR.fullmatch(bare)):
            return _head(lines[at + 1 : at + 16])
        if (
            len(bare) < 600
            and ":" in bare
            and _labelled(bare, "from")
            and len(_kinds(lines[at : at + 8])) >= 3
        ):
            return _head(lines[at : at + 16])
    return None


def _head(lines: list[str]) -> Forwarded | None:
    sender, subject = None, ""
    for line in lines:
        bare = line.lstrip("> ")
        sender = sender or first(_labelled(bare, "from").replace("[mailto:", "<").replace("]", ">"))
        subject = subject or _labelled(bare, "subject")
    return Forwarded(sender.name, sender.email, subject[:500]) if sender else None


def _kinds(lines: list[str]) -> set[str | None]:
    matches = (phrases.LABEL.fullmatch(line.lstrip("> ")) for line in lines if len(line) < 600)
    return {match.lastgroup for match in matches if match}


def _labelled(line: str, kind: str) -> str:
    match = phrases.LABEL.fullmatch(line) if len(line) < 600 else None
    return re.split(r"[:：]", line, maxsplit=1)[1].strip(" *") if match and match.lastgroup == kind else ""
