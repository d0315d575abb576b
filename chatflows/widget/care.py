"""What a visitor is asked around a chat: consent, an address to answer to, how it was; and what they may read first."""

import hashlib

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from chatflows import articles, figures, satisfaction
from chatflows.met import version_of
from chatflows.models import ConsentKind, ConsentProof, Measure
from chatflows.widget import chat, limits
from chatflows.widget.door import (
    KEY_HEADER,
    Call,
    Turned,
    channel_of,
    for_visitors,
    number,
    private,
    read_json,
    text,
    turn_away,
)
from contacts.models import Visitor
from conversations.models import Conversation
from workspaces.access import visitor as visitor_access

OPENED_BY_ADDRESS = limits.Rate("opened-ip", 60, limits.MINUTE, 30)
SEARCH_BY_ADDRESS = limits.Rate("search-ip", 30, limits.MINUTE, 15)


@for_visitors
def consent(call: Call) -> JsonResponse:
    """OP-3, OP-4: the proof names the words, the time, the page, and the network's address as a hash."""
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    kind, words = text(call.sent, "kind", 10), text(call.sent, "text", 2000).strip()
    if kind not in ConsentKind.values or not words or not isinstance(call.sent.get("accepted"), bool):
        raise Turned(400, "malformed")
    prove(
        call.visitor,
        kind=kind,
        accepted=call.sent["accepted"],
        words=words,
        page_url=text(call.sent, "page_url").replace("\x00", ""),
        address=call.request.META.get("REMOTE_ADDR", ""),
    )
    return JsonResponse({"ok": True}, status=201)


def prove(
    visitor: Visitor, *, kind: str, accepted: bool, words: str, page_url: str, address: str
) -> ConsentProof:
    hashed = hashlib.sha256(f"{visitor.workspace_id}:{address}".encode()).hexdigest()
    return ConsentProof.objects.create(
        visitor=visitor, kind=kind, accepted=accepted, text=words, page_url=page_url, address_hash=hashed
    )


@for_visitors
def address(call: Call) -> JsonResponse:
    """LC-5. What is typed here is a label: it makes nobody a contact and shows nothing (TR-6)."""
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    email = text(call.sent, "email", 254).strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Turned(422, "email") from None
    if call.visitor.identified_at is None:
        call.visitor.claimed_email = email
        call.visitor.save(update_fields=["claimed_email"])
    return JsonResponse({"ok": True})


@for_visitors
def survey(call: Call) -> JsonResponse:
    """LC-7: one vote for each conversation; only one that was closed is asked about."""
    limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
    mine: Conversation | None = chat.find_mine(call.visitor, text(call.sent, "conversation", 36))
    if mine is None:
        raise Turned(404, "conversation")
    score = number(call.sent.get("score"))
    if score not in satisfaction.SCORES:
        raise Turned(400, "malformed")
    if not mine.is_closed():
        raise Turned(409, "open")
    if call.request.method != "POST":
        raise Turned(405, "method")
    stands = satisfaction.vote(mine, score, text(call.sent, "comment", satisfaction.MOST_COMMENT))
    return JsonResponse({"ok": True, "score": stands.score})


@visitor_access
@csrf_exempt  # nobody is signed in here, and nothing but a number moves
def opened(request):
    """The panel was opened on a page that meets a chatflow: counted, and nothing of the visitor kept."""
    try:
        sent = read_json(request)
        if not sent:
            raise Turned(405, "method")
        with channel_of(request.headers.get(KEY_HEADER, "")) as channel:
            limits.take(OPENED_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
            version = version_of(channel, text(sent, "flow", 36))
            if version is None:
                raise Turned(404, "flow")
            figures.note(
                Measure.OPENED,
                workspace=version.workspace_id,
                flow=version.chatflow_id,
                version=version.pk,
            )
    except (Turned, limits.Limited) as no:
        return turn_away(no)
    return private(JsonResponse({"ok": True}))


@visitor_access
@require_safe
def find_articles(request):
    """LC-6. Before a chat there is no session: the key of the channel is enough to read what is public."""
    try:
        with channel_of(request.headers.get(KEY_HEADER, "")):
            limits.take(SEARCH_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
            found = articles.find(request.GET.get("q", "")[:200], request.GET.get("lang", "")[:10])
    except (Turned, limits.Limited) as no:
        return turn_away(no)
    return private(JsonResponse({"articles": [{"title": one.title, "url": one.url} for one in found]}))
