"""Where Meta posts what happens on pages. Under ASGI its posts are taken by realtime/posts.py, without Django's middleware;
this view takes Meta's first knock, and posts where Django alone serves."""

from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_app.messenger import webhooks
from workspaces.access import public


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def messenger(request, key=""):
    """200 once it is committed."""
    if request.method == "GET":
        return _first_knock(request, key)
    [answer] = webhooks.take_many([webhooks.Knock(key, request.body, request.headers)])
    if isinstance(answer, Exception):
        raise answer
    if answer == 404:
        raise Http404
    words = webhooks.TAKEN if answer == 200 else ""
    return HttpResponse(words, status=answer, content_type="text/plain")


def _first_knock(request, key: str) -> HttpResponse:
    door = webhooks.door_of(key)
    if door is None:
        raise Http404
    challenge = webhooks.challenge_of(door, request.GET)
    status = 403 if challenge is None else 200
    return HttpResponse(challenge or "", status=status, content_type="text/plain")
