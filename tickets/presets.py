"""Whether a channel makes a ticket of each new conversation, and what such a ticket begins with (TK-5).

Kept in the channel's settings: {"ticket": {"on": bool, "pipeline": id, "stage": id, "priority": str, "category": str,
"custom": {property: value}}}.
"""

from dataclasses import dataclass, field

from inboxes.models import Channel
from tickets.models import Pipeline, Priority, Stage

ON_FROM_THE_START = ("email", "form")


@dataclass(frozen=True)
class Preset:
    on: bool
    pipeline: Pipeline | None = None
    stage: Stage | None = None
    priority: str = str(Priority.MEDIUM.value)
    category: str = ""
    custom: dict = field(default_factory=dict)

    def fields(self) -> dict:
        """What create_from takes; a pipeline that is gone is the default again."""
        return {
            "pipeline": self.pipeline,
            "stage": self.stage,
            "priority": self.priority,
            "category": self.category,
            "custom": self.custom,
        }


def is_on(channel: Channel) -> bool:
    return bool((channel.config.get("ticket") or {}).get("on", channel.kind in ON_FROM_THE_START))


def preset_of(channel: Channel) -> Preset:
    told = channel.config.get("ticket") or {}
    pipeline = Pipeline.objects.in_use().filter(pk=told.get("pipeline")).first()
    stage = Stage.objects.filter(pipeline=pipeline, pk=told.get("stage")).first() if pipeline else None
    priority = told.get("priority")
    return Preset(
        on=is_on(channel),
        pipeline=pipeline,
        stage=stage,
        priority=priority if priority in Priority.values else Priority.MEDIUM,
        category=str(told.get("category") or "")[:60],
        custom=told.get("custom") or {},
    )
