"""One message to a customer: its words in pieces that Messenger takes, its files one by one.

The Send API knows no id of ours by which a second copy would be told. So each piece is noted before it leaves, with
`metadata` that names it; when a worker dies between Meta's "yes" and our commit, the echo of that piece comes by the
webhook and says that it was taken. Where no echo comes either, nobody knows, and a person decides: never twice by itself.
"""

import contextlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.adapter import DeliveryRefused, Result, Unreachable
from channels_app.messenger import api
from channels_app.messenger.account import Access
from conversations.models import Delivery, Message
from events.retry import Postponed
from workspaces.scope import workspace_scope

LONGEST = 2000  # characters of one message
LARGEST = 25 * 1024 * 1024
MOST_CHOICES, LONGEST_CHOICE = 13, 20
ECHO_WITHIN = timedelta(seconds=30)
LOOK_AGAIN = 3  # seconds
OURS = "parley"


@dataclass(frozen=True)
class Piece:
    """What one request sends: words, or one file."""

    text: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (label, what comes back)
    name: str = ""
    kind: str = ""
    path: str = ""


@dataclass(frozen=True)
class Letter:
    access: Access
    message_id: int
    client_id: uuid.UUID
    user: str
    pieces: tuple[Piece, ...]
    tag: str = ""
    # A bot that says more in a moment is seen typing until then.
    goes_on: bool = False
    # Meta's ids of the pieces that it has taken already.
    taken: list[str] = field(default_factory=list)

    def send(self) -> Result:
        """Hand over what is left. Raises DeliveryRefused's result, Unreachable, AccountTrouble or Postponed."""
        mids = list(self.taken)
        for number in range(len(mids), len(self.pieces)):
            self._note(mids, trying=number)
            try:
                mids.append(self._hand_over(number))
            except api.Unclear:
                raise Postponed(LOOK_AGAIN) from None  # its echo will tell, see letter_of
            except DeliveryRefused as refusal:
                self._note(mids)
                return Result(Delivery.FAILED, _so_far(str(refusal), mids))
            except (Unreachable, Postponed):
                self._note(mids)  # Meta said no: nothing of this piece is under way
                raise
        self._note(mids)
        if self.goes_on:
            act(self.access, self.user, "typing_on")
        return Result(Delivery.SENT, external_id=mids[-1] if mids else "")

    def _note(self, mids: list[str], trying: int | None = None) -> None:
        """Committed before the piece leaves."""
        with workspace_scope(self.access.workspace_id):
            note(self.message_id, mids=mids, trying=trying)

    def _hand_over(self, number: int) -> str:
        piece = self.pieces[number]
        told = {
            "recipient": {"id": self.user},
            "messaging_type": "MESSAGE_TAG" if self.tag else "RESPONSE",
            "message": _body(piece) | {"metadata": f"{OURS}:{self.client_id}:{number}"},
        }
        told |= {"tag": self.tag} if self.tag else {}
        path = f"{self.access.page_id}/messages"
        if not piece.path:
            answer = api.post(path, self.access.token, told)
        else:
            content = _content(piece)
            answer = api.upload(
                path, self.access.token, told, name=piece.name, kind=piece.kind, content=content
            )
        return str(answer.get("message_id") or "")[:500]


def _so_far(refusal: str, mids: list[str]) -> str:
    return _("Only a part was sent. %(why)s") % {"why": refusal} if mids else refusal


def _body(piece: Piece) -> dict:
    if piece.path:
        main = piece.kind.partition("/")[0]
        kind = main if main in ("image", "audio", "video") else "file"
        return {"attachment": {"type": kind, "payload": {}}}
    choices = [
        {"content_type": "text", "title": shorten(label, LONGEST_CHOICE), "payload": value[:1000]}
        for label, value in piece.choices[:MOST_CHOICES]
    ]
    return {"text": piece.text} | ({"quick_replies": choices} if choices else {})


def _content(piece: Piece) -> bytes:
    with default_storage.open(piece.path, "rb") as content:
        return content.read()


def note(message_id: int, *, mids: list[str], trying: int | None) -> None:
    """Keep how far a message got. Inside a scope."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    kept = message.extra.get("messenger", {})
    # An echo may have told of a piece already that we only now hear of ourselves.
    known = list(dict.fromkeys([*kept.get("mids", []), *filter(None, mids)]))
    kept |= {"mids": known, "trying": trying}
    kept |= {"tried_at": timezone.now().isoformat()} if trying is not None else {}
    message.extra["messenger"] = kept
    message.save(update_fields=["extra"])


def letter_of(message: Message, access: Access, user: str, *, tag: str):
    """Everything the sending needs, or the Result when nobody can know whether a piece was taken."""
    kept = message.extra.get("messenger", {})
    pieces = tuple(_pieces(message))
    trying, mids = kept.get("trying"), list(kept.get("mids", []))
    if trying is not None and len(mids) <= trying:
        if timezone.now() < datetime.fromisoformat(kept["tried_at"]) + ECHO_WITHIN:
            raise Postponed(LOOK_AGAIN)
        note(message.pk, mids=mids, trying=None)  # whoever now says "again" means it
        return Result(Delivery.UNKNOWN, _("The line broke while Messenger took it: it may have arrived."))
    if not pieces:
        raise DeliveryRefused(_("There is nothing in it that Messenger could take."))
    goes_on = bool(message.extra.get("goes_on"))
    return Letter(access, message.pk, message.client_id, user, pieces, tag, goes_on, mids)


def _pieces(message: Message):
    texts = split(message.body)
    choices = tuple(
        (str(choice["label"]), str(choice.get("value") or choice["label"]))
        for choice in message.extra.get("choices", [])
        if isinstance(choice, dict) and choice.get("label")
    )
    if choices and not texts:  # buttons stand below words
        texts = ["…"]
    for number, text in enumerate(texts):
        yield Piece(text=text, choices=choices if number == len(texts) - 1 else ())
    for file in message.attachments.order_by("pk"):
        if file.size > LARGEST:
            raise DeliveryRefused(
                _("“%(name)s” is larger than the 25 MB that Messenger takes.") % {"name": file.name}
            )
        yield Piece(name=file.name, kind=file.content_type, path=file.path)


def shorten(label: str, most: int) -> str:
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def split(text: str, most: int = LONGEST) -> list[str]:
    """The text in pieces, cut between paragraphs, lines, sentences or words where that leaves no crumbs."""
    pieces, rest = [], text.strip()
    while len(rest) > most:
        window = rest[:most]
        found = (window.rfind(mark) + len(mark) for mark in ("\n\n", "\n", ". ", " "))
        cut = next((place for place in found if place > most // 2), most)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def act(access: Access, user: str, action: str) -> None:
    """typing_on, typing_off or mark_seen. A courtesy: whatever goes wrong is nobody's concern."""
    with contextlib.suppress(Unreachable, DeliveryRefused, Postponed):
        api.post(
            f"{access.page_id}/messages", access.token, {"recipient": {"id": user}, "sender_action": action}
        )
