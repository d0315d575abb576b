"""Where mail providers post what came in. The secret in the address is the whole of its protection."""

from django.http import Http404, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_app.email import webhooks
from workspaces.access import public


@public
@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def inbound(request, provider, secret):
    """200 once it is committed. A wrong secret is a page that does not exist, told before the body is read."""
    found = webhooks.whose(secret) if provider in webhooks.PROVIDERS else None
    if found is None:
        raise Http404
    if request.method == "HEAD":  # some look whether somebody is there
        return HttpResponse()
    if not request.content_type.startswith("multipart/") and request.content_type != FORM:
        request._body = (
            request.read()
        )  # a mail in JSON is larger than a form may be; config/body.py has the limit
    taken = webhooks.take(provider, *found, request)
    return HttpResponse(status=200 if taken else 503)


FORM = "application/x-www-form-urlencoded"
