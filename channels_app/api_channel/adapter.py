"""What leaves by an API channel: one signed call for each message, with the id it is told by when it comes twice."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app import webcall
from channels_app.adapter import DeliveryRefused, Result, Unreachable
from channels_app.api_channel import secret
from conversations.models import Direction, Message
from inboxes.kinds import Kind

PASSING = frozenset({408, 409, 425, 429})  # of the 4xx, those that another try may get past


@dataclass(frozen=True)
class Call:
    """A message with everything that sending it needs."""

    url: str
    body: bytes
    secret: str
    id: str

    def send(self) -> Result:
        host = urlsplit(self.url).hostname
        try:
            status, answer = webcall.post(self.url, self.body, self.secret, self.id)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(_("%(host)s could not be reached.") % {"host": host}) from error
        if 200 <= status < 300:
            return Result("sent", external_id=_id_in(answer))
        told = _("%(host)s answered with %(status)s.") % {"host": host, "status": status}
        if 400 <= status < 500 and status not in PASSING:
            return Result("failed", told)
        raise Unreachable(told)


def _id_in(answer: bytes) -> str:
    """The other side's own id, when it gives one: {"id": "..."}."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    found = told.get("id") if isinstance(told, dict) else None
    return f"out:{found}"[:200] if isinstance(found, str) and found else ""


class ApiChannel:
    kind = Kind(
        key="api",
        label=gettext_lazy("API channel"),
        via=gettext_lazy("by your own messenger"),
        icon="plug",
        one_thread=True,
    )

    def prepare(self, message: Message) -> Call:
        url = str(message.channel.config.get("url") or "")
        to = _recipient(message)
        if not message.channel.is_active():
            raise DeliveryRefused(_("This channel is not connected."))
        if not url or not to:
            raise DeliveryRefused(_("This channel does not say yet where answers go."))
        told = {
            "type": "message",
            "id": str(message.client_id),
            "to": to,
            "text": message.body,
            "author": {"kind": message.author_kind, "name": message.author_name},
            "conversation": message.conversation_id,
            "at": message.created_at.isoformat(),
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        return Call(url, body, secret.of(message.channel), str(message.client_id))


def _recipient(message: Message) -> str:
    """Who wrote last, by the id that your messenger gave them."""
    came = (
        message.conversation.messages.filter(direction=Direction.IN, extra__has_key="api")
        .order_by("-seq")
        .first()
    )
    return str(came.extra["api"]["from"]) if came else ""
