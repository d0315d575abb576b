"""Verbs of pipelines, their stages, and of what channels do about tickets. Each ends in a line of the audit log."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from inboxes.models import Channel
from tickets.actions.stage import carry_over
from tickets.models import Pipeline, Stage, Ticket
from tickets.pipelines import in_use, stages_of
from tickets.refusals import DefaultStays, LastStage, StillTickets, TooMany
from workspaces.audit import note
from workspaces.refusals import NameTaken

MOST_PIPELINES, MOST_STAGES = 20, 20
TOLD = (
    "name",
    "created_in",
    "forbids_skipping",
    "forbids_backwards",
    "automation",
    "pauses_close",
    "owner_goes_both_ways",
    "shows_customers",
)
TOLD_OF_STAGE = ("name", "is_closed", "role", "customer_name")


def told_of(pipeline: Pipeline) -> dict[str, Any]:
    return {name: getattr(pipeline, name) for name in TOLD}


def told_of_stage(stage: Stage) -> dict[str, Any]:
    return {name: getattr(stage, name) for name in TOLD_OF_STAGE}


# ── Pipelines ──


@transaction.atomic
def create_pipeline(*, name: str) -> Pipeline:
    """With the stages of the default one. Raises NameTaken, TooMany."""
    standing = in_use()
    if len(standing) >= MOST_PIPELINES:
        raise TooMany
    like = next(row for row in standing if row.is_default)
    pipeline = _saved(Pipeline(name=name, position=max(row.position for row in standing) + 1))
    for stage in stages_of(like):
        Stage.objects.create(
            pipeline=pipeline,
            name=stage.name,
            position=stage.position,
            is_closed=stage.is_closed,
            role=stage.role,
        )
    note("pipeline.created", pipeline, after={"name": name})
    return pipeline


@transaction.atomic
def change_pipeline(pipeline: Pipeline, **settings: Any) -> Pipeline:
    """Name, rules and switches. Raises NameTaken."""
    before = told_of(pipeline)
    for name, value in settings.items():
        setattr(pipeline, name, value)
    _saved(pipeline)
    note("pipeline.changed", pipeline, before, told_of(pipeline))
    return pipeline


@transaction.atomic
def make_default(pipeline: Pipeline) -> None:
    """From now on it takes what nobody put elsewhere."""
    if pipeline.is_default or pipeline.archived_at:
        return
    Pipeline.objects.filter(is_default=True).update(is_default=False)
    pipeline.is_default = True
    pipeline.save(update_fields=["is_default"])
    note("pipeline.changed", pipeline, {"default": False}, {"default": True})


@transaction.atomic
def archive_pipeline(pipeline: Pipeline, archived: bool) -> None:
    """Offered no longer; its tickets stay. Raises DefaultStays, NameTaken (when it comes back)."""
    if pipeline.is_default:
        raise DefaultStays
    if archived == (pipeline.archived_at is not None):
        return
    pipeline.archived_at = timezone.now() if archived else None
    _saved(pipeline)
    note("pipeline.archived" if archived else "pipeline.restored", pipeline)


def _saved(row: Any) -> Any:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise NameTaken from None
    return row


# ── Stages ──


@transaction.atomic
def add_stage(pipeline: Pipeline, *, name: str, is_closed: bool) -> Stage:
    """At the end of its kind: an open one before those that are closed. Raises NameTaken, TooMany."""
    stages = list(_locked(pipeline))
    if len(stages) >= MOST_STAGES:
        raise TooMany
    last = Stage.objects.filter(pipeline=pipeline).aggregate(last=Max("position"))["last"] or 0
    stage = _saved(Stage(pipeline=pipeline, name=name, is_closed=is_closed, position=last + 1))
    at = len(stages) if is_closed else next((n for n, row in enumerate(stages) if row.is_closed), len(stages))
    stages.insert(at, stage)
    _number(stages)
    note("stage.created", stage, after={"pipeline": pipeline.name, **told_of_stage(stage)})
    return stage


@transaction.atomic
def change_stage(stage: Stage, *, name: str, is_closed: bool, role: str, customer_name: str = "") -> Stage:
    """Its tickets are open or closed as it is, and their log says so. Raises NameTaken, LastStage."""
    before = told_of_stage(stage)
    if is_closed != stage.is_closed:
        _leave_one_of_each(stage)
    was_closed = stage.is_closed
    stage.name, stage.is_closed, stage.role, stage.customer_name = name, is_closed, role, customer_name
    _saved(stage)
    if is_closed != was_closed:
        carry_over(stage, stage, was_closed=was_closed)
    note("stage.changed", stage, before, told_of_stage(stage))
    return stage


@transaction.atomic
def put_stage_at(stage: Stage, place: int) -> None:
    """Move it among the others."""
    rows = list(_locked(stage.pipeline))
    was = [row.pk for row in rows].index(stage.pk)
    moved = rows.pop(was)
    rows.insert(max(0, min(place, len(rows))), moved)
    _number(rows)
    now = next(n for n, row in enumerate(rows) if row.pk == stage.pk)
    if now != was:
        note("stage.moved", stage, {"place": was + 1}, {"place": now + 1})


@transaction.atomic
def remove_stage(stage: Stage, *, to: Stage | None) -> int:
    """Its tickets go to another stage of the pipeline, and so does what people may do in it (TK-9). Returns how many.

    Raises LastStage, StillTickets.
    """
    list(_locked(stage.pipeline))
    _leave_one_of_each(stage)
    rows = Ticket.objects.filter(stage=stage)
    if rows.exists() and (to is None or to.pk == stage.pk or to.pipeline_id != stage.pipeline_id):
        raise StillTickets
    moved = carry_over(stage, to, was_closed=stage.is_closed) if to else 0
    _forget_in_rules(stage, to)
    note("stage.deleted", stage, before=told_of_stage(stage), after={"tickets": to.name if to else ""})
    stage.delete()
    return moved


def _forget_in_rules(stage: Stage, to: Stage | None) -> None:
    """A stage that is gone is named by no rule: where people might make tickets only in it, they may in what follows it."""
    pipeline = Pipeline.objects.select_for_update(of=("self",)).get(pk=stage.pipeline_id)
    if stage.pk in pipeline.created_in:
        kept = [pk for pk in pipeline.created_in if pk != stage.pk]
        pipeline.created_in = kept if to is None or to.pk in kept else [*kept, to.pk]
    for told in pipeline.automation.values():
        if told.get("stage") == stage.pk:
            del told["stage"]
    pipeline.save(update_fields=["created_in", "automation"])


def _locked(pipeline: Pipeline):
    return Stage.objects.select_for_update(of=("self",)).filter(pipeline=pipeline).order_by("position", "pk")


def _number(stages: list[Stage]) -> None:
    for n, row in enumerate(stages, 1):
        row.position = n
    Stage.objects.bulk_update(stages, ["position"])


def _leave_one_of_each(stage: Stage) -> None:
    others = Stage.objects.filter(pipeline=stage.pipeline_id, is_closed=stage.is_closed).exclude(pk=stage.pk)
    if not others.exists():
        raise LastStage


# ── Channels ──


@transaction.atomic
def set_preset(channel: Channel, preset: dict[str, Any]) -> None:
    """Whether it makes tickets, and what they begin with (TK-5): as tickets/presets.py reads it."""
    before = channel.config.get("ticket") or {}
    channel.config = channel.config | {"ticket": preset}
    channel.save(update_fields=["config"])
    note("channel.changed", channel, {"ticket": before}, {"ticket": preset})
