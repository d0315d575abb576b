"""The bot's machine: (state, input) → (effects, state). Pure: no clock, no chance, no database, nothing remembered.

State, inputs, facts and effects are plain JSON, so a walk can be stored, replayed and compared. Whatever the machine
cannot know by itself (another server's answer, who is free, which articles fit) it asks for with an effect that carries
a `job`; the answer comes back as an input of its own, and what the visitor writes meanwhile waits in the state.

Inputs: {"kind": "text", "text": "…", "reply": ["value"]} and {"kind": "outside", "job": 3, "result": {…}}.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from chatflows import conditions, sentences, wording
from chatflows.definition import Flow, Step

MOST_SILENT = 50  # steps without a word of the visitor (BE-6)
MOST_QUEUED = 20
MOST_TOTAL = 2000  # steps of one walk, whatever the visitor writes
OPENING, ASKING, OUTSIDE, OVER = "opening", "asking", "outside", "over"
COMPLETED, HANDED_OVER, ENDED = "completed", "handed_over", "ended"
# Before the visitor said a word, a bot only talks (BE-1).
IN_OPENING = ("message", "question", "subscription", "knowledge", "goto")

State = dict[str, Any]
Effect = dict[str, Any]
Facts = Mapping[str, Any]


def begin(flow: Flow, facts: Facts, settings: Mapping[str, Any] | None = None) -> tuple[list[Effect], State]:
    """What the bot says before the visitor's first word, and the state in which it waits for that."""
    run = Run(flow, _new_state(), facts, settings or {})
    run.go(flow.start)
    return run.effects, run.state


def step(
    flow: Flow,
    state: State,
    input: Mapping[str, Any],
    facts: Facts,
    settings: Mapping[str, Any] | None = None,
) -> tuple[list[Effect], State]:
    """One input taken in: what is to be done, in order, and the state afterwards. The given state is left as it is."""
    run = Run(flow, deepcopy(state), facts, settings or {})
    run.take(input)
    return run.effects, run.state


def is_over(state: State) -> bool:
    return state["mode"] == OVER


def _new_state() -> State:
    return {
        "at": None,
        "mode": OPENING,
        "awaits": "",
        "vars": {},
        "said": {},
        "response": "",
        "forms": [],
        "fails": 0,
        "silent": 0,
        "total": 0,
        "job": 0,
        "queue": [],
        "custom": {},
        "local": {},
        "outcome": "",
    }


