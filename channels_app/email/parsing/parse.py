"""From the bytes of a mail to what it says. Total: whatever the bytes, a ParsedMail comes back."""

import logging
import re
from collections.abc import Collection, Iterable

from . import automatic, bounces, html_quotes, quotes, rendering, sanitise, senders
from .addresses import mailboxes
from .bodies import Bodies, Shown, joined_html, joined_text
from .charsets import codec_of
from .headers import date_of, first_id, ids, text_of, unstructured
from .limits import MOST_HTML, MOST_TAGS, MOST_TEXT
from .mail import Address, ParsedMail
from .tree import Part, Reader
from .verdicts import verdicts

REPLY = re.compile(
    r"\s*(?:(?:re|aw|sv|vs|antw|odp|ref|rif|res|r|回复|答复|回覆|返信|отв|ответ|rép|ynt|回)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]|\[[^\]]{1,60}\]\s*re:)",
    re.IGNORECASE,
)
FORWARD = re.compile(r"\s*(?:fwd?|tr|wg|i|rv|enc|doorst|pd|vl|fs|转发|轉寄|転送|пер)\s*[:：]", re.IGNORECASE)
POINTLESS = re.compile(
    r"\s*(?:this (?:message|e-?mail) (?:is|was|contains|requires).{0,60}html|your (?:e-?mail|mail) (?:client|program|reader|software).{0,80}html|"
    r"(?:please )?(?:view|open|read) (?:this )?(?:message|e-?mail|it)? ?(?:in|with) (?:your|a|an) (?:web ?browser|html|browser)|to view this (?:message|e-?mail)|"
    r"ce (?:message|courriel).{0,60}html|diese (?:nachricht|e-?mail).{0,80}html|votre (?:messagerie|logiciel|client).{0,80}html).{0,200}",
    re.IGNORECASE | re.DOTALL,
)
log = logging.getLogger(__name__)


def parse(
    raw: bytes,
    *,
    own_addresses: Collection[str] = (),
    trusted_servers: Iterable[str] = (),
    cuts_html: bool = True,
) -> ParsedMail:
    """Read a mail. `own_addresses`: ours, behind which a forwarding rule hides the sender (EM-4).

    `trusted_servers`: the authserv-ids whose Authentication-Results count; without them verdicts are unknown.
    `cuts_html`: whether new_html is wanted, which costs one more cleaning.
    """
    try:
        return _read(bytes(raw), own_addresses, trusted_servers, cuts_html)
    except MemoryError:  # it says nothing about the mail: apart.py tells what happened
        raise
    except Exception:  # the last guard: a mail that cannot be understood is shown as it came, never lost
        log.exception("A mail could not be understood", extra={"size": len(raw)})
        return _raw_view(bytes(raw))


def _read(raw: bytes, own: Collection[str], trusted: Iterable[str], cuts_html: bool) -> ParsedMail:
    reader = Reader()
    root = reader.read(raw)
    hint = _hint(root)
    bodies = Bodies(hint=hint)
    shown = bodies.collect(root)
    page = Page(shown)

    subject = unstructured(root.first("subject"), hint)
    reply_ids = ids(text_of(root.first("in-reply-to")))
    references = ids(text_of(b" ".join(root.all("references"))))
    is_reply = bool(REPLY.match(subject)) or (bool(reply_ids or references) and not FORWARD.match(subject))
    new_text, new_html = page.own(is_reply=is_reply, cuts_html=cuts_html)

    written_by = senders.sender_of(root, hint)
    inline = senders.forwarded_in(page.text) if FORWARD.match(subject) or own else None
    sender = senders.original_of(root, written_by, own, inline, hint)
    bounce = bounces.bounce_of(
        root,
        sender=written_by.email,
        name=written_by.name,
        subject=subject,
        text=page.text,
        statuses=bodies.statuses,
        returned=bodies.returned,
    )
    kind = bounces.kind_of(bounce)
    why = automatic.reason(root, sender=sender.email, subject=subject, text=page.text, bounced=kind)
    return ParsedMail(
        from_email=sender.email,
        from_name=sender.name,
        subject=subject,
        text=page.text,
        html=page.html,
        new_text=new_text,
        new_html=new_html,
        attachments=tuple(bodies.attachments),
        to=_all(root, "to", hint),
        cc=_all(root, "cc", hint),
        reply_to=_all(root, "reply-to", hint),
        date=date_of(text_of(root.first("date"))),
        message_id=first_id(text_of(root.first("message-id"))),
        in_reply_to=reply_ids[0] if reply_ids else first_id(text_of(root.first("in-reply-to"))),
        references=tuple(references),
        is_auto=bool(why),
        auto_reason=why,
        is_bounce=kind == "bounce",
        bounce=bounce,
        list_id=automatic.list_id(root),
        has_unsubscribe=root.has("list-unsubscribe"),
        auth=verdicts(root, trusted),
        forwarder=written_by.email if sender != written_by else "",
        forwarded=inline,
        is_calendar=bodies.is_calendar,
        is_encrypted=bodies.is_encrypted,
        has_remote_images=sanitise.has_remote(page.html),
        defects=(*reader.defects, *bodies.defects, *page.defects),
    )


