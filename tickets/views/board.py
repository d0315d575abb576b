"""The board of a pipeline, its lanes page by page, and the cards that somebody else moved."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from tickets.models import Pipeline, Stage
from tickets.pipelines import in_use
from tickets.queries import board as boards
from tickets.queries.narrow import choices_of, narrow_from
from tickets.views.common import numbers_in
from workspaces.access import member_only
from workspaces.permissions import Permission

LAST = "tickets"  # the session's memory of how somebody last looked at tickets
MOST = 100  # cards asked for at once


@require_safe
@member_only
def home(request):
    """Where somebody last looked at tickets: a board, else the first one."""
    last = request.session.get(LAST)
    if last == "table":
        return redirect("tickets:table", request.workspace.slug)
    known = in_use()
    found = next((one for one in known if one.pk == last), None)
    found = found or next((one for one in known if one.is_default), known[0])
    return redirect("tickets:board", request.workspace.slug, found.pk)


@require_safe
@member_only
def board(request, pipeline_pk):
    known = in_use()
    pipeline = get_object_or_404(Pipeline, pk=pipeline_pk)
    narrow = narrow_from(request.GET)
    request.session[LAST] = pipeline.pk
    context = {
        "pipeline": pipeline,
        "pipelines": known,
        "lanes": boards.lanes_of(pipeline, request.member, narrow),
        "narrow": narrow,
        "choices": choices_of(request.member),
        "works": request.member.may(Permission.WORK),
    }
    return render(request, "tickets/board.html", context)


@require_safe
@member_only
def lane(request, pipeline_pk, stage_pk):
    """The next cards of a lane."""
    stage = get_object_or_404(Stage, pk=stage_pk, pipeline=pipeline_pk)
    narrow = narrow_from(request.GET)
    cards, after = boards.lane_page(stage, request.member, narrow, request.GET.get("after", ""))
    context = {"cards": cards, "lane": {"stage": stage, "after": after}, "pipeline": stage.pipeline}
    context |= {"narrow": narrow, "works": request.member.may(Permission.WORK)}
    return render(request, "tickets/_cards.html", context)


@require_safe
@member_only
def cards(request, pipeline_pk):
    """Some tickets as they stand now, with the numbers of the lanes; what is not there any more is left out."""
    pipeline = get_object_or_404(Pipeline, pk=pipeline_pk)
    narrow = narrow_from(request.GET)
    found = boards.cards_by_id(pipeline, numbers_in(request.GET.get("ids", ""), MOST), request.member, narrow)
    stages = boards.stages_of(pipeline)
    counts = boards.counts_of(pipeline, stages, request.member, narrow)
    lanes = [boards.Lane(stage, [], counts.get(stage.pk, 0), 0) for stage in stages]
    context = {"cards": found, "lanes": lanes, "works": request.member.may(Permission.WORK)}
    response: HttpResponse = render(request, "tickets/_moved.html", context)
    return response
