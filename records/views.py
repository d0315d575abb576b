"""Settings > Data; and the page that erases a person."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.sight import visible_to
from records import archive, erase
from records import person as person_data
from records.forms import ErasureForm, RetentionForm
from records.models import Erasure, Export, State
from records.retention import KINDS, current, set_retention, would_remove
from workspaces.access import allowed
from workspaces.audit import note
from workspaces.permissions import Permission

CHUNK = 256 * 1024
manages = allowed(Permission.MANAGE_WORKSPACE)


@require_safe
@manages
def data(request):
    return _page(request)


@require_POST
@manages
def retention(request):
    """`try` says what the settings would remove now, and saves nothing."""
    rule = current()
    form = RetentionForm(request.POST, instance=rule)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    if "try" in request.POST:
        told = would_remove(form.cleaned_data)
        lines = [(kind.label, told[kind.field]) for kind in KINDS if kind.field in told]
        return _page(request, form=form, preview=lines)
    set_retention(current(), **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("records:data", request.workspace.slug)


@require_POST
@manages
def new_export(request):
    try:
        archive.ask_for_export(request.member)
    except archive.Running:
        messages.error(request, _("An archive is being made already."))
    else:
        messages.success(request, _("The archive is being made. It appears here when it is ready."))
    return redirect("records:data", request.workspace.slug)


@require_safe
@manages
def download(request, export_pk):
    """For who asked, for seven days, after the password was typed again; every download is noted."""
    export = get_object_or_404(Export, pk=export_pk, member=request.member, state=State.DONE)
    if export.expires_at <= timezone.now() or not export.path.exists():
        raise Http404
    return _send(request, export)


@reauthentication_required
def _send(request, export: Export):
    note("export.downloaded", f"export {export.pk}")
    response = StreamingHttpResponse(_Bytes(export.path), content_type="application/zip")
    name = f"{request.workspace.slug}-{export.created_at:%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = export.size
    response["X-Content-Type-Options"] = "nosniff"
    return response


class _Bytes:
    """A file, piece by piece in a thread."""

    def __init__(self, path: Path):
        self.path = path

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Permission.ERASE_CONTACTS)
def erasure(request, pk):
    """What erasing this person would take; POST does it, in the background."""
    contact = get_object_or_404(visible_to(request.member), pk=pk)
    asked = Erasure.objects.filter(contact_id=pk).exists()
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        erase.ask_for_erasure(contact, by=request.member)
        messages.success(request, _("This person is being erased. The report appears under Settings, Data."))
        return redirect("conversations:home", request.workspace.slug)
    context = {"contact": contact, "form": form, "asked": asked, "lines": in_words(erase.preview(contact))}
    return render(request, "records/erasure.html", context, status=422 if form.is_bound else 200)


@require_POST
@allowed(Permission.EXPORT)
def person(request, pk):
    """All that is known of one person, as a file for them."""
    contact = get_object_or_404(visible_to(request.member), pk=pk)
    response = HttpResponse(person_data.told(contact, by=request.member), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="contact-{contact.pk}.json"'
    return response


def in_words(counts: dict[str, int]) -> list[tuple[str, int]]:
    words = {
        "conversations": _("Conversations"),
        "tickets": _("Tickets"),
        "messages": _("Messages"),
        "comments": _("Comments"),
        "files": _("Files"),
        "mails": _("Original mails"),
        "addresses": _("Addresses"),
        "mentions": _("Mentions elsewhere"),
    }
    return [(words[key], counts[key]) for key in words if counts.get(key)]


def _page(request, *, form=None, preview=None, status: int = 200):
    erasures = Erasure.objects.select_related("member").order_by("-pk")[:20]
    context = {
        "form": form or RetentionForm(instance=current()),
        "preview": preview,
        "exports": Export.objects.select_related("member").order_by("-pk")[:10],
        "erasures": [{"row": row, "lines": in_words(row.report)} for row in erasures],
        "now": timezone.now(),
    }
    return render(request, "records/data.html", context, status=status)
