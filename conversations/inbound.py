"""Inbound: a message from outside, once a channel has understood it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from contacts.models import Visitor
from inboxes.models import Channel


@dataclass(frozen=True)
class Inbound:
    """A message from outside, understood. `address` is the sender's handle on this kind of channel, or a visitor."""

    channel: Channel
    body: str
    address: str = ""
    name: str = ""
    visitor: Visitor | None = None
    conversation_id: int | None = None
    starts_new: bool = False
    client_id: uuid.UUID = field(default_factory=uuid.uuid4)
    external_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    subject: str = ""
    html: str = ""
    extra: dict = field(default_factory=dict)
    language: str = ""
    page_url: str = ""
    referrer: str = ""
    sent_at: datetime | None = None
    # The widget's greeting as (text, name): it is written before the first message of a new conversation (LC-3).
    greeting: tuple[str, str] | None = None
    # What a bot said before, in order: {"body", "name", "flow"}; written in the place of a greeting (BE-1).
    opening: tuple[dict, ...] = ()
    # Keys of files that wait for this message, kept by its sender.
    files: tuple[uuid.UUID, ...] = ()
    # It came by mail: whoever wrote is one of several who may take part (EM-8), whatever kind of channel it is about.
    is_mail: bool = False
    # A reply token of this workspace that it came to: the conversation, and whose token it is.
    token_conversation: int | None = None
    token_address: str = ""
    # Others it was written to, as (name, address); none of them ours.
    people: tuple[tuple[str, str], ...] = ()
    # "spam" or "filtered", with a word of conversations/aside.py.
    aside: str = ""
    aside_reason: str = ""
    # A machine wrote it: it opens nothing, nobody waits for an answer (SP-8).
    is_automatic: bool = False
    # It was written before we looked after this address: it comes in closed, and nobody hears of it (EM-2b).
    is_history: bool = False

    def is_quiet(self) -> bool:
        """Opens nothing, is not unread, nobody waits, nothing reacts."""
        return bool(self.aside) or self.is_automatic or self.is_history

    def makes_contact(self) -> bool:
        """Not so what was set aside, and machines (SP-7)."""
        return bool(self.address) and not self.aside and not self.is_automatic

    def address_kind(self) -> str:
        return "email" if "@" in self.address else self.channel.kind
