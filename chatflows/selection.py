"""Which chatflow a visitor meets: the first that fits, from the top (TG-7 to TG-9). Pure."""

from dataclasses import dataclass

from chatflows.addresses import page_of
from chatflows.targeting import Facts, Targeting, Verdict, judge

BUCKETS = 100
# Without a common divisor with a hundred: every share of the buckets is exact, and another one for each flow.
_STRIDE = 37


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live chatflow, made ready. `unavailable`: it hides now, outside its hours or with nobody here."""

    pk: int
    version: int
    targeting: Targeting
    kind: str = "live"
    unavailable: bool = False
    rival: int | None = None
    rival_share: int = 0

    def version_for(self, bucket: int) -> int:
        """Which of two versions on trial: always the same for one bucket."""
        if self.rival is None:
            return self.version
        return self.rival if (bucket * _STRIDE + self.pk) % BUCKETS < self.rival_share else self.version


@dataclass(frozen=True, slots=True)
class Considered:
    """What became of one chatflow. `outcome`: shown, hides (fits, but is not available), skipped, below (not asked)."""

    pk: int
    outcome: str
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The chatflow that shows, when one does. `again`: at how many seconds on the site time may change the answer."""

    shown: Candidate | None = None
    again: int | None = None
    trace: tuple[Considered, ...] = ()


def choose(
    candidates: tuple[Candidate, ...], facts: Facts, *, falls_through: bool = False, traced: bool = False
) -> Choice:
    """Candidates in order of priority -> what shows.

    Priority ignores availability: a winner that hides shows nothing, and the next one is not tried, unless the
    workspace lets it fall through (TG-8).
    """
    page = page_of(facts.url)
    agains: list[int] = []
    trace: list[Considered] = []
    for at, candidate in enumerate(candidates):
        verdict = judge(candidate.targeting, facts, page)
        if not verdict.fits:
            if verdict.again is not None:
                agains.append(verdict.again)
            trace.append(Considered(candidate.pk, "skipped", verdict))
            continue
        if candidate.unavailable:
            trace.append(Considered(candidate.pk, "hides", verdict))
            if falls_through:
                continue
            return _choice(None, agains, trace, candidates[at + 1 :], traced)
        trace.append(Considered(candidate.pk, "shown", verdict))
        return _choice(candidate, agains, trace, candidates[at + 1 :], traced)
    return _choice(None, agains, trace, (), traced)


def _choice(shown, agains, trace, rest, traced: bool) -> Choice:
    again = min(agains, default=None)
    if not traced:
        return Choice(shown, again)
    return Choice(shown, again, (*trace, *(Considered(one.pk, "below") for one in rest)))
