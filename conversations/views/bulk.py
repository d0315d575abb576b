"""One verb for many conversations: what may be chosen, starting it, how far it is, taking it back (ST-6)."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import bulk, macros
from conversations.models import BulkJob, Conversation, Label, Macro, Priority
from conversations.preferences import preferences_of
from conversations.queries.lists import person
from conversations.snoozing import snooze_choices
from conversations.views.pages import view_of
from inboxes.models import Inbox
from workspaces.access import allowed
from workspaces.models import Member, Team
from workspaces.permissions import Permission

ARGUMENTS = ("to", "label", "inbox", "until", "priority", "macro")


@require_safe
@allowed(Permission.WORK)
def bulk_menus(request):
    """The menus of the bar: people, labels, inboxes, hours. Asked for when the first box is ticked."""
    people = Member.objects.active().filter(workspace=request.workspace).by_name()
    context = {
        "people": [person(row) for row in people if row.pk != request.member.pk],
        "teams": Team.objects.order_by("name"),
        "labels": Label.objects.in_use(),
        "inboxes": Inbox.objects.worked_by(request.member).order_by("name"),
        "snoozes": snooze_choices(),
        "macros": Macro.objects.usable_by(request.member).order_by("name", "pk")[: macros.MOST],
        "priorities": Priority.choices,
        "may_delete": request.member.may(Permission.DELETE_CONVERSATIONS),
    }
    return render(request, "conversations/_bulk_menus.html", context)


@require_POST
@allowed(Permission.WORK)
def bulk_start(request):
    verb = request.POST.get("verb", "")
    if verb in ("trash", "restore") and not request.member.may(Permission.DELETE_CONVERSATIONS):
        return HttpResponse(_("You may not delete conversations."), status=422)
    told = {name: request.POST[name] for name in ARGUMENTS if name in request.POST}
    try:
        job = bulk.start(verb, _chosen(request), told, by=request.member)
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
        return _told(request, bulk.take_back(_load(request, job_pk), by=request.member))
    except bulk.TooLate as late:
        return HttpResponse(str(late.message), status=422)


def _load(request, pk: int) -> BulkJob:
    return get_object_or_404(BulkJob, pk=pk, member=request.member)


def _chosen(request) -> list[int]:
    """The ticked ones, or all of a view, as far as the member works on them."""
    rows = Conversation.objects.worked_by(request.member)
    if request.POST.get("all") != "1":
        ids = [
            int(one) for one in request.POST.get("ids", "").split(",") if one.isdecimal() and len(one) < 19
        ]
        return list(rows.filter(pk__in=ids[: bulk.MOST]).values_list("pk", flat=True))
    rows = view_of(request, request.POST.get("view", "")).choose(rows, request.member)
    if inbox := preferences_of(request.member).inbox:
        rows = rows.filter(inbox=inbox)
    return list(rows.newest_first().values_list("pk", flat=True)[: bulk.MOST])


def _told(request, job: BulkJob) -> JsonResponse:
    args = [request.workspace.slug, job.pk]
    return JsonResponse(
        {
            "running": job.is_running(),
            "done": job.looked_at,
            "total": len(job.ids),
            "changed": job.changed,
            "undone": job.undone_at is not None,
            "ids": job.ids if not job.is_running() else [],
            "say": bulk.in_words(job),
            "url": reverse("conversations:bulk_job", args=args),
            "undo": reverse("conversations:bulk_undo", args=args)
            if job.changed and not job.undone_at
            else "",
        }
    )
