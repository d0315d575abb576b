"""What came in and could not be read: its reason, its source, and another try (P8)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_app.email import payloads
from channels_app.models import InboundPayload
from workspaces.access import allowed
from workspaces.permissions import Permission

manages = allowed(Permission.MANAGE_INBOXES)
PAGE = 50


def _parked():
    return InboundPayload.objects.exclude(parked_at=None).filter(processed_at=None)


@require_GET
@manages
def parked(request):
    rows = _parked().select_related("channel").defer("body").order_by("-parked_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "channels/parked.html", {"page": page})


@require_GET
@manages
def parked_source(request, pk):
    """The bytes as they came, for reading on one's own machine: text, never shown by the browser as anything else."""
    found = get_object_or_404(_parked(), pk=pk)
    response = HttpResponse(bytes(found.body), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="parked-{found.pk}.txt"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@manages
def parked_retry(request, pk):
    if payloads.retry(get_object_or_404(_parked().defer("body"), pk=pk)):
        messages.success(request, _("It is being read again."))
    return redirect("channels:parked", request.workspace.slug)