class Run:
    """One turn of the machine. What the kinds of steps do with it stands in chatflows/steps."""

    def __init__(self, flow: Flow, state: State, facts: Facts, settings: Mapping[str, Any]):
        self.flow, self.state, self.settings = flow, state, settings
        self.outer = facts
        self.effects: list[Effect] = []

    # ── What comes in ──

    def take(self, input: Mapping[str, Any]) -> None:
        mode = self.state["mode"]
        if mode == OVER:
            return
        if input["kind"] == "outside":
            self._result(input)
        elif mode == OUTSIDE:
            self.state["queue"] = [*self.state["queue"], dict(input)][:MOST_QUEUED]
        else:
            self._text(input)
        self._go_through_queue()

    def _go_through_queue(self) -> None:
        while self.state["queue"] and self.state["mode"] in (ASKING, OPENING):
            self._text(self.state["queue"].pop(0))

    def _result(self, input: Mapping[str, Any]) -> None:
        """An answer to an earlier question than the last is nobody's any more."""
        if self.state["mode"] != OUTSIDE or input.get("job") != self.state["job"]:
            return
        at = self.flow.step(self.state["at"])
        self.state["mode"] = ASKING
        if at is None:
            self.finish(COMPLETED)
        else:
            self.handler(at).result(self, at, input.get("result") or {})

    def _text(self, input: Mapping[str, Any]) -> None:
        state, text = self.state, str(input.get("text") or "").strip()
        state["silent"] = 0
        at = self.flow.step(state["at"])
        opened, state["mode"] = state["mode"] == OPENING, ASKING
        if at is None:
            self.finish(COMPLETED)
        elif opened:  # it had nothing to ask yet: any word lets it go on
            self.respond(text)
            self.on_after_answer(at) if state["awaits"] == "branches" else self.enter(at)
        else:
            self.handler(at).answer(self, at, text, [str(one) for one in input.get("reply") or []])

    # ── Where it goes ──

    def go(self, to: str | None) -> None:
        """Take this step and those after it, until one waits. A step that is gone is the end (BE-7)."""
        pending = self.flow.step(to)
        if pending is None:
            self.finish(COMPLETED)
            return
        self.enter(pending)

    def enter(self, at: Step) -> None:
        state = self.state
        while True:
            state["at"], state["awaits"], state["fails"], state["local"] = at.id, "", 0, {}
            if state["mode"] == OPENING and at.kind not in IN_OPENING:
                return
            state["silent"] += 1
            state["total"] += 1
            if state["silent"] > MOST_SILENT or state["total"] > MOST_TOTAL:
                self._give_up()
                return
            self.do("reached", step=at.id)
            self._way = None
            self.handler(at).enter(self, at)
            if self._way is None:
                return
            following = self.flow.step(self._way[0])
            if following is None:
                if state["mode"] == OPENING:
                    state["at"] = None
                    return
                self.finish(COMPLETED)
                return
            at = following

    _way: tuple[str | None] | None = None

    def on(self, at: Step) -> None:
        """The step is done: its branches decide, else its usual way (BE-3)."""
        if self.state["mode"] == OPENING and at.branches:
            self.state["awaits"] = "branches"  # they may ask what the visitor says
            return
        branch = conditions.first_that_holds(at.branches, self.facts(), self.forms())
        self.to(branch.to if branch else at.next)

    def to(self, id: str | None) -> None:
        self._way = (id,)

    def on_after_answer(self, at: Step, to: str | None = None) -> None:
        """The same once an answer or a result came: here nobody is walking any more, so the walk goes on from here."""
        self._way = None
        if to is None:
            self.on(at)
            to = self._way[0] if self._way else None
        self._way = None
        self.go(to)

    def finish(self, outcome: str) -> None:
        self.state |= {"mode": OVER, "awaits": "", "queue": [], "outcome": outcome}
        self.do("end", outcome=outcome)

    def _give_up(self) -> None:
        """BE-6: no bot goes on for ever; a person looks at it."""
        self.do("log", what="loop", step=self.state["at"])
        self.do("handover", step=self.state["at"], to="rule", people=[], job=None)
        self.finish(HANDED_OVER)

    # ── What it does ──

    def do(self, effect: str, /, **told: Any) -> None:
        self.effects.append({"do": effect, **told})

    def ask_outside(self, what: str, at: Step, **told: Any) -> None:
        self.state["job"] += 1
        self.state["mode"] = OUTSIDE
        self.do(what, step=at.id, job=self.state["job"], **told)

    def wait(self, awaits: str) -> None:
        self.state["mode"], self.state["awaits"] = ASKING, awaits

    def say(self, at: Step, text: str, **flow: Any) -> None:
        """A balloon. `flow` are replies and the like, as the contract with the widget names them."""
        body = wording.fill(text, self.facts())
        if body or flow:
            self.do("say", step=at.id, body=body, flow={"step": at.id} | flow)

    def sentence(self, name: str, **values: object) -> str:
        """One that nobody wrote in the step: as the chatflow words it, else ours."""
        return sentences.say(self.settings.get("sentences"), name, **values)

    def respond(self, text: str, forms: list[str] | None = None) -> None:
        self.state["response"], self.state["forms"] = text, forms or [text]

    def learn(self, name: str, value: Any) -> None:
        """Something the visitor said of themselves, or a word of the flow's own."""
        if name.startswith("var."):
            self.state["vars"][name] = value
        else:
            self.state["said"][name] = value
            self.do("learn", property=name, value=value)

    # ── What it knows ──

    def facts(self) -> dict[str, Any]:
        """What is known, what the visitor said on top of it."""
        state = self.state
        return {**self.outer, **state["said"], **state["vars"], "response": state["response"]}

    def forms(self) -> tuple[str, ...]:
        return tuple(self.state["forms"])

    def known(self, name: str) -> Any:
        return self.facts().get(name)

    def handler(self, at: Step) -> Any:
        from chatflows.steps.handlers import HANDLERS  # the steps drive the machine, and it them

        return HANDLERS[at.kind]
