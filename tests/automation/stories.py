"""What several tests of rules begin with."""

from automation.models import Rule
from automation.rules import save_rule, switch
from conversations.models import ConversationLabel, Label
from events.models import ReactionDue
from events.tasks import run_one

NAME = "automation.engine.run_rules"


def line(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def when(*lines):
    return {"any": [{"all": list(lines)}]}


def make_rule(by, name="Rule", trigger="received", conditions=None, deeds=None, on=True, **more) -> Rule:
    """A rule that is on. Inside the scope."""
    deeds = deeds or [{"do": "close"}]
    made = save_rule(
        None, name=name, trigger=trigger, conditions_=conditions or {}, deeds=deeds, by=by, **more
    )
    return switch(made, on=on)


def label_called(name):
    return Label.objects.get_or_create(name=name)[0]


def labelling(name):
    return [{"do": "label", "value": str(label_called(name).pk)}]


def labels_of(conversation):
    marks = ConversationLabel.objects.filter(conversation=conversation)
    return sorted(marks.values_list("label__name", flat=True))


def react(acme, most=50):
    """What the worker would do: every rule that is owed, and what that leads to."""
    for _n in range(most):
        with acme.scope():
            owed = ReactionDue.objects.filter(name=NAME, parked_at=None).order_by("pk").first()
        if owed is None:
            return
        assert run_one(acme.workspace.pk, owed.pk)
    raise AssertionError("It never ends.")
