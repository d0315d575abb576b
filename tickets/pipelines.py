"""Reading pipelines: which there are, their stages, and what happens by itself in each (TK-7, TK-8)."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from tickets.models import Pipeline, Role, Stage
from workspaces.models import Workspace
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Switch:
    """One thing that happens by itself: on or off from the first day, and the role of the stage it goes to."""

    key: str
    label: Any
    on: bool
    role: str = ""


SWITCHES = {
    switch.key: switch
    for switch in (
        Switch("a", gettext_lazy("When a member answers, wait on the contact"), True, Role.CONTACT),
        Switch("b", gettext_lazy("When the contact answers, wait on us"), True, Role.US),
        Switch("c", gettext_lazy("When a ticket is closed, close its conversations"), True),
        Switch("d", gettext_lazy("When its conversations are closed, close the ticket"), False, Role.CLOSED),
        Switch("e", gettext_lazy("When the contact answers a closed ticket, open it again"), True, Role.US),
        Switch("f", gettext_lazy("When a new ticket is given to somebody, move it"), False, Role.US),
    )
}


@dataclass(frozen=True)
class Automatic:
    on: bool
    stage: Stage | None = None


def stages_of(pipeline: Pipeline) -> list[Stage]:
    """In their order; asked once for each pipeline object."""
    known = getattr(pipeline, "_stages", None)
    if known is None:
        known = pipeline._stages = list(  # type: ignore[attr-defined]
            Stage.objects.filter(pipeline=pipeline).order_by("position", "pk")
        )
    return known


def in_use() -> list[Pipeline]:
    """Those of the workspace, in order, each with its stages. There is always one: the first look makes it."""
    rows = list(Pipeline.objects.in_use())
    if not any(row.is_default for row in rows):
        default_pipeline()
        rows = list(Pipeline.objects.in_use())
    of: dict[int, list[Stage]] = {row.pk: [] for row in rows}
    for stage in Stage.objects.filter(pipeline__in=rows).order_by("position", "pk"):
        of[stage.pipeline_id].append(stage)
    for row in rows:
        row._stages = of[row.pk]  # type: ignore[attr-defined]
    return rows


def default_pipeline() -> Pipeline:
    """The one that takes what nobody put elsewhere; made in the workspace's language when there is none yet (TK-7)."""
    found = Pipeline.objects.filter(is_default=True).first()
    return found or _make_default()


def _make_default() -> Pipeline:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    with translation.override(workspace.language or "en"):
        name = _free_name(_("Support"))
        stages = [
            (pgettext("stage", "New"), Role.NEW),
            (_("Waiting on contact"), Role.CONTACT),
            (_("Waiting on us"), Role.US),
            (pgettext("stage", "Closed"), Role.CLOSED),
        ]
    try:
        with transaction.atomic():
            pipeline = Pipeline.objects.create(name=name, is_default=True)
            for position, (stage, role) in enumerate(stages, 1):
                Stage.objects.create(
                    pipeline=pipeline,
                    name=stage,
                    position=position,
                    role=role,
                    is_closed=role == Role.CLOSED,
                )
    except IntegrityError:  # somebody else looked first at the same moment
        return Pipeline.objects.get(is_default=True)
    return pipeline


def _free_name(name: str) -> str:
    taken = {row.casefold() for row in Pipeline.objects.in_use().values_list("name", flat=True)}
    return next(
        one for n in range(1, 1000) if (one := name if n == 1 else f"{name} {n}").casefold() not in taken
    )


def stage_with(pipeline: Pipeline, role: str) -> Stage | None:
    """The first stage with a role; for "closed" any stage that closes will do."""
    stages = stages_of(pipeline)
    found = next((stage for stage in stages if stage.role == role), None)
    if found is None and role == Role.CLOSED:
        found = next((stage for stage in stages if stage.is_closed), None)
    return found


def automatic(pipeline: Pipeline, key: str) -> Automatic:
    """What a switch says here: on or off, and the stage it goes to (as chosen, else by its role)."""
    switch, told = SWITCHES[key], pipeline.automation.get(key) or {}
    chosen = next((stage for stage in stages_of(pipeline) if stage.pk == told.get("stage")), None)
    stage = chosen or (stage_with(pipeline, switch.role) if switch.role else None)
    return Automatic(told.get("on", switch.on), stage)


def first_stage(pipeline: Pipeline, *, for_people: bool = False) -> Stage:
    """Where a ticket begins; with `for_people` only where they may make one (TK-9)."""
    stages = stages_of(pipeline)
    if for_people and pipeline.created_in:
        stages = [stage for stage in stages if stage.pk in pipeline.created_in] or stages
    return next((stage for stage in stages if stage.role == Role.NEW), stages[0])
