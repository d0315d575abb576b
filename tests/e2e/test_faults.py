"""Everything is killed at random while people write; what was acknowledged stands (P1, P2, T120, T121)."""

import copy
import sys
from dataclasses import asdict

import pytest

from bench.faults import Verdict, compare, faults

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for its processes in /proc")


@pytest.mark.slow
def test_what_was_acknowledged_stands_once_and_in_order_whatever_was_killed():
    verdict = faults(seed=20, messages=300)
    assert verdict.acknowledged == 300
    assert verdict.kills >= 5
    assert verdict.is_clean(), asdict(verdict)


# ── The comparison itself: it must be able to fail ──


def message(seq: int, client_id: str) -> dict:
    return {"pk": seq, "seq": seq, "kind": "message", "client_id": client_id, "body": client_id}


def stands(*client_ids: str) -> dict:
    rows = [message(seq, client_id) for seq, client_id in enumerate(client_ids, start=1)]
    one = {"pk": 1, "conversation": "c", "last_seq": len(rows), "messages": rows}
    return {"conversations": [one], "told": [row["pk"] for row in rows], "owed": 0, "leased": 0, "parked": 0}


LEDGER = [
    {"who": "v", "client_id": name, "conversation": "c", "seq": seq, "body": name}
    for seq, name in enumerate("abc", start=1)
]


def found_wrong(found: dict) -> set[str]:
    verdict = Verdict()
    compare(verdict, found, copy.deepcopy(LEDGER))
    return {name for name, value in list(asdict(verdict).items())[5:] if value}


def test_nothing_is_wrong_when_all_stands():
    assert found_wrong(stands("a", "b", "c")) == set()


@pytest.mark.parametrize(
    ("client_ids", "wrong"),
    [
        (("a", "b"), "lost"),
        (("a", "b", "c", "c"), "duplicated"),
        (("b", "a", "c"), "reordered"),
        (("a", "b", "c", "d"), "unasked"),
        (("b", "a", "c"), "misplaced"),
    ],
)
def test_a_message_that_does_not_stand_as_it_was_acknowledged_is_found(client_ids, wrong):
    assert wrong in found_wrong(stands(*client_ids))


def test_a_number_that_is_missing_is_found():
    found = stands("a", "b", "c")
    del found["conversations"][0]["messages"][1]
    assert {"gaps", "lost"} <= found_wrong(found)


def test_an_event_that_is_missing_or_written_twice_is_found():
    assert found_wrong(stands("a", "b", "c") | {"told": [1, 2]}) == {"untold"}
    assert found_wrong(stands("a", "b", "c") | {"told": [1, 2, 3, 3]}) == {"untold"}
