"""How a visitor's request is let in: the key names a channel, the token a visitor of it.

No cookie carries any authority here: what proves a visitor is a header that only the panel's own script can set, and a
browser asks us first before another site may send such a header. That is why these views need no CSRF token.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlsplit

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from chatflows.widget import chat
from chatflows.widget.limits import Limited
from contacts.models import Visitor
from inboxes.models import Channel
from workspaces import plain_json
from workspaces.access import visitor as visitor_access
from workspaces.scope import workspace_scope

KEY_HEADER, TOKEN_HEADER = "X-Parley-Key", "X-Parley-Visitor"
MOST_BYTES = 64 * 1024


class Turned(Exception):
    """A request that is not let in, with the status and the word that the widget understands."""

    def __init__(self, status: int, error: str, retry_after: int | None = None):
        super().__init__(error)
        self.status, self.error, self.retry_after = status, error, retry_after


@dataclass(frozen=True)
class Call:
    """A request that was let in: its channel, its visitor when there must be one, and what was sent."""

    request: HttpRequest
    channel: Channel
    visitor: Visitor
    sent: dict


@contextmanager
def channel_of(key: str):
    """Open the scope of the key's workspace and give the channel. Raises Turned when there is none in use."""
    door = chat.find_door(key)
    if door is None:
        raise Turned(404, "unknown")
    with workspace_scope(door.workspace_id):
        channel = (
            Channel.objects.active().select_related("inbox", "workspace").filter(pk=door.channel_id).first()
        )
        if channel is None:
            raise Turned(404, "unknown")
        yield channel


@contextmanager
def call_of(request: HttpRequest, sent: dict):
    """Open the scope of the session whose key and token are in the headers. Raises Turned when it is none."""
    with channel_of(request.headers.get(KEY_HEADER, "")) as channel:
        visitor = chat.load_visitor(channel.pk, request.headers.get(TOKEN_HEADER, ""))
        if visitor is None:
            raise Turned(404, "session")
        yield Call(request, channel, visitor, sent)


def for_visitors(view: Callable[[Call], JsonResponse]) -> Callable:
    """A JSON view of the session whose key and token are in the headers; a wrong one finds nothing here (T065)."""

    @visitor_access
    @csrf_exempt
    @wraps(view)
    def guarded(request):
        try:
            with call_of(request, read_json(request)) as call:
                return private(view(call))
        except (Turned, Limited) as no:
            return turn_away(no)

    return guarded


def read_json(request: HttpRequest) -> dict:
    """Return what a POST from our own panel carries; {} for a GET."""
    if request.method not in ("GET", "POST"):
        raise Turned(405, "method")
    own_origin(request)
    if request.method == "GET":
        return {}
    if request.content_type != "application/json" or len(request.body) > MOST_BYTES:
        raise Turned(400, "malformed")
    try:
        sent = plain_json.read(request.body)
    except ValueError:
        raise Turned(400, "malformed") from None
    if not isinstance(sent, dict):
        raise Turned(400, "malformed")
    return sent


def own_origin(request: HttpRequest) -> None:
    """Raises Turned for a request that a page of another site makes."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host():
        raise Turned(403, "origin")


def text(sent: dict, name: str, most: int = 2000) -> str:
    """A string of the body, cut to `most`; an absent one is empty. Without the sign that PostgreSQL keeps nowhere."""
    value = sent.get(name)
    return value[:most].replace("\0", "") if isinstance(value, str) else ""


def names(sent: dict, name: str, most: int = 20) -> tuple[str, ...]:
    """A list of short strings; anything else in it is malformed."""
    value = sent.get(name) or []
    if not isinstance(value, list) or len(value) > most:
        raise Turned(400, "malformed")
    if not all(isinstance(one, str) and len(one) <= 100 and "\0" not in one for one in value):
        raise Turned(400, "malformed")
    return tuple(value)


def number(value: object) -> int:
    """A whole number that fits the database, else 0."""
    try:
        return max(0, min(int(str(value)), 2**31 - 1))
    except ValueError:
        return 0


def private(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def turn_away(no: Turned | Limited) -> JsonResponse:
    if isinstance(no, Limited):
        no = Turned(429, "limited", no.retry_after)
    body: dict[str, object] = {"error": no.error}
    if no.retry_after is not None:
        body["retry_after"] = no.retry_after
    response = private(JsonResponse(body, status=no.status))
    if no.retry_after is not None:
        response["Retry-After"] = str(no.retry_after)
    return response
