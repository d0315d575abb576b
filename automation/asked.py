"""A rule that somebody else starts by name: a bot, in one of its steps."""

from automation.engine import Cause, Subject, chain_of, fire, matching
from automation.models import Rule
from events.models import Event
from workspaces.scope import workspace_scope


def start_rule(event: Event) -> None:
    """Reaction to rule.asked: do what the rule says, when it is on and its conditions hold. Once an event."""
    with workspace_scope(event.workspace_id):
        rule = Rule.objects.on().filter(pk=event.payload["rule"]).first()
        if rule is None or event.conversation_id is None:
            return
        met = matching(event.conversation_id, [rule])
    if rule.pk in met:
        cause = Cause(rule.trigger, event.pk, chain=tuple(chain_of(event)))
        fire(event.workspace_id, rule, Subject.of(event), cause, met[rule.pk])
