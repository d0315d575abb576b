"""Two versions on trial: what they differ by, and that nothing wins before enough was counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatflows import trials
from chatflows.trials import Share, compare, difference


def test_wilson_and_newcombe_as_in_the_books(monkeypatch):
    monkeypatch.setattr(trials, "Z", 1.959964)
    assert Share(81, 263).bounds() == pytest.approx((0.2553, 0.3662), abs=0.0001)
    assert difference(Share(48, 80), Share(56, 70)) == pytest.approx((0.0524, 0.3339), abs=0.0001)
    monkeypatch.undo()
    low, high = difference(Share(48, 80), Share(56, 70))
    assert low < 0.0524 and high > 0.3339, "99 % is wider"
    # Turned round, the same with the other sign.
    assert difference(Share(56, 70), Share(48, 80)) == pytest.approx((-high, -low))
    assert Share(0, 0).bounds() == (0.0, 1.0) and Share(0, 9).bounds()[0] == 0


@pytest.mark.parametrize(
    ("ours", "theirs", "long", "leads"),
    [
        ((20, 99), (90, 99), True, ""),  # too few chats
        ((200, 1000), (900, 1000), False, ""),  # too soon
        ((200, 1000), (300, 1000), True, "rival"),
        ((300, 1000), (200, 1000), True, "published"),
        ((300, 1000), (310, 1000), True, "level"),
        ((0, 0), (0, 0), True, ""),
    ],
)
def test_no_winner_before_enough(ours, theirs, long, leads):
    told = [{"started": whole, "completed": part} for part, whole in (ours, theirs)]
    found = compare("completed", *told, is_long_enough=long)
    assert found.leads == leads
    assert (found.low is None) == (ours[1] == 0)


def test_a_chat_that_began_before_the_trial_is_no_more_than_all():
    assert trials.share_of({"started": 5, "completed": 9}, "completed", "started") == Share(5, 5)
    now = timezone.now()
    assert trials.is_long_enough(now - timedelta(days=7), now)
    assert not trials.is_long_enough(now - timedelta(days=6), now)
