"""One verb for many contacts: starting it, how far it is, taking it back. With a script in place; without, a page again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from contacts import bulk, saved
from contacts.filters import filters_for, own_of_contacts
from contacts.listing import asked_of
from contacts.models import ContactJob
from contacts.people import ids_of
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_POST
@allowed(Permission.WORK)
def start(request):
    verb = request.POST.get("verb", "")
    told = {key: request.POST[key][:500] for key in ("to", "key", "value", "list_pk") if key in request.POST}
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    try:
        job = bulk.start(verb, _chosen(request), told, by=request.member)
    except ValidationError as refused:
        said = " ".join(refused.messages)
        if wants_json:
            return HttpResponse(said, status=422)
        messages.error(request, said)
        return redirect("contacts:list", request.workspace.slug)
    if wants_json:
        return _told(request, job)
    messages.success(request, in_words(job))
    return redirect("contacts:list", request.workspace.slug)


def _chosen(request) -> list[int]:
    """The ticked ones, or all that the list is asked for."""
    if request.POST.get("all") != "1":
        ids = [one for text in request.POST.getlist("ids") for one in text.split(",")]
        return [int(one) for one in ids if one.isdecimal() and len(one) < 19][: bulk.MOST]
    member = request.member
    filters = filters_for(member, own_of_contacts())
    key = request.POST.get("view", "")
    view = next((one for one in saved.views_for(member) if str(one.pk) == key), None) if key else None
    return ids_of(asked_of(request.POST, filters, view), member, filters, bulk.MOST)


@require_safe
@allowed(Permission.WORK)
def job(request, job_pk):
    return _told(request, _load(request, job_pk))


@require_POST
@allowed(Permission.WORK)
def undo(request, job_pk):
    try:
        return _told(request, bulk.take_back(_load(request, job_pk), by=request.member))
    except bulk.TooLate as late:
        return HttpResponse(str(late.message), status=422)


def _load(request, pk: int) -> ContactJob:
    return get_object_or_404(ContactJob, pk=pk, member=request.member)


def in_words(job: ContactJob) -> str:
    if job.undone_at:
        return _("Taken back.")
    if job.is_running():
        return _("This goes on in the background.")
    n = job.changed
    return ngettext("%(n)s contact changed", "%(n)s contacts changed", n) % {"n": n}


def _told(request, job: ContactJob) -> JsonResponse:
    args = [request.workspace.slug, job.pk]
    return JsonResponse(
        {
            "running": job.is_running(),
            "done": job.looked_at,
            "total": len(job.ids),
            "changed": job.changed,
            "say": in_words(job),
            "url": reverse("contacts:bulk_job", args=args),
            "undo": reverse("contacts:bulk_undo", args=args) if job.changed and not job.undone_at else "",
        }
    )
