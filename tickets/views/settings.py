"""Settings > Tickets: pipelines, their stages, and which channels make tickets."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inboxes.models import Channel
from tickets import settings as verbs
from tickets.forms_settings import (
    NewPipelineForm,
    NewStageForm,
    PipelineForm,
    PresetForm,
    RemovalForm,
    StageForm,
)
from tickets.models import Pipeline, Stage
from tickets.pipelines import in_use, stages_of
from tickets.presets import is_on
from workspaces.access import allowed
from workspaces.permissions import Permission
from workspaces.redirects import next_path
from workspaces.refusals import Refused

manages = allowed(Permission.MANAGE_TICKETS)


@require_safe
@manages
def pipelines(request):
    return _list(request, NewPipelineForm())


@require_POST
@manages
def pipeline_new(request):
    form = NewPipelineForm(request.POST)
    if form.is_valid():
        try:
            made = verbs.create_pipeline(**form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("tickets:pipeline", request.workspace.slug, made.pk)
    return _list(request, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def pipeline(request, pipeline_pk):
    """One pipeline: its stages, its rules, and what happens by itself."""
    found = _load(request, pipeline_pk)
    if request.method != "POST":
        return _one(request, found, PipelineForm(target=found))
    form = PipelineForm(request.POST, target=found)
    if form.is_valid():
        try:
            verbs.change_pipeline(found, **form.values())
        except Refused as refusal:
            form.add_error("name", refusal.message)
            found.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("tickets:pipeline", request.workspace.slug, found.pk)
    return _one(request, found, form, status=422)


@require_POST
@manages
def pipeline_default(request, pipeline_pk):
    verbs.make_default(_load(request, pipeline_pk))
    return redirect("tickets:pipelines", request.workspace.slug)


@require_POST
@manages
def pipeline_archive(request, pipeline_pk):
    try:
        verbs.archive_pipeline(_load(request, pipeline_pk), request.POST.get("archived") == "1")
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("tickets:pipelines", request.workspace.slug)


@require_POST
@manages
def stage_new(request, pipeline_pk):
    found = _load(request, pipeline_pk)
    form = NewStageForm(request.POST)
    if form.is_valid():
        try:
            verbs.add_stage(found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("tickets:pipeline", request.workspace.slug, found.pk)
    return _one(request, found, PipelineForm(target=found), stage_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def stage(request, stage_pk):
    found = _load_stage(request, stage_pk)
    values = verbs.told_of_stage(found)
    if request.method != "POST":
        return _stage(request, found, StageForm(initial=values, target=found))
    form = StageForm(request.POST, initial=values, target=found)
    if form.is_valid():
        try:
            verbs.change_stage(found, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.message)
            found.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("tickets:pipeline", request.workspace.slug, found.pipeline_id)
    return _stage(request, found, form, status=422)


@require_POST
@manages
def stage_place(request, stage_pk):
    """One up, one down, or (dragged) to a place."""
    found = _load_stage(request, stage_pk)
    order = list(found.pipeline.stages.order_by("position", "pk").values_list("pk", flat=True))
    to = request.POST.get("to", "")
    if to.isdecimal() and len(to) < 4:
        verbs.put_stage_at(found, int(to))
    else:
        verbs.put_stage_at(found, order.index(found.pk) + (1 if to == "down" else -1))
    return redirect("tickets:pipeline", request.workspace.slug, found.pipeline_id)


@require_POST
@manages
def stage_removal(request, stage_pk):
    found = _load_stage(request, stage_pk)
    form = RemovalForm(request.POST, stage=found)
    if form.is_valid():
        try:
            n = verbs.remove_stage(found, to=form.cleaned_data["to"])
        except Refused as refusal:
            form.add_error("to", refusal.message)
        else:
            told = ngettext("Removed; %(n)s ticket moved.", "Removed; %(n)s tickets moved.", n)
            messages.success(request, told % {"n": n})
            return redirect("tickets:pipeline", request.workspace.slug, found.pipeline_id)
    edit = StageForm(initial=verbs.told_of_stage(found), target=found)
    return _stage(request, found, edit, removal=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def preset(request, channel_pk):
    """Whether a channel makes tickets, and what they begin with (TK-5)."""
    rows = Channel.objects.select_related("inbox")
    locked = rows.select_for_update(of=("self",)) if request.method == "POST" else rows
    found = get_object_or_404(locked, pk=channel_pk, disconnected_at=None)
    form = PresetForm(request.POST if request.method == "POST" else None, target=found)
    usual = reverse("tickets:pipelines", args=[request.workspace.slug])
    back = next_path(request, usual)
    if form.is_bound and form.is_valid():
        verbs.set_preset(found, form.preset())
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {"channel": found, "form": form, "next": back, "from_channel": back != usual}
    return render(request, "tickets/preset.html", context, status=422 if form.is_bound else 200)


def _load(request, pk: int) -> Pipeline:
    rows = Pipeline.objects.all()
    return get_object_or_404(
        rows.select_for_update(of=("self",)) if request.method == "POST" else rows, pk=pk
    )


def _load_stage(request, pk: int) -> Stage:
    rows = Stage.objects.select_related("pipeline")
    return get_object_or_404(
        rows.select_for_update(of=("self",)) if request.method == "POST" else rows, pk=pk
    )


def _list(request, form, status: int = 200):
    in_use()  # the first look makes the default one
    present = Q(tickets__deleted_at=None, tickets__merged_into=None, tickets__closed_at=None)
    counted = Pipeline.objects.annotate(used=Count("tickets", filter=present))
    channels = Channel.objects.filter(disconnected_at=None).select_related("inbox").order_by("kind", "name")
    context = {
        "pipelines": list(counted.order_by("archived_at", "position", "pk")),
        "channels": [{"channel": channel, "on": is_on(channel)} for channel in channels],
        "form": form,
    }
    return render(request, "tickets/pipelines.html", context, status=status)


def _one(request, found: Pipeline, form, *, stage_form=None, status: int = 200):
    context = {
        "pipeline": found,
        "stages": stages_of(found),
        "form": form,
        "stage_form": stage_form or NewStageForm(prefix=None),
    }
    return render(request, "tickets/pipeline.html", context, status=status)


def _stage(request, found: Stage, form, *, removal=None, status: int = 200):
    context = {
        "stage": found,
        "form": form,
        "removal": removal or RemovalForm(stage=found),
        "used": found.tickets.count(),
    }
    return render(request, "tickets/stage.html", context, status=status)
