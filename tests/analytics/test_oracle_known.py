"""The made world against the oracle: what its maker knows, and what plain SQL finds in its rows, is the same."""

from datetime import date

import pytest

from tests.analytics import oracle

pytestmark = pytest.mark.django_db
FILTERS = {"kind": "kinds", "inbox": "inboxes"}


@pytest.fixture(scope="module")
def found(world):
    return oracle.everything()


def test_the_maker_and_the_oracle_agree(world, found):
    """Every kind whose numbers are known by construction, in every scope, whole and by member."""
    compared = 0
    for name, scope in world.known["scopes"].items():
        first, last = date.fromisoformat(scope["first"]), date.fromisoformat(scope["last"])
        filters = {FILTERS[key]: (scope[key],) for key in FILTERS if key in scope}
        inside = oracle.within(found, first, last, **filters)
        for kind, parts in world.known["numbers"][name].items():
            rows = [one for one in inside if one.kind == kind]
            assert len(rows) == parts[""][0], (name, kind)
            if parts[""][1]:
                assert sum(one.seconds for one in rows) == parts[""][1], (name, kind)
            members = {f"member:{who}": len(those) for who, those in oracle.by_part(rows, "member").items()}
            assert members == {part: n for part, (n, _) in parts.items() if part}, (name, kind)
            compared += 1
    assert compared > 60


def test_the_world_has_what_reports_get_wrong(world, found):
    """Both days on which clocks change, people who left, and what must not be counted at all."""
    numbers = world.known["numbers"]
    assert numbers["short day"]["created"][""][0] and numbers["long day"]["created"][""][0]
    gone = {f"member:{one}" for one in world.cast.members[-2:]}
    assert gone & set(numbers["whole"]["reply"])
    assert numbers["whole"]["created"][""][0] < world.known["rows"]["conversations"]
    kinds = {one.kind for one in found}
    assert {
        "reopened",
        "undone",
        "missed",
        "sla_breached",
        "bot_abandoned",
        "rated",
        "first_by_owner",
    } <= kinds
