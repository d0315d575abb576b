"""The bot's step that makes a ticket (BE, type 7): a conversation has one, so a second ask finds the first (TK-2)."""

from chatflows.doers import Doing, register
from tickets.actions import create_from, edit
from tickets.models import MadeBy, Pipeline, Priority, Source, Stage
from tickets.pipelines import default_pipeline
from workspaces.models import Member, Team
from workspaces.scope import current_workspace_id

# Conversations know "normal" where tickets say "medium".
PRIORITIES = {"normal": Priority.MEDIUM}


@register("ticket")
def make(doing: Doing, effect: dict) -> dict:
    """What the step says in words is looked up by name; what is not found is as usual."""
    conversation = doing.conversation
    standing = getattr(conversation, "ticket_tie", None)
    description = str(effect.get("description") or "")
    if standing:
        if description and not standing.ticket.description:
            edit(standing.ticket, by=None, description=description)
        return {"ok": True, "number": standing.ticket.number}
    pipeline = _pipeline(effect.get("pipeline"))
    ticket = create_from(
        conversation,
        by=None,
        name=str(effect.get("subject") or ""),
        description=description,
        pipeline=pipeline,
        stage=_stage(pipeline, effect.get("stage")),
        priority=_priority(effect.get("priority")),
        owner=_owner(effect.get("owner")),
        teams=_teams(effect.get("owner")),
        source=Source.CHAT,
        made_by=MadeBy.BOT,
    )
    return {"ok": True, "number": ticket.number}


def _pipeline(name) -> Pipeline:
    found = Pipeline.objects.in_use().filter(name__iexact=str(name or "").strip()).first()
    return found or default_pipeline()


def _stage(pipeline: Pipeline, name) -> Stage | None:
    name = str(name or "").strip()
    return Stage.objects.filter(pipeline=pipeline, name__iexact=name).first() if name else None


def _priority(said) -> str:
    said = PRIORITIES.get(said, said)
    return said if said in Priority.values else str(Priority.MEDIUM)


def _given(people, kind: str) -> list[int]:
    """Numbers of those of one kind among "member:7" and "team:3"."""
    named = [str(one).partition(":") for one in people or []]
    return [int(number) for what, _colon, number in named if what == kind and number.isdigit()]


def _owner(people) -> Member | None:
    """The first of the step's people who is still here."""
    here = Member.objects.active().filter(workspace=current_workspace_id())
    return here.filter(pk__in=_given(people, "member")).first()


def _teams(people) -> list[Team] | None:
    """Teams that the step names answer for it; none named: as for any conversation."""
    return list(Team.objects.filter(pk__in=_given(people, "team"))) or None
