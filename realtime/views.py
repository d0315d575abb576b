"""The socket's ticket, and the same frames by plain requests where sockets are blocked."""

import redis
from django.http import JsonResponse
from django.views.decorators.http import require_POST, require_safe

from events.dispatch import quietly
from realtime import frames, here, tickets
from workspaces.access import member_only
from workspaces.numbers import whole


@require_POST
@member_only
def ticket(request):
    try:
        return JsonResponse(
            {"ticket": tickets.issue(request.member, request.session.session_key, request.LANGUAGE_CODE)}
        )
    except redis.RedisError:
        return JsonResponse({"ticket": ""}, status=503)


@require_safe
@member_only
def since(request):
    """GET ?after=<event id>: {frames, head} as over the socket."""
    after = request.GET.get("after", "0")
    quietly(lambda client: here.note_one(client, request.workspace.pk, request.member.pk))
    reader = tickets.reader_of(request.member, request.session.session_key, request.LANGUAGE_CODE)
    return JsonResponse(frames.since(reader, whole(after)))
