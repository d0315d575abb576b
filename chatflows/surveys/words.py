"""The five answers in words. A number alone says not which end is the good one."""

from django.utils.translation import pgettext


def labels() -> list[tuple[int, str]]:
    """The best one first, as a hand finds it first."""
    return [
        (5, pgettext("a vote", "Very content")),
        (4, pgettext("a vote", "Content")),
        (3, pgettext("a vote", "Neither nor")),
        (2, pgettext("a vote", "Not content")),
        (1, pgettext("a vote", "Not at all content")),
    ]
