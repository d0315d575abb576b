"""Contacts in and out as files: the page of both, and the steps of an import."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import csv_out, exports, lists, saved
from contacts.imports import work
from contacts.imports.mapping import own_of_rows, targets
from contacts.listing import asked_of, listing_of
from contacts.models import ContactExport, ContactImport, ImportState, OnMatch, Outcome
from contacts.sight import sees_everybody
from contacts.views_bulk import chosen
from workspaces.access import allowed, member_only
from workspaces.audit import note
from workspaces.permissions import Permission

brings = allowed(Permission.IMPORT_CONTACTS)
takes = allowed(Permission.EXPORT)


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def files(request):
    """What came in and went out, each for who may; POST brings a file."""
    may_import, may_export = (
        request.member.may(one) for one in (Permission.IMPORT_CONTACTS, Permission.EXPORT)
    )
    if not (may_import or may_export) or (request.method == "POST" and not may_import):
        raise Http404
    status, error = 200, ""
    if request.method == "POST":
        try:
            return _go(request, _taken(request))
        except ValidationError as refused:
            status, error = 422, " ".join(refused.messages)
    context = {
        "error": error,
        "may_import": may_import,
        "may_export": may_export,
        "imports": ContactImport.objects.select_related("member__user").order_by("-pk")[:30],
        "exports": ContactExport.objects.filter(member=request.member).order_by("-pk")[:10],
        "running": ContactExport.objects.filter(member=request.member, state=ImportState.RUNNING).exists(),
        "now": timezone.now(),
    }
    return render(request, "contacts/files.html", context, status=status)


def _taken(request) -> ContactImport:
    if not sees_everybody(request.member):
        raise ValidationError(_("Only who sees all contacts can import."))
    if "file" not in request.FILES:
        raise ValidationError(_("Choose a file first."))
    return work.upload(request.FILES["file"], by=request.member)


def _go(request, job: ContactImport):
    return redirect("contacts:import", request.workspace.slug, job.pk)


def _load(request, pk: int) -> ContactImport:
    if not sees_everybody(request.member):
        raise Http404
    return get_object_or_404(ContactImport.objects.select_related("contact_list", "member__user"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@brings
def one_import(request, import_pk):
    """Where it stands. POST names the columns and has the rows checked, or lets go of the file."""
    job, status, error = _load(request, import_pk), 200, ""
    if request.method == "POST":
        try:
            if "drop" in request.POST:
                work.drop(job)
                return redirect("contacts:files", request.workspace.slug)
            return _go(request, _check(request, job))
        except ValidationError as refused:
            status, error = 422, " ".join(refused.messages)
        except work.NotNow as late:
            status, error = 409, str(late.message)
        job = _load(request, import_pk)
    response = render(request, "contacts/import.html", _about(request, job) | {"error": error}, status=status)
    if request.htmx and not job.is_running():
        response["HX-Refresh"] = "true"  # the look at its progress ends with the whole page
    return response


def _check(request, job: ContactImport) -> ContactImport:
    mapping = [request.POST.get(f"column-{n}", "")[:20] for n in range(len(job.columns))]
    into = lists.static_list(request.POST.get("list_pk"))
    return work.check(job, mapping=mapping, on_match=request.POST.get("on_match", ""), into=into)


def _about(request, job: ContactImport) -> dict:
    keys = [*job.mapping, *[""] * len(job.columns)]
    # While it runs, only what was done is told: what it will do was told before.
    begins = job.state in (ImportState.CHECKING, ImportState.CHECKED)
    counts = job.plan.get("counts", {}) if begins else job.counts
    undone = job.plan.get("undone") or {}
    return {
        "job": job,
        "columns": [
            {
                "name": name,
                "key": keys[n],
                "values": [row[n] for row in job.sample if len(row) > n and row[n]],
            }
            for n, name in enumerate(job.columns)
        ],
        "targets": targets(own_of_rows()),
        "lists": lists.static_lists(),
        "ways": OnMatch.choices,
        "counts": [(Outcome(key).label, counts[key], key) for key in Outcome.values if counts.get(key)],
        "words": dict(Outcome.choices),
        "shown": [one | {"word": Outcome(one["outcome"]).label} for one in job.plan.get("shown", [])],
        "removed": undone.get("removed", 0) + undone.get("restored", 0),
        "kept": undone.get("kept", 0),
        "may_name": job.state in (ImportState.MAPPING, ImportState.CHECKED),
        "may_undo": job.state in (ImportState.DONE, ImportState.FAILED)
        and job.finished_at
        and job.finished_at > timezone.now() - work.UNDO_WITHIN,
        "mistakes": job.finished_at and job.counts.get("failed"),
    }


@require_POST
@brings
def run(request, import_pk):
    return _turn(request, import_pk, work.start)


@require_POST
@brings
def undo(request, import_pk):
    return _turn(request, import_pk, work.take_back)


def _turn(request, import_pk: int, verb):
    job = _load(request, import_pk)
    try:
        verb(job, by=request.member)
    except work.NotNow as late:
        messages.error(request, str(late.message))
    return _go(request, job)


@require_safe
@brings
def mistakes(request, import_pk):
    """The rows that could not be taken in, each with its reason: to be mended and brought again."""
    job = _load(request, import_pk)
    rows = job.rows.filter(outcome=Outcome.FAILED).order_by("row")
    target = io.StringIO(newline="")
    out = csv_out.writer(target)
    out.writerow(csv_out.row([_("Row"), _("Mistake"), *job.columns]))
    for one in rows.iterator(chunk_size=1000):
        out.writerow(csv_out.row([one.row, one.error, *one.raw]))
    return _as_file(
        HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8"), f"import-{job.pk}.csv"
    )


def _as_file(response, name: str):
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@takes
def export(request):
    """A file of the ticked contacts or companies (`about`), or of all that the list is asked for."""
    listing, member = listing_of(request.POST.get("about")), request.member
    everybody = request.POST.get("all") == "1"
    key = request.POST.get("view", "")
    views = saved.views_for(member, listing.about) if key else []
    view = next((one for one in views if str(one.pk) == key), None)
    asked = asked_of(request.POST, listing.questions(member, listing.own()), view, listing.sorts)
    try:
        exports.ask(
            asked,
            request.POST.getlist("col")[:60],
            by=member,
            about=listing.about,
            ids=None if everybody else chosen(request, listing),
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(listing.page, request.workspace.slug)
    return redirect("contacts:files", request.workspace.slug)


@require_safe
@takes
def download(request, export_pk):
    """For who asked, for three days; each time is noted."""
    export = get_object_or_404(ContactExport, pk=export_pk, member=request.member, state=ImportState.DONE)
    if export.expires_at is None or export.expires_at <= timezone.now() or not export.path.exists():
        raise Http404
    note("contacts_file.downloaded", f"export {export.pk}", after={"rows": export.rows})
    response = StreamingHttpResponse(_pieces(export.path), content_type="text/csv; charset=utf-8")
    return _as_file(response, f"{request.workspace.slug}-{export.created_at:%Y-%m-%d}.csv")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    """A file, piece by piece in a thread."""
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, 256 * 1024):
            yield piece
