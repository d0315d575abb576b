"""Files that customers send: the message stands at once, its files follow.

Each is a row of the queue that holds everything that came in, so that a worker that is killed, or a store that is slow,
costs nothing but time.
"""

import http.client
import json
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import translation

from channels_app.adapter import Unreachable
from channels_app.egress import NotAllowed
from channels_app.email import payloads
from channels_app.messenger import web
from channels_app.messenger.changes import changed
from channels_app.messenger.told import Inbound
from channels_app.models import InboundPayload
from conversations import files
from conversations.append import Appended
from conversations.files import FileRefused, Limits
from conversations.models import Conversation, Message
from inboxes.models import Channel
from workspaces.scope import workspace_scope

SOURCE = "messenger-media"
LARGEST = 25 * files.MB
GONE = (400, 401, 403, 404, 410)  # addresses of media are signed, and end
TRIES = 4


def ask_for(channel: Channel, one: Inbound, message_id: int) -> None:
    """Enter the files of a message in the queue. In the transaction that writes the message."""
    wanted = [part for part in one.parts if part.is_media]
    for number, part in enumerate(wanted):
        told = {
            "message": message_id,
            "number": number,
            "url": part.url,
            "name": part.title,
            "kind": part.kind,
        }
        payloads.keep(
            channel,
            source=SOURCE,
            external_id=f"{one.mid[:900]}#{number}",
            raw=json.dumps(told).encode(),
        )

        transaction.on_commit(payloads.nudge_fetch, robust=True)


def take_in(workspace_id: int, payload: InboundPayload) -> Appended | None:
    """Fetch one file and give it to its message, or say there why it is missing."""
    told = json.loads(bytes(payload.body))
    content, trouble = _fetched(told["url"], payload.attempts)
    with workspace_scope(workspace_id), translation.override(payload.channel.workspace.language):
        message = _locked(told["message"])
        if message is None:
            payloads.finish([(payload, None)])
            return None
        state = trouble or _keep(message, told, content)
        shown = message.extra.get("messenger", {}).get("media", [])
        if told["number"] < len(shown):
            shown[told["number"]]["state"] = state
        message.save(update_fields=["extra"])
        changed(message)
        payloads.finish([(payload, message.pk)])
    return None


def _fetched(url: str, attempts: int) -> tuple[bytes, str]:
    """(bytes, "") or (b"", why it will never come). Raises Unreachable while it may still come."""
    try:
        answer = web.fetch(url, most=LARGEST)
    except web.TooLarge:
        return b"", "too_large"
    except NotAllowed:
        return b"", "gone"
    except (OSError, http.client.HTTPException) as error:
        if attempts >= TRIES:
            return b"", "gone"
        raise Unreachable(str(error)) from error
    if answer.status == 200:
        return answer.body, ""
    if answer.status in GONE or attempts >= TRIES:
        return b"", "gone"
    raise Unreachable(f"{answer.status}")


def _locked(message_id: int) -> Message | None:
    found = Message.objects.filter(pk=message_id, redacted_at=None).first()
    if found is None:  # taken back, or erased, meanwhile
        return None
    Conversation.objects.select_for_update(of=("self",)).get(pk=found.conversation_id)
    rows = Message.objects.select_for_update(of=("self",)).select_related("conversation")
    return rows.get(pk=message_id)


def _keep(message: Message, told: dict, content: bytes) -> str:
    """What it is, its bytes say: no name and no header is believed."""
    upload = ContentFile(content, name=_name(told))
    try:
        row = files.keep(files.inspect(upload, Limits(size=LARGEST, only_known=False)))
    except FileRefused as refusal:
        return refusal.reason
    files.attach([row], message.pk)
    bare = Conversation.objects.filter(pk=message.conversation_id, preview="")
    bare.update(preview=files.preview_of([row])[:160], version=F("version") + 1)
    return "here"


def _name(told: dict) -> str:
    return told["name"] or PurePosixPath(urlsplit(told["url"]).path).name or told["kind"]
