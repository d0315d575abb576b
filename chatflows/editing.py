"""Changes to the steps of a draft: added, taken out, put elsewhere. Pure, on the JSON of a flow; ways are never cut.

A place is where a way is written: `start`, or `<step>:next`, `<step>:replies.0+2`, `<step>:branches.1`, `<step>:to_yes`.
"""

from collections.abc import Iterator
from copy import deepcopy

from chatflows.definition import STEPS_MOST, Flow, Step, new_step, read

START = "start"


class NotPossible(ValueError):
    """The step cannot go there."""


def free_id(flow: Flow, kind: str) -> str:
    """`question`, then `question_2`: short enough to be written in a webhook's answer."""
    taken = set(flow.by_id) | {step.name.casefold() for step in flow.steps}
    numbers = (f"{kind}_{n}" if n > 1 else kind for n in range(1, STEPS_MOST + 2))
    return next(one for one in numbers if one not in taken)


def add(flow: Flow, step: Step, place: str) -> Flow:
    """The step stands in the place; what stood there follows it."""
    raw = flow.to_json()
    if len(raw["steps"]) >= STEPS_MOST:
        raise NotPossible
    _insert(raw, step.to_json(), place)
    return read(raw)


def change(flow: Flow, step: Step) -> Flow:
    raw = flow.to_json()
    raw["steps"] = [step.to_json() if one["id"] == step.id else one for one in raw["steps"]]
    return read(raw)


def remove(flow: Flow, id: str) -> Flow:
    """Whoever led to it leads to what followed it."""
    raw = flow.to_json()
    _take_out(raw, id)
    return read(raw)


def duplicate(flow: Flow, id: str) -> Flow:
    raw = flow.to_json()
    copy = deepcopy(_step(raw, id))
    copy["id"] = copy["name"] = free_id(flow, copy["kind"])
    if "next" not in copy or len(raw["steps"]) >= STEPS_MOST:
        raise NotPossible
    _insert(raw, copy, f"{id}:next")
    return read(raw)


def up(flow: Flow, id: str, through: str = "") -> Flow:
    """Before the step that leads to it."""
    raw = flow.to_json()
    step = _step(raw, id)
    place = through or next((one for one in places_to(raw, id) if one != START), "")
    before = place.partition(":")[0]
    if not place or "next" not in step or before == id:
        raise NotPossible
    for one in places_to(raw, before):
        if one.partition(":")[0] != id:
            aim(raw, one, id)
    aim(raw, place, step["next"])
    step["next"] = before
    _reorder(raw, id, before)
    return read(raw)


def down(flow: Flow, id: str) -> Flow:
    """Behind the one that follows it by default."""
    following = flow.by_id[id].next
    if following is None or following == id or flow.step(following) is None:
        raise NotPossible
    return up(flow, following, through=f"{id}:next")


def sideways(flow: Flow, id: str, by: int) -> Flow:
    """The reply or branch that leads to it changes places with its neighbour."""
    raw = flow.to_json()
    for place in places_to(raw, id):
        before, _colon, where = place.partition(":")
        key, _dot, number = where.partition(".")
        if key not in ("replies", "branches"):
            continue
        lines, at = _step(raw, before)[key], int(number)
        if 0 <= at + by < len(lines):
            lines[at], lines[at + by] = lines[at + by], lines[at]
            return read(raw)
    raise NotPossible


def put(flow: Flow, id: str, place: str) -> Flow:
    """Takes the step out and puts it into another place."""
    raw = flow.to_json()
    if place.partition(":")[0] == id or place not in {one for one, _to in ways(raw)}:
        raise NotPossible
    step = deepcopy(_step(raw, id))
    _take_out(raw, id)
    _insert(raw, step, place)
    return read(raw)


# ── Places ──


def ways(raw: dict) -> Iterator[tuple[str, str | None]]:
    """(place, id of the step or None) of every way of a flow."""
    yield START, raw["start"] or None
    for step in raw["steps"]:
        blank = new_step(step["kind"], "x")
        if "next" in step:
            yield f"{step['id']}:next", step["next"]
        for spec in blank.sort.fields:
            if spec.sort == "step":
                yield f"{step['id']}:{spec.key}", step[spec.key]
        for key in ("replies", "branches"):
            for number, line in enumerate(step.get(key, ())):
                yield f"{step['id']}:{key}.{number}", line.get("to")


def places_to(raw: dict, id: str) -> list[str]:
    return [place for place, to in ways(raw) if to == id]


def aimed(raw: dict, place: str) -> str | None:
    if place == START:
        return raw["start"] or None
    id, _colon, where = place.partition(":")
    key, _dot, numbers = where.partition(".")
    step = _step(raw, id)
    try:
        return step[key][int(numbers.split("+")[0])].get("to") if numbers else step[key]
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        raise NotPossible from None


def aim(raw: dict, place: str, to: str | None) -> None:
    if place == START:
        raw["start"] = to or ""
        return
    aimed(raw, place)
    id, _colon, where = place.partition(":")
    key, _dot, numbers = where.partition(".")
    step = _step(raw, id)
    if not numbers:
        step[key] = to
        return
    for number in numbers.split("+"):
        if number.isdecimal() and int(number) < len(step[key]):
            step[key][int(number)]["to"] = to


def _step(raw: dict, id: str) -> dict:
    found = next((one for one in raw["steps"] if one["id"] == id), None)
    if found is None:
        raise NotPossible
    return found


def _insert(raw: dict, step: dict, place: str) -> None:
    following = aimed(raw, place)
    if "next" in step:
        step["next"] = following
    ids = [one["id"] for one in raw["steps"]]
    before = place.partition(":")[0]
    at = ids.index(before) + 1 if before in ids else 0
    raw["steps"].insert(at, step)
    aim(raw, place, step["id"])


def _take_out(raw: dict, id: str) -> None:
    step = _step(raw, id)
    following = step.get("to") if step["kind"] == "goto" else step.get("next")
    following = None if following == id else following
    for place in places_to(raw, id):
        aim(raw, place, following)
    raw["steps"].remove(step)
    if not raw["start"] and raw["steps"]:
        raw["start"] = raw["steps"][0]["id"]
    # A jump to what is gone is the end (BE-7); and it says so.
    raw["steps"] = [
        new_step("end", one["id"], one["name"]).to_json() if one["kind"] == "goto" and not one["to"] else one
        for one in raw["steps"]
    ]


def _reorder(raw: dict, id: str, before: str) -> None:
    """The list keeps the order in which the steps follow each other."""
    step = _step(raw, id)
    raw["steps"].remove(step)
    ids = [one["id"] for one in raw["steps"]]
    raw["steps"].insert(ids.index(before), step)
