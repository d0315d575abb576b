"""The step that calls another server (BE-14): a signed POST through the one way out, and a bounded answer."""

import hashlib
import hmac
import http.client
import json
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from channels_app import egress
from chatflows.models import Chatflow, FlowSession
from chatflows.session import answered
from events.models import Event
from events.retry import retried
from workspaces.scope import workspace_scope
from workspaces.sealed import seal, unseal

SECONDS = 10
MOST = 64 * 1024


class NotTaken(Exception):
    """The other server could not be reached, or did not say yes."""


def gave_up(event: Event, error: Exception | None) -> None:
    answered(event.payload["session"], event.payload["entry"], {"ok": False})


@retried(delays=(5, 30), jitter=0.2, gave_up=gave_up)
def ask_server(event: Event) -> None:
    """Reaction: call the server outside every transaction. Who waits is told at once when it fails; others are tried
    twice more. The same id at every try, so that a copy is told."""
    session_id, entry = event.payload["session"], event.payload["entry"]
    with workspace_scope(event.workspace_id):
        session = FlowSession.objects.select_related("version__chatflow", "conversation__detail").filter(
            pk=session_id
        )
        row = session.first()
        asked = next((one for one in row.state.get("asked", []) if one["id"] == entry), None) if row else None
        if asked is None:
            return
        effect, body, secret = asked["effect"], _body(row, asked["effect"]), secret_of(row.version.chatflow)
    waits = effect.get("job") is not None
    try:
        result = {"ok": True, "answer": call(effect["url"], body, secret, entry)}
    except (OSError, http.client.HTTPException, ValueError, NotTaken) as error:
        if not waits:
            raise NotTaken(type(error).__name__) from error
        result = {"ok": False}
    with workspace_scope(event.workspace_id):
        answered(session_id, entry, result)


def _body(session: FlowSession, effect: dict) -> bytes:
    """What bots of this contract are told: the answers given here, never the rest of a contact's card."""
    conversation = session.conversation
    told = {
        "userMessage": {
            "message": effect["message"],
            "quickReply": {"quickReplies": effect["replies"]},
        },
        "session": {
            "id": session.pk,
            "conversation": str(conversation.detail.public_id),
            "vid": conversation.contact_id,
            "properties": effect["properties"],
            "language": session.facts.get("language", ""),
            "page": session.facts.get("page.url", ""),
        },
        "bot": {
            "id": session.version.chatflow_id,
            "version": session.version.number,
            "module": effect["name"],
        },
        "customState": effect["custom"],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def call(url: str, body: bytes, secret: str, id: str) -> Any:
    """POST to a vetted address; the JSON of the answer. Raises OSError, HTTPException, ValueError, NotTaken."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    if not is_tls and f"{parts.hostname}:{parts.port}" not in settings.EGRESS_ALLOWED:
        raise NotTaken("plain")
    deadline = time.monotonic() + SECONDS
    line = egress.connect(
        parts.hostname or "", parts.port or (443 if is_tls else 80), ports=egress.HTTP_PORTS
    )
    try:
        with egress.cut_after(line, max(0.1, deadline - time.monotonic())):
            line.settimeout(max(0.1, deadline - time.monotonic()))
            if is_tls:
                line = egress.tls_context().wrap_socket(line, server_hostname=parts.hostname)
            connection = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
            connection.sock = line
            where = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", where, body, _headers(body, secret, id))
            answer = connection.getresponse()
            if not 200 <= answer.status < 300:  # redirections are not followed
                raise NotTaken(str(answer.status))
            return _read(answer, line, deadline)
    finally:
        line.close()


def _headers(body: bytes, secret: str, id: str) -> dict[str, str]:
    at = str(int(time.time()))
    signed = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Parley",
        "Parley-Id": id,
        "Parley-Timestamp": at,
        "Parley-Signature": f"v1={signed}",
    }


def _read(answer: http.client.HTTPResponse, line: Any, deadline: float) -> Any:
    """At most 64 KB and not a second more than ten in all, however slowly it drips."""
    found = b""
    while len(found) <= MOST:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        piece = answer.read1(8192)
        if not piece:
            return _parsed(found)
        found += piece
    raise NotTaken("size")


def _parsed(found: bytes) -> Any:
    try:
        return json.loads(found) if found.strip() else {}
    except RecursionError:
        raise NotTaken("depth") from None


# ── The secret ──


def secret_of(flow: Chatflow) -> str:
    """What the other side checks the signature with; made when first needed. Inside the scope."""
    if not flow.secret:
        flow = Chatflow.objects.select_for_update(of=("self",)).get(pk=flow.pk)  # two that need it make one
    if not flow.secret:
        flow.secret = seal(f"whsec_{secrets.token_urlsafe(32)}", about=_about(flow))
        flow.save(update_fields=["secret"])
    return unseal(flow.secret, about=_about(flow))


def _about(flow: Chatflow) -> str:
    return f"chatflow {flow.pk}"
