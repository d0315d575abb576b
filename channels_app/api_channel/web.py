"""Where your messenger posts. The signature is asked for before anything is kept; 202 says that it is kept."""

from django.http import Http404, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from channels_app.api_channel import secret
from channels_app.api_channel.parsing import BadSignature, Malformed, parse, verify
from channels_app.email import payloads
from events.buckets import Limited, Rate, take
from inboxes.models import Channel, PublicAddress
from workspaces.access import public
from workspaces.scope import workspace_scope

LARGEST = 256 * 1024
POSTS = Rate("api-channel", 600, 60, 200)


@public
@csrf_exempt  # no cookie has any say here: the signature does
@require_POST
def inbound(request, key):
    found = PublicAddress.objects.filter(kind="api", value=key[:100]).first()
    if found is None:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST or len(request.body) > LARGEST:
        return JsonResponse({"error": "too_large"}, status=413)
    body = request.body
    with workspace_scope(found.workspace_id):
        channel = Channel.objects.active().filter(pk=found.channel_id).first()
        if channel is None:
            raise Http404
        try:
            verify(body, request.headers, secret=secret.of(channel))
            take(POSTS, channel.pk)
            entries = len(parse(body))
        except BadSignature:
            return JsonResponse({"error": "signature"}, status=401)
        except Malformed:
            return JsonResponse({"error": "malformed"}, status=400)
        except Limited as limited:
            headers = {"Retry-After": str(limited.retry_after)}
            return JsonResponse({"error": "limited"}, status=429, headers=headers)
        payloads.keep(channel, source="api", external_id=payloads.print_of(body), raw=body)
    return JsonResponse({"accepted": entries}, status=202)
