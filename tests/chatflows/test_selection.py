"""One chatflow of those that fit, by priority (TG-7 to TG-9); and a fair split between two versions."""

import time

from hypothesis import given
from hypothesis import strategies as st

from chatflows.selection import Candidate, choose
from chatflows.targeting import Facts, compile_targeting

EVERYWHERE = compile_targeting({})
SHOP = compile_targeting({"pages": "some", "show": [{"op": "begins", "value": "x.com/shop"}]})
IN_SHOP, ELSEWHERE = Facts(url="https://x.com/shop/1"), Facts(url="https://x.com/")


def shown(candidates, facts, **options):
    found = choose(tuple(candidates), facts, **options).shown
    return found.pk if found else None


def test_the_highest_that_fits_shows():
    """TG-7."""
    flows = [Candidate(1, 10, SHOP), Candidate(2, 20, EVERYWHERE)]
    assert (shown(flows, IN_SHOP), shown(flows, ELSEWHERE)) == (1, 2)
    assert shown(reversed(flows), IN_SHOP) == 2


def test_priority_ignores_availability_unless_it_may_fall_through():
    """TG-8."""
    flows = [Candidate(1, 10, SHOP, unavailable=True), Candidate(2, 20, EVERYWHERE)]
    assert shown(flows, IN_SHOP) is None
    assert shown(flows, IN_SHOP, falls_through=True) == 2
    assert shown(flows, ELSEWHERE) == 2


def test_the_trace_says_what_became_of_each():
    flows = (Candidate(3, 30, SHOP), Candidate(1, 10, EVERYWHERE), Candidate(2, 20, EVERYWHERE))
    trace = choose(flows, ELSEWHERE, traced=True).trace
    assert [(one.pk, one.outcome) for one in trace] == [(3, "skipped"), (1, "shown"), (2, "below")]


def test_the_answer_says_when_time_may_change_it():
    slow = compile_targeting({"visitor": {"any": [{"all": [{"field": "seconds", "op": "gt", "value": 9}]}]}})
    choice = choose((Candidate(1, 10, slow), Candidate(2, 20, EVERYWHERE)), ELSEWHERE)
    assert (choice.shown.pk, choice.again) == (2, 10)
    assert choose((Candidate(1, 10, slow),), Facts(seconds=10)).shown.pk == 1


@given(st.integers(1, 10_000), st.integers(0, 100))
def test_a_split_is_exact_and_stable(pk, share):
    flow = Candidate(pk, 10, EVERYWHERE, rival=11, rival_share=share)
    versions = [flow.version_for(bucket) for bucket in range(100)]
    assert versions.count(11) == share
    assert versions == [flow.version_for(bucket) for bucket in range(100)]


def test_choosing_among_twenty_takes_microseconds():
    some = [
        compile_targeting({"pages": "some", "show": [{"op": "is", "value": f"x.com/{n}"}]}) for n in range(20)
    ]
    flows = tuple(Candidate(n, n, targeting) for n, targeting in enumerate(some))
    began = time.process_time()
    for _ in range(200):
        choose(flows, IN_SHOP)
    assert (time.process_time() - began) / 200 < 0.002
