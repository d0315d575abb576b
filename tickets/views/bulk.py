"""One verb for many tickets: the menus of the bar, starting it, how far it is, taking it back (TK-11)."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from conversations import bulk as jobs
from conversations.models import BulkJob
from tickets.bulk_verbs import VERBS
from tickets.models import Priority, Ticket
from tickets.pipelines import in_use
from tickets.queries.narrow import narrow_from
from tickets.queries.table import rows_of
from tickets.saved_views import saved_for
from tickets.views.common import numbers_in, pipeline_asked, wants_deleted
from tickets.views.table import find_view
from workspaces.access import allowed
from workspaces.models import Member
from workspaces.permissions import Permission

ARGUMENTS = ("to", "stage", "priority")


@require_safe
@allowed(Permission.WORK)
def bulk_menus(request):
    people = Member.objects.active().filter(workspace=request.workspace).by_name()
    context = {
        "people": [one for one in people if one.pk != request.member.pk],
        "pipelines": [{"name": one.name, "stages": one._stages} for one in in_use()],
        "priorities": Priority.choices,
        "may_delete": request.member.may(Permission.MANAGE_TICKETS),
    }
    return render(request, "tickets/_bulk_menus.html", context)


@require_POST
@allowed(Permission.WORK)
def bulk(request):
    verb = request.POST.get("verb", "")
    told = {name: request.POST[name] for name in ARGUMENTS if name in request.POST}
    try:
        job = jobs.start(verb, _chosen(request), told, by=request.member, rows=True)
    except ValidationError as refused:
        return HttpResponse(" ".join(refused.messages), status=422)
    return _told(request, job)


@require_safe
@allowed(Permission.WORK)
def bulk_job(request, job_pk):
    return _told(request, _load(request, job_pk))


@require_POST
@allowed(Permission.WORK)
def bulk_undo(request, job_pk):
    try:
        return _told(request, jobs.take_back(_load(request, job_pk), by=request.member))
    except jobs.TooLate as late:
        return HttpResponse(str(late.message), status=422)


def _load(request, pk: int) -> BulkJob:
    return get_object_or_404(BulkJob, pk=pk, member=request.member, verb__in=list(VERBS))


def _chosen(request) -> list[int]:
    """The ticked ones, or all that the table would show, as far as the member may change them."""
    workable = Ticket.objects.worked_by(request.member)
    if request.POST.get("all") != "1":
        ids = numbers_in(request.POST.get("ids", ""), jobs.MOST)
        return list(workable.filter(pk__in=ids).values_list("pk", flat=True))
    view = find_view(request.GET.get("view", ""), saved_for(request.member))
    pipeline = pipeline_asked(request.GET.get("pipeline", "")) if not view else None
    rows = rows_of(request.member, narrow_from(request.GET), pipeline, view, deleted=wants_deleted(request))
    rows = rows.filter(pk__in=workable.values("pk")).order_by("-updated_at", "-pk")
    return list(rows.values_list("pk", flat=True)[: jobs.MOST])


def _told(request, job: BulkJob) -> JsonResponse:
    args = [request.workspace.slug, job.pk]
    return JsonResponse(
        {
            "running": job.is_running(),
            "done": job.looked_at,
            "total": len(job.ids),
            "changed": job.changed,
            "say": jobs.in_words(job),
            "url": reverse("tickets:bulk_job", args=args),
            "undo": reverse("tickets:bulk_undo", args=args) if job.changed and not job.undone_at else "",
        }
    )
