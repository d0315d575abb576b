"""What one event of Messenger says, once it was read. Plain data: knows no database and no settings."""

from dataclasses import dataclass, field
from datetime import datetime

# Kinds of Inbound. The first three stand in the thread; the others change what stands there, or tell about it.
MESSAGE, POSTBACK, ECHO = "message", "postback", "echo"
REACTION, EDIT, UNSEND = "reaction", "edit", "unsend"
DELIVERY, READ = "delivery", "read"
REFERRAL, OPTIN = "referral", "optin"
HANDOVER, OTHER = "handover", "other"

# Parts that are bytes to be fetched; the rest is words, a place or a link.
MEDIA = frozenset({"image", "audio", "video", "file", "sticker"})


@dataclass(frozen=True)
class Part:
    """One attachment. `kind` is Meta's word for it, "unknown" when it said none."""

    kind: str
    url: str = ""
    title: str = ""
    sticker_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    # What a template or a product says, one line each.
    lines: tuple[str, ...] = ()

    @property
    def is_media(self) -> bool:
        return self.kind in MEDIA and bool(self.url)

    @property
    def is_readable(self) -> bool:
        """Whether anything of it can be shown."""
        return bool(self.url or self.title or self.lines or self.latitude is not None or self.sticker_id)


@dataclass(frozen=True)
class Referral:
    """By which link or advertisement somebody came (FM-3)."""

    ref: str = ""
    source: str = ""
    type: str = ""
    ad_id: str = ""
    url: str = ""
    product_id: str = ""


@dataclass(frozen=True)
class Inbound:
    """One event. Of an echo, `user_id` is whom the page wrote to; else who wrote or did something."""

    kind: str
    page_id: str
    user_id: str = ""
    # Of a guest of the chat plug-in, who has no id of their own (FM-5).
    user_ref: str = ""
    # Meta's id of the message; made from its content where it has none, so that a copy is still told as one.
    mid: str = ""
    text: str = ""
    parts: tuple[Part, ...] = ()
    # Of a quick reply or a button: what its maker had written behind it.
    payload: str = ""
    reply_to: str = ""
    referral: Referral | None = None
    sent_at: datetime | None = None
    # It was told to us while another app answers this person (handover protocol).
    is_standby: bool = False
    # It says something that nobody here can show.
    is_unsupported: bool = False
    app_id: str = ""
    metadata: str = ""
    # Of a reaction: "love", its sign, and whether it was put or taken back.
    reaction: str = ""
    emoji: str = ""
    is_removed: bool = False
    # Of an edit: how many there were.
    edits: int = 0
    # Of receipts: everything up to here, and those named.
    watermark: datetime | None = None
    mids: tuple[str, ...] = ()
    # Of HANDOVER and OTHER: Meta's name of the event.
    event: str = ""
    told: dict = field(default_factory=dict, compare=False)

    @property
    def external_id(self) -> str:
        return self.mid

    @property
    def attachments(self) -> tuple[Part, ...]:
        return self.parts
