"""Making and changing rules. What a workspace's rules listen to is told to the log, which else owes them nothing."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from automation import conditions, webhooks
from automation.engine import run_rules
from automation.models import Rule
from automation.triggers import TRIGGERS
from channels_app.webcall import clean_url
from conversations import deeds as kinds_of_deeds
from events.dispatch import name_of
from events.models import Interest
from workspaces.audit import note
from workspaces.models import Member

MOST = 100


@transaction.atomic
def save_rule(
    rule: Rule | None,
    *,
    name: str,
    trigger: str,
    conditions_: dict,
    deeds: list,
    by: Member,
    after: dict | None = None,
    stop_here: bool = False,
) -> Rule:
    """Make a rule, which is off at first, or change one. Raises ValidationError in words."""
    before = told_of(rule) if rule else None
    rule = rule or _new(by)
    rule.name = " ".join(name.split())
    if not 0 < len(rule.name) <= 80:
        raise ValidationError(_("A rule has a name of at most 80 characters."))
    values = checked(trigger=trigger, after=after, conditions_=conditions_, deeds=deeds)
    for field, value in values.items():
        setattr(rule, field, value)
    rule.stop_here, rule.updated_at = stop_here, timezone.now()
    rule.version += 1 if rule.pk else 0
    rule.save()
    _listen()
    note("rule.changed" if before else "rule.created", rule, before, told_of(rule))
    return rule


def checked(*, trigger: str, after: dict | None, conditions_: dict, deeds: list, **others) -> dict:
    """When, if and then as they may be kept. Raises ValidationError in words."""
    if trigger not in TRIGGERS:
        raise ValidationError(_("Choose when the rule looks."))
    waits = TRIGGERS[trigger].waits
    if waits and not after:
        raise ValidationError(_("Say how long, as a whole number."))
    return {
        "trigger": trigger,
        "after": after if waits else {},
        "conditions": conditions.clean(conditions_),
        "deeds": clean_deeds(deeds),
    }


def clean_deeds(raw: list) -> list[dict]:
    """Deeds as a rule may keep them: nobody acts, so "me" is nobody. Raises ValidationError in words."""
    cleaned = kinds_of_deeds.clean(raw)
    for deed in cleaned:
        if deed["do"] == webhooks.KIND:
            deed["text"] = clean_url(deed["text"])
        if (deed["do"], deed.get("value")) == ("assign", "me"):
            raise ValidationError(_("Nobody in particular acts in a rule: choose somebody by name."))
    return cleaned


def _new(by: Member) -> Rule:
    if Rule.objects.count() >= MOST:
        raise ValidationError(_("There are 100 rules. Delete one to make another."))
    last = Rule.objects.order_by("-place").values_list("place", flat=True).first()
    return Rule(created_by=by, place=0 if last is None else last + 1)


def told_of(rule: Rule) -> dict:
    names = ("name", "trigger", "after", "conditions", "deeds", "stop_here")
    return {name: getattr(rule, name) for name in names} | {"on": rule.is_on()}


@transaction.atomic
def switch(rule: Rule, *, on: bool) -> Rule:
    """On or off. What waits counts from now: nothing that lay there before is taken by surprise."""
    if rule.is_on() != on:
        rule.enabled_at = timezone.now() if on else None
        rule.save(update_fields=["enabled_at"])
        _listen()
        note("rule.switched_on" if on else "rule.switched_off", rule)
    return rule


@transaction.atomic
def remove(rule: Rule) -> None:
    """What it did stays written, under the name it had."""
    note("rule.deleted", rule, told_of(rule))
    rule.delete()
    _listen()


@transaction.atomic
def put_at(rule: Rule, place: int) -> None:
    """Move a rule among the others."""
    rows = list(Rule.objects.select_for_update(of=("self",)).in_order())
    was = [other.pk for other in rows].index(rule.pk)
    moved = rows.pop(was)
    rows.insert(max(0, min(place, len(rows))), moved)
    for n, other in enumerate(rows):
        other.place = n
    Rule.objects.bulk_update(rows, ["place"])
    now = next(n for n, other in enumerate(rows) if other.pk == rule.pk)
    if now != was:
        note("rule.moved", rule, {"place": was + 1}, {"place": now + 1})


def _listen() -> None:
    """Ask for the events of the rules that are on, and for no others."""
    name = name_of(run_rules)
    on = Rule.objects.on().values_list("trigger", flat=True)
    wanted = {TRIGGERS[key].type for key in on if key in TRIGGERS and not TRIGGERS[key].waits}
    Interest.objects.filter(name=name).exclude(type__in=wanted).delete()
    known = set(Interest.objects.filter(name=name).values_list("type", flat=True))
    for type in sorted(wanted - known):
        Interest.objects.get_or_create(type=type, name=name)
