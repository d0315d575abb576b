"""How the steps of a flow are drawn: from the top down, the ways of a step side by side. Pure; templates only show it."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatflows.definition import Flow, Problem, Step
from chatflows.steps.parts import WITHOUT_VALUE, Branch
from chatflows.words import HEADS, ICONS, OPERATORS

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SAYS_MOST = 140
# Which colour the icon of a card has: it tells what sort of thing happens.
LOOKS = {
    "question": "ask",
    "subscription": "ask",
    "meeting": "ask",
    "knowledge": "ask",
    "handover": "hand",
    "ticket": "ticket",
    "set": "ticket",
    "list": "ticket",
}


@dataclass
class Way:
    """One of several ways on from a step: what it is called, where it is written, where it leads."""

    label: str
    place: str
    to: str | None


@dataclass
class Fork:
    label: str
    place: str
    column: "Column"


@dataclass
class Card:
    step: Step
    number: str = ""
    problems: list[Problem] = field(default_factory=list)
    figures: Mapping[str, int] = field(default_factory=dict)
    forks: list[Fork] = field(default_factory=list)

    @property
    def look(self) -> str:
        return LOOKS.get(self.step.kind, "say")

    @property
    def icon(self) -> str:
        return ICONS.get(self.step.kind, "flow")

    @property
    def head(self) -> str:
        return str(HEADS[self.step.kind])

    @property
    def says(self) -> str:
        return summary(self.step)

    @property
    def after(self) -> str:
        """The place right behind it, "" when it has none or several."""
        ends = self.step.sort.final or self.step.kind == "goto" or self.forks
        return "" if ends else f"{self.step.id}:next"


@dataclass
class Column:
    """Cards from the top down. `tail`: how it ends: end, below (goes on where the ways meet), jump, or nothing."""

    place: str
    cards: list[Card] = field(default_factory=list)
    tail: str = ""
    jump: Card | None = None
    last_place: str = ""


@dataclass
class Drawing:
    column: Column
    loose: list[Column]
    cards: dict[str, Card]


def draw(flow: Flow, problems: Iterable[Problem] = (), figures: Mapping | None = None) -> Drawing:
    return _Pen(flow, list(problems), figures or {}).drawing()


def ways_of(step: Step) -> list[Way]:
    """Every way on that has a name of its own, and at the end the usual one."""
    found = _replies(step)
    found += [
        Way(told(branch), f"{step.id}:branches.{number}", branch.to)
        for number, branch in enumerate(step.branches)
    ]
    if step.kind != "goto":
        found += [
            Way(str(spec.label).split(":")[0], f"{step.id}:{spec.key}", step[spec.key])
            for spec in step.sort.fields
            if spec.sort == "step" and step[spec.key]
        ]
    if not found or step.sort.final or step.kind == "goto" or _is_settled(step):
        return found
    return [*found, Way(_otherwise(step), f"{step.id}:next", step.next)]


def _replies(step: Step) -> list[Way]:
    """Replies that lead to the same step are one way."""
    found: dict[str, list[tuple[int, str]]] = {}
    for number, reply in enumerate(step.values.get("replies", ())):
        if reply.to:
            found.setdefault(reply.to, []).append((number, reply.label))
    return [
        Way(
            " · ".join(label for _n, label in lines),
            f"{step.id}:replies." + "+".join(str(number) for number, _label in lines),
            to,
        )
        for to, lines in found.items()
    ]


def _is_settled(step: Step) -> bool:
    """Every possible answer has its way, and nothing else follows."""
    replies = step.values.get("replies", ())
    return bool(replies) and all(one.to for one in replies) and not step["typed"] and step.next is None


def _otherwise(step: Step) -> str:
    rest = [one.label for one in step.values.get("replies", ()) if not one.to]
    return " · ".join(rest) if rest and not step.branches else _("Otherwise")


def told(branch: Branch) -> str:
    """A branch in words: `Answer is any of: yes`."""
    parts = []
    for one in branch.when:
        if one.expression:
            parts.append(one.expression)
        elif one.op.endswith("available"):
            parts.append(str(OPERATORS[one.op]))
        else:
            fact = _("Answer") if one.fact == "response" else one.fact
            rest = "" if one.op in WITHOUT_VALUE else f" {', '.join(one.value)}"
            parts.append(f"{fact} {OPERATORS[one.op]}{rest}")
    return f" {_('and')} ".join(parts)


def summary(step: Step) -> str:
    """What the card says in a line or two."""
    values = step.values
    bubbles = [one.text or one.url for one in values.get("bubbles", ())]
    if bubbles:
        more = len(bubbles) - 1
        extra = ngettext("and %(n)s bubble", "and %(n)s bubbles", more) % {"n": more}
        return f"{bubbles[0][:SAYS_MOST]} ({extra})" if more else bubbles[0][:SAYS_MOST]
    match step.kind:
        case "set":
            return f"{values['of']}.{values['property']} = {values['value']}"
        case "handover":
            return str(dict(step.sort.fields[0].options)[values["to"]])
        case "webhook":
            return str(values["url"])
    said = values.get("prompt") or values.get("title") or values.get("subject") or values.get("list")
    return str(said or step.name)[:SAYS_MOST]


class _Pen:
    def __init__(self, flow: Flow, problems: list[Problem], figures: Mapping):
        self.flow, self.figures = flow, figures
        self.problems: dict[str, list[Problem]] = {}
        for one in problems:
            self.problems.setdefault(one.step, []).append(one)
        self.cards: dict[str, Card] = {}
        self.jumps: list[tuple[Column, str]] = []

    def drawing(self) -> Drawing:
        column = self.column("start", self.flow.start, "", 1, frozenset())
        loose = []
        for step in self.flow.steps:
            if step.id not in self.cards:
                loose.append(self.column("", step.id, "", 1, frozenset()))
        for one, to in self.jumps:
            one.jump = self.cards.get(to)
        return Drawing(column, loose, self.cards)

    def column(self, place: str, id: str | None, letters: str, depth: int, stops: frozenset) -> Column:
        column = Column(place, last_place=place)
        while id:
            step = self.flow.step(id)
            if id in stops:
                column.tail = "below"
                return column
            if step is None or id in self.cards:
                column.tail = "jump" if step else "end"
                self.jumps.append((column, id))
                return column
            card = Card(step, f"{depth}{letters}", self.problems.get(id, []), self.figures.get(id, {}))
            self.cards[id] = card
            column.cards.append(card)
            if step.sort.final:
                return column
            if step.kind == "goto":
                column.tail = "jump"
                self.jumps.append((column, step["to"]))
                return column
            ways = ways_of(step)
            if len(ways) > 1:
                depth, id = self.fork(card, ways, letters, depth, stops)
                column.last_place = ""
                if id is None:
                    return column
                continue
            column.last_place = ways[0].place if ways else f"{id}:next"
            depth, id = depth + 1, (ways[0].to if ways else step.next)
        column.tail = "end"
        return column

    def fork(self, card: Card, ways: list[Way], letters: str, depth: int, stops: frozenset):
        """Draws the ways side by side. Where two of them meet again, the column goes on below them."""
        meeting = self.meeting([way.to for way in ways], stops)
        inner = stops | {meeting} if meeting else stops
        for number, way in enumerate(ways):
            named = letters + LETTERS[number % 26]
            card.forks.append(
                Fork(way.label, way.place, self.column(way.place, way.to, named, depth + 1, inner))
            )
        deepest = max((self.depth(fork.column) for fork in card.forks), default=0)
        return depth + deepest + 1, meeting

    def depth(self, column: Column) -> int:
        below = [self.depth(fork.column) for fork in column.cards[-1].forks] if column.cards else []
        return len(column.cards) + max(below, default=0)

    def meeting(self, starts: list[str | None], stops: frozenset) -> str | None:
        """The nearest step, not drawn yet, that at least two of the ways come to."""
        distances = [self.distances(one, stops) for one in starts]
        shared = {
            id: (sum(near[id] for near in distances if id in near))
            for near in distances
            for id in near
            if sum(id in other for other in distances) > 1
        }
        return min(shared, key=shared.__getitem__, default=None)

    def distances(self, start: str | None, stops: frozenset) -> dict[str, int]:
        waiting: deque[tuple[str | None, int]] = deque([(start, 0)])
        found: dict[str, int] = {}
        while waiting:
            id, far = waiting.popleft()
            step = self.flow.step(id)
            if id is None or step is None or id in found or id in self.cards or id in stops:
                continue
            found[id] = far
            waiting += [(to, far + 1) for _where, to in step.jumps() if step.kind != "goto"]
        return found