class Page:
    """The readable part of a mail as text and as HTML, and what of both is new."""

    def __init__(self, shown: list[Shown]):
        self.defects: list[str] = []
        source = joined_html(shown) if any(one.html is not None for one in shown) else ""
        if len(source) >= MOST_HTML or source.count("<") > MOST_TAGS:
            self.defects.append("html_truncated")
        self.tree = sanitise.marked(source) if source.strip() else ""
        self.html = sanitise.safe(self.tree) if self.tree else ""
        self.plain = all(one.text is not None for one in shown) and not _is_poor(
            joined_text(shown), self.tree
        )
        self.text = (joined_text(shown) if self.plain else self._from_all(shown))[:MOST_TEXT].strip()

    def _from_all(self, shown: list[Shown]) -> str:
        """Text of every stretch; of the HTML where a stretch has no text of its own."""
        return rendering.to_text(self.tree) if self.tree else joined_text(shown)

    def own(self, *, is_reply: bool, cuts_html: bool = True) -> tuple[str, str]:
        """What the sender wrote now, as text and as HTML; the HTML is "" where nothing in it marks a quote."""
        text, quoted = quotes.cut(self.text, is_reply=is_reply)
        if quoted and text == self.text:  # nothing but a forward
            return text, ""
        unsigned, unquoted = html_quotes.own_part(self.tree) if self.tree else ("", "")
        new_html = sanitise.safe(unquoted) if unquoted and cuts_html else ""
        if unquoted and not (self.plain and quoted):
            found, _ = quotes.cut(rendering.to_text(unsigned), is_reply=is_reply)
            return found or text, new_html
        return self._without_signature(text), new_html

    def _without_signature(self, text: str) -> str:
        """The text without the signature that the HTML beside it marks as one."""
        if "ignature" not in self.tree:
            return text
        signature = [
            line.strip() for line in html_quotes.signature_text(self.tree).split("\n") if line.strip()
        ]
        lines = text.split("\n")
        at = [number for number, line in enumerate(lines) if line.strip()]
        if not signature or len(signature) >= len(at):
            return text
        if [lines[number].strip() for number in at[-len(signature) :]] != signature:
            return text
        return "\n".join(quotes.unsigned(lines[: at[-len(signature)]]))


def _is_poor(text: str, tree: str) -> bool:
    """Whether the plain part is an excuse for one: empty, or a sentence that asks to see the HTML."""
    if not tree:
        return False
    return not text.strip() or (len(text) < 600 and bool(POINTLESS.match(text)))


def _hint(root: Part) -> str:
    """The charset that raw bytes in headers are most likely in: the one the first text is in."""
    for part in root.walk():
        charset = part.params.get("charset", "")
        if charset and codec_of(charset) not in {"", "cp1252", "utf-8"}:
            return charset
    return ""


def _all(root: Part, name: str, hint: str) -> tuple[Address, ...]:
    return tuple(address for raw in root.all(name)[:20] for address in mailboxes(text_of(raw, hint)))


def _raw_view(raw: bytes) -> ParsedMail:
    text = raw[:MOST_TEXT].decode("utf-8", "replace").replace("\x00", "").replace("\r\n", "\n")
    return ParsedMail(text=text, new_text=text, defects=("not_understood",))
