"""Files of visitors on their way: sent one by one before the message they are for, fetched by signed addresses."""

import uuid

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from chatflows.widget import limits
from chatflows.widget.attachments import allowed_in, check, has_room, shown_one
from chatflows.widget.door import Turned, call_of, channel_of, own_origin, private, turn_away
from chatflows.widget.hidden import is_hidden
from contacts.models import Visitor
from conversations import files
from conversations.models import Attachment
from workspaces.access import visitor as visitor_access

# ── Fetching ──


@visitor_access
@require_safe
def file(request, key):
    return _serve(request, key, thumb=False)


@visitor_access
@require_safe
def thumb(request, key):
    return _serve(request, key, thumb=True)


def _serve(request, key: uuid.UUID, *, thumb: bool) -> HttpResponse:
    """Whatever is wrong with a request, the file is not there (T049). The bytes follow after the scope."""
    try:
        with channel_of(request.GET.get("key", "")[:100]) as channel:
            row = (
                _theirs(channel.pk)
                .filter(storage_key=key)
                .select_related("message__conversation__visitor")
                .first()
            )
            visitor_id = row and (row.message.conversation.visitor_id if row.message else row.visitor_id)
            if visitor_id is None or not _is_for(channel.pk, visitor_id) or _is_hidden(row):
                raise Http404
            check(row, visitor_id, request.GET.get("proof", ""))
            return files.serve(row, thumb=thumb)
    except Turned:
        raise Http404 from None


def _theirs(channel_id: int):
    """Files that visitors of a channel may have: on messages of what is not in the trash, and their own that wait."""
    said = Q(message__conversation__channel=channel_id, message__conversation__trashed_at=None)
    waits = Q(message=None, comment=None, visitor__channel_id=channel_id)
    return Attachment.objects.filter((Q(message__isnull=False) & said) | waits)


def _is_for(channel_id: int, visitor_id: int) -> bool:
    return Visitor.objects.filter(pk=visitor_id, channel_id=channel_id, revoked_at=None).exists()


def _is_hidden(row: Attachment) -> bool:
    """On a message that its visitor does not see (T082)."""
    visitor = row.message and row.message.conversation.visitor
    return bool(visitor) and is_hidden(row.message, visitor.contact_id)


@visitor_access
@csrf_exempt
def link(request, key):
    """A fresh address of a file, for the session whose token is in the headers."""
    try:
        own_origin(request)
        with call_of(request, {}) as call:
            limits.take(limits.READ_BY_VISITOR, call.visitor.pk)
            mine = Q(message__conversation__visitor=call.visitor) | Q(message=None, visitor=call.visitor)
            theirs = _theirs(call.channel.pk).select_related("message__conversation__visitor")
            found = theirs.filter(mine, storage_key=key).first()
            if not found or _is_hidden(found):
                raise Turned(404, "file")
            return private(JsonResponse(shown_one(found, call.visitor, call.channel.identifier)))
    except (Turned, limits.Limited) as no:
        return turn_away(no)


# ── Sending ──


@visitor_access
@csrf_exempt  # the token in the headers is the proof; another site can neither know nor send it
def upload(request):
    """Keep one file until the message it is for is sent. Nothing is read before the session is known to be real."""
    try:
        if request.method != "POST":
            raise Turned(405, "method")
        own_origin(request)
        with call_of(request, {}) as call:
            _may_send(call, request)
        # Measuring and drawing take their time: without a transaction, and without a connection held.
        checked = files.inspect(request.FILES.get("file"), files.VISITOR)
        with call_of(request, {}) as call:
            has_room(call.visitor, None, checked.size)
            row = files.keep(checked, visitor=call.visitor)
            return private(JsonResponse(shown_one(row, call.visitor, call.channel.identifier), status=201))
    except files.FileRefused as refused:
        return turn_away(Turned(413 if refused.reason == "too_large" else 422, refused.reason))
    except (Turned, limits.Limited) as no:
        return turn_away(no)


def _may_send(call, request) -> None:
    if not allowed_in(call.channel):
        raise Turned(403, "attachments")
    limits.take(limits.UPLOAD_BY_VISITOR, call.visitor.pk)
    limits.take(limits.UPLOAD_BY_ADDRESS, limits.block_of(request.META.get("REMOTE_ADDR", "")))
    has_room(call.visitor, None, 0)
