"""One verb for many contacts or companies: starting it, how far it is, taking it back. With a script in place; without, a page again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from contacts import bulk, saved
from contacts.listing import Listing, asked_of, listing_of
from contacts.models import About, ContactJob
from workspaces.access import allowed
from workspaces.permissions import Permission


@require_POST
@allowed(Permission.WORK)
def start(request):
    verb, listing = request.POST.get("verb", ""), listing_of(request.POST.get("about"))
    told = {key: request.POST[key][:500] for key in ("to", "key", "value", "list_pk") if key in request.POST}
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    try:
        job = bulk.start(verb, chosen(request, listing), told, by=request.member, about=listing.about)
    except ValidationError as refused:
        said = " ".join(refused.messages)
        if wants_json:
            return HttpResponse(said, status=422)
        messages.error(request, said)
        return redirect(listing.page, request.workspace.slug)
    if wants_json:
        return _told(request, job)
    messages.success(request, in_words(job))
    return redirect(listing.page, request.workspace.slug)


def chosen(request, listing: Listing) -> list[int]:
    """The ticked ones, or all that the list is asked for."""
    if request.POST.get("all") != "1":
        ids = [one for text in request.POST.getlist("ids") for one in text.split(",")]
        return [int(one) for one in ids if one.isdecimal() and len(one) < 19][: bulk.MOST]
    member = request.member
    questions = listing.questions(member, listing.own())
    key = request.POST.get("view", "")
    views = saved.views_for(member, listing.about) if key else []
    view = next((one for one in views if str(one.pk) == key), None)
    asked = asked_of(request.POST, questions, view, listing.sorts)
    return listing.ids_of(asked, member, questions, bulk.MOST)


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
    if job.about == About.COMPANY:
        return ngettext("%(n)s company changed", "%(n)s companies changed", n) % {"n": n}
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
