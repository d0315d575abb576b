"""Walk a flow without a visitor: for the builder's simulator, and to see where a past walk would part from a draft. Pure.

What the machine would ask of the outside is answered from the facts: somebody is free when `available` names them, a
server answers with what the script holds for it, a booking succeeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatflows import engine
from chatflows.definition import Flow

MOST_INPUTS = 500
MOST_ANSWERS = 60


@dataclass(frozen=True)
class Line:
    """`who`: bot, visitor, or note for what the bot would do unseen. `flow`: replies and the like of a balloon."""

    who: str
    text: str
    step: str = ""
    flow: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "say"


@dataclass(frozen=True)
class Transcript:
    lines: tuple[Line, ...]
    state: Mapping[str, Any]
    over: bool


@dataclass(frozen=True)
class Parting:
    """Where two walks part: the lines before it, and what was and would be said after. `at` counts the inputs."""

    same: bool
    at: int | None = None
    before: tuple[Line, ...] = ()
    was: tuple[Line, ...] = ()
    would: tuple[Line, ...] = ()


def simulate(
    flow: Flow,
    script: Sequence[Mapping[str, Any]],
    facts: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
) -> Transcript:
    """What is said when a visitor of these facts writes the script: [{"text": …, "reply": [value, …]}, …].

    An entry {"outside": {…}} answers what the bot asks next of another server, of the articles, of a calendar.
    """
    walk = _Walk(flow, facts, settings or {}, [one["outside"] for one in script if "outside" in one])
    for one in [one for one in script if "outside" not in one][:MOST_INPUTS]:
        walk.write(one)
    return walk.transcript()


def replay(
    flow: Flow,
    inputs: Sequence[Sequence[Any]],
    facts: Mapping[str, Any],
    was: Sequence[Line],
    settings: Mapping[str, Any] | None = None,
) -> Parting:
    """Put the inputs of a past walk to a flow. `inputs` are those of FlowSession, `was` what the same walk said then."""
    would = _replayed(flow, inputs, facts, settings or {})
    before: list[Line] = []
    said = [[line for line in turn if line.who == "bot"] for turn in _turns(would)]
    then = [[line for line in turn if line.who == "bot"] for turn in _turns(was)]
    for at in range(max(len(said), len(then))):
        now, old = (turns[at] if at < len(turns) else [] for turns in (said, then))
        if [line.text for line in now] != [line.text for line in old]:
            return Parting(False, at, tuple(before), tuple(old), tuple(now))
        before += _turns(would)[at]
    return Parting(True, None, tuple(before))


def lines_of(
    flow: Flow,
    inputs: Sequence[Sequence[Any]],
    facts: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
) -> tuple[Line, ...]:
    """What a stored walk said, made again from its own version: the machine is the record."""
    return tuple(_replayed(flow, inputs, facts, settings or {}))


def _replayed(flow: Flow, inputs: Sequence[Sequence[Any]], facts: Mapping[str, Any], settings) -> list[Line]:
    effects, state = engine.begin(flow, {}, settings)
    lines = _lines(effects)
    for _seconds, input, changed in [(*one, {})[:3] for one in inputs[:MOST_INPUTS]]:
        if input["kind"] == "text":
            lines.append(Line("visitor", input.get("text", "")))
        else:
            # The draft may have asked another number of questions before: the answer is for whatever it waits for.
            input = {**input, "job": state["job"]}
        effects, state = engine.step(flow, state, input, {**facts, **(changed or {})}, settings)
        lines += _lines(effects)
    return lines


def _turns(lines: Sequence[Line]) -> list[list[Line]]:
    """The opening, then what follows each word of the visitor."""
    turns: list[list[Line]] = [[]]
    for line in lines:
        if line.who == "visitor":
            turns.append([])
        turns[-1].append(line)
    return turns


class _Walk:
    def __init__(self, flow: Flow, facts: Mapping[str, Any], settings: Mapping[str, Any], answers: list):
        self.flow, self.facts, self.settings, self.answers = flow, facts, settings, list(answers)
        effects, self.state = engine.begin(flow, {}, settings)
        self.lines = _lines(effects)

    def write(self, one: Mapping[str, Any]) -> None:
        self.lines.append(Line("visitor", str(one.get("text", ""))))
        self._step({"kind": "text", "text": one.get("text", ""), "reply": one.get("reply", [])})
        for _again in range(MOST_ANSWERS):
            if self.state["mode"] != engine.OUTSIDE:
                return
            self._step({"kind": "outside", "job": self.state["job"], "result": self._answer()})

    def _step(self, input: Mapping[str, Any]) -> None:
        effects, self.state = engine.step(self.flow, self.state, input, self.facts, self.settings)
        self.lines += _lines(effects)
        asked = [one for one in effects if one.get("job")]
        self.asked = asked[-1] if asked else {}

    def _answer(self) -> dict:
        if self.answers:
            return self.answers.pop(0)
        return answer_for(self.asked, self.facts)

    def transcript(self) -> Transcript:
        return Transcript(tuple(self.lines), self.state, engine.is_over(self.state))


def answer_for(asked: Mapping[str, Any], facts: Mapping[str, Any]) -> dict:
    """What the outside would probably say, where nobody says it."""
    match asked.get("do"):
        case "handover":
            there = facts.get("available") or []
            open_now = facts.get("channel_open", True)
            return {"name": str(facts.get("agent") or "Alex")} if there and open_now else {}
        case "slots":
            return {"slots": facts.get("slots") or [], "more": False}
        case "find":
            return {"found": facts.get("articles") or []}
        case "book":
            return {"ok": True, "when": asked.get("slot", "")}
        case "ticket":
            return {"ok": True}
    return {"ok": False}


def _lines(effects: Sequence[Mapping[str, Any]]) -> list[Line]:
    found = []
    for one in effects:
        if one["do"] == "say":
            found.append(Line("bot", one["body"], one["step"], one["flow"]))
        elif one["do"] not in ("reached", "answered"):
            told = {key: value for key, value in one.items() if key not in ("do", "step")}
            found.append(Line("note", one["do"], one.get("step") or "", told, one["do"]))
    return found
