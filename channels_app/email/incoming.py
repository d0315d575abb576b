"""Parsed mails become messages: who wrote, to which conversation, or aside. One transaction at the end."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from channels_app.email import filters, payloads
from channels_app.email.incoming_bounces import bring_home
from channels_app.email.incoming_files import Kept, keep_files
from channels_app.email.incoming_known import Known, gather, tokens_of
from channels_app.email.parsing import ParsedMail, parse
from channels_app.email.parsing.apart import parse_apart
from channels_app.email.tokens import token_in
from channels_app.models import InboundPayload, ReplyToken
from conversations.append import Appended
from conversations.models import Direction, Message
from conversations.receive import Inbound, receive
from conversations.receive_many import independent, receive_many
from conversations.threading import with_external_ids
from inboxes.addresses import PROOF, comes_home
from inboxes.models import Channel
from workspaces.scope import workspace_scope

BELIEVED = timedelta(minutes=5)  # how far a Date may lie from our clock
LARGE = 1024 * 1024  # bytes from which a mail is read in a process of its own
Read = tuple[InboundPayload, ParsedMail]


def parse_payload(payload: InboundPayload) -> ParsedMail:
    """Read the bytes. Processor time only: the channel was loaded with the payload. Raises parsing.apart.TooMuch.

    What is large, or failed before, is read where it can be stopped without taking the worker along.
    """
    channel, raw = payload.channel, bytes(payload.body)
    own = [channel.identifier, channel.config.get("forwarding_address", "")]
    read = parse_apart if len(raw) >= LARGE or payload.attempts > 1 else parse
    return read(
        raw,
        own_addresses=[address for address in own if "@" in address],
        trusted_servers=channel.config.get("authserv_ids", ()),
        cuts_html=False,  # it is cut when it is shown
    )


def take_in(workspace_id: int, payload: InboundPayload, mail: ParsedMail) -> Appended | None:
    """Write what a mail means, and that it was understood, together. None when it is about something that stands."""
    with workspace_scope(workspace_id):
        if comes_home(payload.channel, f"{mail.subject}\n{mail.text}"):
            payloads.finish([(payload, None)])
            return None
        if mail.bounce and (failed := bring_home(mail)) is not None:
            payloads.finish([(payload, failed)])
            return None
        if not mail.attachments:
            return _write(payload, mail, Kept())
        if copy := _copy_of(payload.channel, mail):
            payloads.finish([(payload, copy.pk)])
            return _standing(copy)
    # Files wait on their own: when we die here, the sweep of unclaimed files takes them away, and we begin again.
    with workspace_scope(workspace_id):
        kept = keep_files(mail)
    with workspace_scope(workspace_id):
        return _write(payload, mail, kept)


def take_in_many(workspace_id: int, mails: Sequence[Read]) -> list[Read]:
    """The same for those that can be written together. Returns the others, in order, for take_in()."""
    with workspace_scope(workspace_id):
        known = gather(mails)
        inbounds = [inbound_of(payload, mail, Kept(), known) for payload, mail in mails]
        apart = [not alone for alone in independent(inbounds)]
        for number, (_, mail) in enumerate(mails):
            apart[number] = apart[number] or _needs_more(mail)
        together = [number for number, is_apart in enumerate(apart) if not is_apart]
        appended = receive_many([inbounds[number] for number in together]) if together else []
        stands = {number: one for number, one in zip(together, appended, strict=True) if one}
        if stands:
            payloads.finish([(mails[number][0], one.message_id) for number, one in stands.items()])
    return [read for number, read in enumerate(mails) if number not in stands]


def _needs_more(mail: ParsedMail) -> bool:
    return bool(mail.attachments or mail.bounce or PROOF.search(f"{mail.subject}\n{mail.text}"[:20_000]))


def _write(payload: InboundPayload, mail: ParsedMail, kept: Kept) -> Appended:
    appended = _receive(inbound_of(payload, mail, kept, gather([(payload, mail)])))
    payloads.finish([(payload, appended.message_id)])
    return appended


def _receive(inbound: Inbound) -> Appended:
    """A Message-ID used again for something else is kept beside the first."""
    appended = receive(inbound)
    if appended.is_new:
        return appended
    standing = Message.objects.get(pk=appended.message_id)
    if _is_same(standing, inbound.extra["mail"]["print"]):
        return appended
    mail = inbound.extra["mail"]
    again = f"{inbound.external_id[:970]}#{mail['print']}"
    return receive(
        replace(inbound, external_id=again, extra=inbound.extra | {"mail": mail | {"reused_id": True}})
    )


def _copy_of(channel: Channel, mail: ParsedMail) -> Message | None:
    """The message that this one is a copy of, asked before any file is kept."""
    if not mail.message_id:
        return None
    standing = with_external_ids([channel.pk], [mail.message_id[:998]]).first()
    return standing if standing and _is_same(standing, print_of(mail)) else None


def _is_same(standing: Message, mark: str) -> bool:
    """What we sent and what comes back of it is one, whatever a list wrote under it."""
    known = (standing.extra.get("mail") or {}).get("print", "")
    return standing.direction == Direction.OUT or not known or known == mark


def _standing(message: Message) -> Appended:
    return Appended(message.pk, message.conversation_id, message.seq, False, message.created_at)


def print_of(mail: ParsedMail) -> str:
    """What a mail says, in short: the same by whatever way it came."""
    files = [(file.filename, file.size) for file in mail.attachments]
    said = repr((mail.from_email, mail.subject, mail.text, files))
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16]


def inbound_of(payload: InboundPayload, mail: ParsedMail, kept: Kept, known: Known) -> Inbound:
    """What receive() needs to know."""
    channel, (name, address, forwarder) = payload.channel, _writer(mail, known)
    token = _token(payload, mail, known)
    verdict = filters.verdict(mail, address, channel=channel, known=known, answers=token is not None)
    addressed = [*mail.to, *mail.cc]
    people = tuple(
        (p.name, p.email) for p in addressed if p.email.lower() not in known.ours and not token_in(p.email)
    )
    sent_at, is_history = payload.received_at, bool(payload.headers.get("backfill"))
    if mail.date and (mail.date < sent_at if is_history else abs(mail.date - sent_at) < BELIEVED):
        sent_at = mail.date
    return Inbound(
        channel=channel,
        body=mail.new_text or mail.text,
        html=mail.html,
        subject=mail.subject,
        address=address,
        name=name,
        external_id=mail.message_id or payloads.print_of(bytes(payload.body)),
        in_reply_to=tuple(filter(None, [mail.in_reply_to, *reversed(mail.references)])),
        extra={"mail": _extra(mail, name, address, forwarder, kept)},
        sent_at=sent_at,
        files=kept.keys,
        is_mail=True,
        token_conversation=token.conversation_id if token else None,
        token_address=token.address if token else "",
        people=people,
        aside=verdict.place,
        aside_reason=verdict.reason,
        is_automatic=filters.is_automatic(mail),
        is_history=is_history,
    )


def _writer(mail: ParsedMail, known: Known) -> tuple[str, str, str]:
    """(name, address, who handed it on). What a colleague forwards by hand is its first sender's (EM-4)."""
    passed_on = mail.forwarded
    is_colleague = mail.from_email.lower() in known.colleagues
    if passed_on and passed_on.email and not mail.forwarder and is_colleague:
        return passed_on.name[:200], passed_on.email.lower()[:320], mail.from_email
    return mail.from_name[:200], mail.from_email.lower()[:320], mail.forwarder


