"""What a channel wants to ask after closing, and what a low vote is.

Kept in the channel's settings: {"survey": {"on": bool, "question": str, "thanks": str, "delay": hours, "rest": days,
"good_for": days, "low": score}}.
"""

from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from inboxes.models import Channel
from workspaces.audit import note

# A chat asks by its chatflow (OP-6). What a form or a mail began is asked by mail.
BY_MAIL = ("email", "form")
BY_BUTTONS = "messenger"
ASKED_OUTSIDE = (*BY_MAIL, BY_BUTTONS)
LONGEST_TEXT = 300
MOST_HOURS, MOST_DAYS, MOST_GOOD_FOR, MOST_LOW = 168, 365, 90, 4


@dataclass(frozen=True)
class Wish:
    """Hours and days are whole numbers; an empty text is ours, in the customer's language."""

    on: bool = False
    question: str = ""
    thanks: str = ""
    delay: int = 1
    rest: int = 30
    good_for: int = 14
    # At this score or below somebody is told; 0: nobody ever.
    low: int = 2

    @property
    def wait(self) -> timedelta:
        return timedelta(hours=self.delay)

    @property
    def question_words(self) -> str:
        return self.question or _("How content are you with our answer?")

    @property
    def thanks_words(self) -> str:
        return self.thanks or _("Thank you for telling us.")


LEAST = {"delay": 0, "rest": 0, "good_for": 1, "low": 0}
MOST = {"delay": MOST_HOURS, "rest": MOST_DAYS, "good_for": MOST_GOOD_FOR, "low": MOST_LOW}


def wish_of(channel: Channel) -> Wish:
    """What is stored, within its bounds; what is not said is as usual."""
    told = channel.config.get("survey")
    told = told if isinstance(told, dict) else {}
    known: dict[str, Any] = {}
    for field in fields(Wish):
        value = told.get(field.name)
        if field.name in MOST:
            if isinstance(value, int) and not isinstance(value, bool):
                known[field.name] = max(LEAST[field.name], min(MOST[field.name], value))
        elif field.name == "on":
            known["on"] = value is True
        elif isinstance(value, str):
            known[field.name] = value[:LONGEST_TEXT]
    return Wish(**known)


@transaction.atomic
def set_wish(channel: Channel, wish: Wish) -> None:
    before = channel.config.get("survey") or {}
    channel.config = channel.config | {"survey": asdict(wish)}
    channel.save(update_fields=["config"])
    note("channel.changed", channel, {"survey": before}, {"survey": asdict(wish)})


def is_low(channel: Channel, score: int) -> bool:
    return score <= wish_of(channel).low
