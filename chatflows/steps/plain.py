"""Steps the visitor does not see: branch, go to, set, add to a list, start a rule."""

from chatflows import wording
from chatflows.definition import Step
from chatflows.engine import Run
from chatflows.steps.talk import Silent


class Branch(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        run.on(at)


class Goto(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        run.to(at["to"])


class Set(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        value = wording.fill(at["value"], run.facts())
        run.do("set", step=at.id, of=at["of"], property=at["property"], value=value)
        run.on(at)


class List(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        run.do("list", step=at.id, list=at["list"])
        run.on(at)


class Rule(Silent):
    @staticmethod
    def enter(run: Run, at: Step) -> None:
        run.do("rule", step=at.id, rule=at["rule"])
        run.on(at)