def _token(payload: InboundPayload, mail: ParsedMail, known: Known) -> ReplyToken | None:
    borne = (known.tokens.get(token) for token in tokens_of(payload, mail))
    return next((row for row in borne if row), None)


def _extra(mail: ParsedMail, name: str, address: str, forwarder: str, kept: Kept) -> dict:
    said = {
        "from": {"name": name, "address": address},
        "to": _people(mail.to),
        "cc": _people(mail.cc),
        "reply_to": _people(mail.reply_to),
        "date": mail.date.isoformat() if mail.date else "",
        "auth": {"verdict": _verdict(mail), "detail": _detail(mail)},
        "print": print_of(mail),
    }
    optional = {
        "auto": mail.auto_reason,
        "unsubscribe": mail.has_unsubscribe,
        "whole": mail.text if not mail.html and mail.text != (mail.new_text or mail.text) else "",
        "remote_images": mail.has_remote_images,
        "forwarded_by": forwarder,
        "cids": kept.cids,
        "refused": kept.refused,
        "encrypted": mail.is_encrypted,
    }
    return said | {key: value for key, value in optional.items() if value}


def _people(people) -> list[dict]:
    return [{"name": person.name[:200], "address": person.email[:320]} for person in people[:100]]


def _detail(mail: ParsedMail) -> dict:
    return {"spf": mail.auth.spf, "dkim": mail.auth.dkim, "dmarc": mail.auth.dmarc}


def _verdict(mail: ParsedMail) -> str:
    """Only DMARC says that the address in From is the one that was checked: without it nothing passes (RFC 8601)."""
    if mail.auth.dmarc in ("pass", "fail"):
        return mail.auth.dmarc
    return (
        "fail"
        if "fail" in (mail.auth.spf, mail.auth.dkim) and "pass" not in (mail.auth.spf, mail.auth.dkim)
        else "unknown"
    )
