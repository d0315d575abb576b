"""What a bot's flow looks like: read from JSON, written to JSON, its texts, and what is wrong with it. Pure.

`read` refuses what has the wrong form, with the path of each mistake. `problems` tells what has the right form and
would still not do: jumps to nowhere, steps nobody reaches, a beginning that does not wait (BE-1, BE-7).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from chatflows.steps import parts
from chatflows.steps.kinds import KINDS, Kind, Spec
from chatflows.steps.parts import Branch, Bubble, Reply, Wrong

FORMAT = 1
STEPS_MOST = 200
ERRORS_MOST = 50


@dataclass(frozen=True)
class Mistake:
    """What is wrong, and where: `steps.3.bubbles.0.text`."""

    path: str
    words: str


class NotAFlow(ValueError):
    """The JSON is no flow. `mistakes` says why."""

    def __init__(self, mistakes: list[Mistake]):
        super().__init__("; ".join(f"{one.path}: {one.words}" for one in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Step:
    """One action. `next` is where it goes on by default; None: the flow ends there. `values` are its kind's fields."""

    id: str
    kind: str
    name: str
    next: str | None = None
    branches: tuple[Branch, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @property
    def sort(self) -> Kind:
        return KINDS[self.kind]

    def jumps(self) -> Iterator[tuple[str, str]]:
        """(where it is written, id of the step) of every way on."""
        if self.next and not self.sort.final and self.kind != "goto":
            yield "next", self.next
        for number, branch in enumerate(self.branches):
            if branch.to:
                yield f"branches.{number}.to", branch.to
        for spec in self.sort.fields:
            if spec.sort == "step" and self[spec.key]:
                yield spec.key, self[spec.key]
        for number, reply in enumerate(self.values.get("replies", ())):
            if reply.to:
                yield f"replies.{number}.to", reply.to

    def to_json(self) -> dict:
        told: dict[str, Any] = {"id": self.id, "kind": self.kind, "name": self.name}
        told |= {key: parts.to_json(value) for key, value in self.values.items()}
        if self.sort.branches:
            told["branches"] = parts.to_json(self.branches)
        if not self.sort.final and self.kind != "goto":
            told["next"] = self.next
        return told


@dataclass(frozen=True)
class Flow:
    start: str
    steps: tuple[Step, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self.steps}

    def step(self, id: str | None) -> Step | None:
        """A jump to a step that is gone is the end (BE-7)."""
        return self.by_id.get(id) if id else None

    def named(self, name: str) -> Step | None:
        """The step of this internal name or id; names count without regard to case."""
        wanted = name.strip().casefold()
        return next((one for one in self.steps if one.name.casefold() == wanted), self.by_id.get(name))

    def to_json(self) -> dict:
        return {"format": FORMAT, "start": self.start, "steps": [step.to_json() for step in self.steps]}


EMPTY = Flow("")


# ── Reading ──


def read(raw: Any) -> Flow:
    """The flow of a JSON object. Raises NotAFlow with every mistake and its path."""
    mistakes: list[Mistake] = []
    if not isinstance(raw, dict):
        raise NotAFlow([Mistake("", _("An object belongs here."))])
    mistakes += [Mistake(str(key)[:60], _("Nothing of this name belongs here.")) for key in _strange(raw)]
    if raw.get("format", FORMAT) != FORMAT:
        mistakes.append(Mistake("format", _("This format is not known here.")))
    steps = _steps(raw.get("steps", []), mistakes)
    start = raw.get("start") or (steps[0].id if steps else "")
    if not isinstance(start, str) or (start and not parts.ID.fullmatch(start)):
        mistakes.append(Mistake("start", _("This is not the id of a step.")))
    if mistakes:
        raise NotAFlow(mistakes[:ERRORS_MOST])
    return Flow(start, tuple(steps))


def read_step(raw: Any, follows: str | None = None) -> Step:
    """One step alone; `follows` is the next one in the list. Raises NotAFlow."""
    mistakes: list[Mistake] = []
    step = _step(raw, follows, "", mistakes)
    if step is None or mistakes:
        raise NotAFlow(mistakes)
    return step


def new_step(kind: str, id: str, name: str = "") -> Step:
    """A step with what its kind begins with: in the builder, before anybody wrote in it."""
    return Step(id, kind, name or id, values={spec.key: default_of(spec) for spec in KINDS[kind].fields})


def default_of(spec: Spec) -> Any:
    return str(spec.default) if spec.sort in ("text", "line") else spec.default


def _strange(raw: dict) -> list:
    return [key for key in raw if key not in ("format", "start", "steps", "$schema")]


def _steps(raw: Any, mistakes: list[Mistake]) -> list[Step]:
    if not isinstance(raw, list) or len(raw) > STEPS_MOST:
        mistakes.append(Mistake("steps", _("A list of %(most)s steps at most.") % {"most": STEPS_MOST}))
        return []
    ids = [one.get("id") if isinstance(one, dict) else None for one in raw]
    found = []
    for number, one in enumerate(raw):
        follows = ids[number + 1] if number + 1 < len(ids) else None
        step = _step(one, follows if isinstance(follows, str) else None, f"steps.{number}.", mistakes)
        if step:
            found.append(step)
    _once(found, mistakes)
    return found


def _once(steps: list[Step], mistakes: list[Mistake]) -> None:
    for part in ("id", "name"):
        seen: set[str] = set()
        for number, step in enumerate(steps):
            value = getattr(step, part).casefold()
            if value in seen:
                mistakes.append(Mistake(f"steps.{number}.{part}", _("Another step is called like this.")))
            seen.add(value)


def _step(raw: Any, follows: str | None, path: str, mistakes: list[Mistake]) -> Step | None:
    before = len(mistakes)

    def take(key: str, reader, default: Any) -> Any:
        try:
            return reader(raw.get(key, default))
        except Wrong as wrong:
            mistakes.append(Mistake(f"{path}{key}{wrong.path}", wrong.words))

    if not isinstance(raw, dict):
        mistakes.append(Mistake(path.rstrip("."), _("An object belongs here.")))
        return None
    kind = KINDS.get(raw.get("kind")) if isinstance(raw.get("kind"), str) else None
    if kind is None:
        mistakes.append(Mistake(f"{path}kind", _("This choice does not exist.")))
        return None
    id = take("id", parts.step_id, None)
    if id is None and len(mistakes) == before:
        mistakes.append(Mistake(f"{path}id", _("This must be filled in.")))
    name = take("name", parts.line, id or "") or id
    next = take("next", parts.step_id, follows) if not kind.final and kind.key != "goto" else None
    branches = take("branches", parts.branches, []) if kind.branches else ()
    values = {
        spec.key: take(spec.key, lambda value, spec=spec: parts.value_of(spec, value), default_of(spec))
        for spec in kind.fields
    }
    known = {"id", "kind", "name", "next", "branches"} | set(values)
    mistakes += [
        Mistake(f"{path}{key}"[:80], _("Nothing of this name belongs here.")) for key in set(raw) - known
    ]
    return Step(id, kind.key, name, next, branches, values) if len(mistakes) == before else None


# ── What would not do ──


@dataclass(frozen=True)
class Problem:
    """`blocks`: it cannot be published like this. Otherwise a warning. `code` is for programs, `words` for people."""

    code: str
    step: str
    where: str
    words: str
    blocks: bool = True


def problems(flow: Flow) -> list[Problem]:
    """Everything that would not work, the worst first."""
    found = [*_beginning(flow), *_dangling(flow), *_endless(flow), *_unanswerable(flow), *_unreachable(flow)]
    return sorted(found, key=lambda one: not one.blocks)


def _beginning(flow: Flow) -> Iterator[Problem]:
    """BE-1: before the visitor answered something, a bot may not go on and on."""
    if flow.step(flow.start) is None:
        yield Problem("no_start", "", "start", _("The flow has no first step."))
        return
    silent = not any(step.sort.waits or step.kind == "handover" for step in _reached(flow))
    if silent:
        yield Problem("never_waits", flow.start, "", _("The flow never waits for the visitor."))


def _dangling(flow: Flow) -> Iterator[Problem]:
    for step in flow.steps:
        for where, to in step.jumps():
            if flow.step(to) is None:
                words = _("“%(name)s” goes on to a step that does not exist.") % {"name": step.name}
                yield Problem("dangling", step.id, where, words)


def _endless(flow: Flow) -> Iterator[Problem]:
    """Steps that come round to themselves by their usual way without ever waiting."""
    for step in flow.steps:
        seen: set[str] = set()
        now: Step | None = step
        while now and not now.sort.waits and not now.sort.final and now.id not in seen:
            seen.add(now.id)
            now = flow.step(now["to"] if now.kind == "goto" else now.next)
        if now and now.id == step.id and seen:
            words = _("“%(name)s” comes round to itself without waiting for the visitor.")
            yield Problem("endless", step.id, "next", words % {"name": step.name})


def _unanswerable(flow: Flow) -> Iterator[Problem]:
    for step in flow.steps:
        if step.kind == "question" and not step["typed"] and not step["replies"]:
            words = _("“%(name)s” allows neither typing nor a reply to choose.") % {"name": step.name}
            yield Problem("no_answer", step.id, "replies", words)
        if step.kind == "handover" and step["to"] == "people" and not step["people"]:
            yield Problem("nobody", step.id, "people", _("“%(name)s” names nobody.") % {"name": step.name})


def _unreachable(flow: Flow) -> Iterator[Problem]:
    reached = {step.id for step in _reached(flow)}
    for step in flow.steps:
        if step.id not in reached:
            words = _("No way leads to “%(name)s”.") % {"name": step.name}
            yield Problem("unreachable", step.id, "", words, blocks=False)


def _reached(flow: Flow) -> list[Step]:
    """Every step that some way leads to from the first, and those that a server may name (BE-14)."""
    waiting, seen = [flow.start], {}
    while waiting:
        step = flow.step(waiting.pop())
        if step is None or step.id in seen:
            continue
        seen[step.id] = step
        waiting += [to for _where, to in step.jumps()]
    return list(seen.values())


# ── Texts, for translation ──


def texts(flow: Flow) -> dict[str, str]:
    """What visitors read, by its place: {"welcome.bubbles.0": "Hello", "welcome.replies.1": "Yes"}."""
    return {path: text for step in flow.steps for path, text in _texts(step) if text}


def _texts(step: Step) -> Iterator[tuple[str, str]]:
    for spec in step.sort.fields:
        value = step[spec.key]
        if not spec.is_said:
            continue
        if isinstance(value, tuple):
            for number, one in enumerate(value):
                yield f"{step.id}.{spec.key}.{number}", one.text if isinstance(one, Bubble) else one.label
        else:
            yield f"{step.id}.{spec.key}", value


def translated(flow: Flow, words: Mapping[str, str]) -> Flow:
    """The flow with the texts that are translated; the values of replies stay, so branches mean the same."""
    return replace(flow, steps=tuple(_translated(step, words) for step in flow.steps)) if words else flow


def _translated(step: Step, words: Mapping[str, str]) -> Step:
    def one(path: str, part: Any) -> Any:
        said = words.get(path, "")
        if not isinstance(said, str) or not said:
            return part
        if isinstance(part, Bubble):
            return replace(part, text=said)
        return replace(part, label=said[: parts.LABEL_MOST]) if isinstance(part, Reply) else said

    values = dict(step.values)
    for spec in step.sort.fields:
        if spec.is_said:
            path, value = f"{step.id}.{spec.key}", values[spec.key]
            values[spec.key] = (
                tuple(one(f"{path}.{n}", part) for n, part in enumerate(value))
                if isinstance(value, tuple)
                else one(path, value)
            )
    return replace(step, values=values)
