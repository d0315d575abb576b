"""Lists of contacts in chatflows: the bot's step that puts somebody on one, and whom a chatflow is for.

Both keep the mark of a list ("#12"), so that it may be renamed; older ones hold its name, which is read too.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from chatflows.definition import Flow
from chatflows.doers import Doing, register
from chatflows.models import ChatflowVersion, FlowStatus
from contacts import list_marks
from contacts.lists import add, static_lists
from contacts.models import ContactList


@register("list")
def put(doing: Doing, effect: dict) -> None:
    """Kept by hand, that is: a rule lets nobody in. Skipped in silence when it is gone, or there is nobody to put on it."""
    one = list_marks.by_hand(effect.get("list"))
    if one and doing.conversation.contact_id:
        add(one, [doing.conversation.contact_id])


def choices(chosen: object) -> list[tuple[str, str]]:
    """Those of the step's form. What it holds stays to be seen when that list is gone."""
    found = [(list_marks.mark_of(one), one.name) for one in static_lists()]
    text = str(chosen or "")
    gone = [(text, text)] if text and text not in dict(found) else []
    return [("", _("Choose a list.")), *found, *gone]


def chosen(written: object) -> str:
    one = list_marks.by_hand(written)
    return list_marks.mark_of(one) if one else str(written or "")


def named(flow: Flow) -> Flow:
    """With names in the place of marks: for people's eyes."""
    held = [step["list"] for step in flow.steps if step.kind == "list"]
    if not held:
        return flow
    words = dict(zip(held, list_marks.names(held), strict=True))
    steps = [
        replace(step, values={**step.values, "list": words[step["list"]]}) if step.kind == "list" else step
        for step in flow.steps
    ]
    return replace(flow, steps=tuple(steps))


def file_named(told: dict) -> dict:
    """The file of a chatflow: a mark means something in its own workspace alone."""
    told = deepcopy(told)
    for holder, key in _places(told.get("flow"), told.get("targeting")):
        value = holder[key]
        holder[key] = list_marks.names(value) if isinstance(value, list) else list_marks.names([value])[0]
    return told


def uses(one: ContactList) -> list[str]:
    """The chatflows that stand, as they are or as they are being changed, and name it."""
    rows = ChatflowVersion.objects.exclude(chatflow__status=FlowStatus.ARCHIVED).filter(
        Q(published_at=None) | Q(pk=F("chatflow__published")) | Q(pk=F("chatflow__rival"))
    )
    found = {row.chatflow.name for row in rows.select_related("chatflow") if any(_meaning(row, one))}
    return [_("Chatflow “%(name)s”") % {"name": name} for name in sorted(found)]


def hold(one: ContactList) -> None:
    """Versions that name it get its mark, before the name changes."""
    for row in ChatflowVersion.objects.defer("display", "options", "translations").iterator(chunk_size=100):
        if not any(_meaning(row, one)):
            continue
        for holder, key in _places(row.definition, row.targeting):
            holder[key] = _marked(holder[key], one)
        ChatflowVersion.objects.filter(pk=row.pk).update(definition=row.definition, targeting=row.targeting)


def _marked(value: Any, one: ContactList) -> Any:
    if isinstance(value, list):
        return [_marked(each, one) for each in value]
    return list_marks.mark_of(one) if list_marks.means(value, one) else value


def _meaning(row: ChatflowVersion, one: ContactList) -> Iterator[bool]:
    for holder, key in _places(row.definition, row.targeting):
        value = holder[key]
        yield from (list_marks.means(each, one) for each in (value if isinstance(value, list) else [value]))


def _places(definition: Any, targeting: Any) -> Iterator[tuple[dict, str]]:
    """Where lists are written down: (what holds it, under which key)."""
    for step in _list_in(definition, "steps"):
        if step.get("kind") == "list" and "list" in step:
            yield step, "list"
    visitor = targeting.get("visitor") if isinstance(targeting, dict) else None
    for group in _list_in(visitor, "any"):
        for line in _list_in(group, "all"):
            if line.get("field") == "list" and "value" in line:
                yield line, "value"


def _list_in(given: Any, key: str) -> list[dict]:
    rows = given.get(key) if isinstance(given, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
