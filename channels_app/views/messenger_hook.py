"""Where Meta posts what happens on pages."""

from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_app.messenger import webhooks
from channels_app.messenger.parsing import MalformedPayload
from channels_app.messenger.signature import BadSignature
from workspaces.access import public


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def messenger(request, key=""):
    """200 once it is committed, also for pages that nobody here has: Meta gives up apps that refuse for long."""
    door = webhooks.door_of(key)
    if door is None:
        raise Http404
    if request.method == "GET":
        challenge = webhooks.challenge_of(door, request.GET)
        return HttpResponse(
            challenge or "", status=403 if challenge is None else 200, content_type="text/plain"
        )
    try:
        webhooks.take(door, request.body, request.headers)
    except BadSignature:
        return HttpResponse(status=403)
    except MalformedPayload:
        return HttpResponse(status=400)
    return HttpResponse("EVENT_RECEIVED", content_type="text/plain")
